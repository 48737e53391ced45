"""What the worker does for meetings of laboratories. Each may run twice."""

from portal.core.jobs import defer, job
from portal.laboratories import services
from portal.laboratories.queries.meetings import (
    list_meetings_to_remind,
    list_meetings_with_lapsed_offers,
)


# The minute's job only finds meetings; each is a job, and so a transaction, of its own: two
# meetings locked in one transaction could wait for each other in a circle with somebody else's.
@job("find_due_meetings", cron="* * * * *", retries=None)
def find_due_meetings(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Find the meetings with lapsed offers, and those of tomorrow to remind of."""
    for meeting_id in list_meetings_with_lapsed_offers():
        lock = f"lapse_meeting_offers:{meeting_id}"
        defer("lapse_meeting_offers", queueing_lock=lock, meeting_id=meeting_id)
    for meeting_id in list_meetings_to_remind():
        lock = f"remind_of_meeting:{meeting_id}"
        defer("remind_of_meeting", queueing_lock=lock, meeting_id=meeting_id)


@job("lapse_meeting_offers")
def lapse_meeting_offers(*, meeting_id: int) -> None:
    """Offer on the places of one meeting that nobody took in time."""
    services.lapse_meeting_offers(meeting_id=meeting_id)


@job("remind_of_meeting")
def remind_of_meeting(*, meeting_id: int) -> None:
    """Remind the people of one meeting that it is tomorrow."""
    services.remind_of_meeting(meeting_id=meeting_id)


@job("give_back_meeting_place")
def give_back_meeting_place(*, user_id: int, meeting_id: int) -> None:
    """Give back one place of who erased their account."""
    services.give_back_meeting_place(user_id=user_id, meeting_id=meeting_id)
