"""Places in shifts: taking, leaving, waiting, being offered one.

Order of locks, the same everywhere so that nobody waits for each other in a circle: one shift,
then people by ascending id. The lock on the shift puts everybody who wants it in a line; the
lock on the person makes two places at the same hour impossible. Both are `FOR NO KEY UPDATE`,
which does not hold up the foreign keys of other people's rows.
"""

from portal.volunteering.services.sign_ups.answers import (
    accept_offer,
    ask_attendance,
    confirm_attendance,
    confirm_own_attendance,
    decline_offer,
    refuse_attendance,
)
from portal.volunteering.services.sign_ups.calls import call_people, end_calls
from portal.volunteering.services.sign_ups.offers import (
    lapse_offers,
    offer_free_places,
)
from portal.volunteering.services.sign_ups.places import (
    Group,
    leave_place,
    take_place,
    take_place_for,
)

__all__ = [
    "Group",
    "accept_offer",
    "ask_attendance",
    "call_people",
    "confirm_attendance",
    "confirm_own_attendance",
    "decline_offer",
    "end_calls",
    "lapse_offers",
    "leave_place",
    "offer_free_places",
    "refuse_attendance",
    "take_place",
    "take_place_for",
]
