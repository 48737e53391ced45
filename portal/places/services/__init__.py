"""Writing places and what happens in them."""

from portal.places.services.initiatives import (
    CannotPublishError,
    InitiativeChangedError,
    InitiativeContent,
    cancel_initiative,
    create_initiative,
    publish_initiative,
    remind_of_draft,
    tell_of_draft,
    update_initiative,
)
from portal.places.services.occurrences import (
    OccurrenceContent,
    add_occurrences,
    cancel_occurrence,
    count_attendance,
)
from portal.places.services.places import PlaceFacts, load_places, reassign_places

__all__ = [
    "CannotPublishError",
    "InitiativeChangedError",
    "InitiativeContent",
    "OccurrenceContent",
    "PlaceFacts",
    "add_occurrences",
    "cancel_initiative",
    "cancel_occurrence",
    "count_attendance",
    "create_initiative",
    "load_places",
    "publish_initiative",
    "reassign_places",
    "remind_of_draft",
    "tell_of_draft",
    "update_initiative",
]
