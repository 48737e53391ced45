"""What the worker does for R+.

The minute's job only finds shifts; each is a job, and so a transaction, of its own: two shifts
locked in one transaction could wait for each other in a circle with somebody else's.
"""

from collections.abc import Iterable

from portal.core.jobs import defer, job
from portal.volunteering import queries, services


@job("find_due_shifts", cron="* * * * *", retries=None)
def find_due_shifts(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Find the shifts with lapsed offers, those to ask "ci sei?" for, those that lack people."""
    _defer_each("lapse_offers", queries.list_shifts_with_lapsed_offers())
    _defer_each("ask_attendance", queries.list_shifts_to_ask())
    _defer_each("call_people", queries.list_shifts_to_call_for())


@job("lapse_offers")
def lapse_offers(*, shift_id: int) -> None:
    """Offer on the places of one shift that nobody took in time."""
    services.lapse_offers(shift_id=shift_id)


@job("ask_attendance")
def ask_attendance(*, shift_id: int) -> None:
    """Ask the people of one shift whether they are coming."""
    services.ask_attendance(shift_id=shift_id)


@job("call_people")
def call_people(*, shift_id: int) -> None:
    """Ask suitable people to help out with one shift."""
    services.call_people(shift_id=shift_id)


@job("ask_after_absences", cron="0 8 * * *", retries=None)
def ask_after_absences(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Ask who stayed away twice in a row whether all is well, the morning after."""
    services.ask_after_absences()


@job("remind_interviews", cron="0 8,12,17 * * *", retries=None)
def remind_interviews(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Remind of tomorrow's talks, each once; asked thrice a day in case the worker was away."""
    services.remind_interviews()


@job("give_back_place")
def give_back_place(*, user_id: int, shift_id: int) -> None:
    """Give back one place of who left the register."""
    services.give_back_place(user_id=user_id, shift_id=shift_id)


@job("give_back_unmet_place")
def give_back_unmet_place(*, user_id: int, shift_id: int) -> None:
    """Give back one place, unless the rules still allow it without the authorisation."""
    services.give_back_place(user_id=user_id, shift_id=shift_id, only_unmet=True)


@job("recheck_volunteers", cron="30 6 * * *", retries=None)
def recheck_volunteers(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Tell people in the register of birthdays and papers that end; each once."""
    services.recheck_volunteers()


def _defer_each(name: str, shift_ids: Iterable[int]) -> None:
    for shift_id in shift_ids:
        defer(name, queueing_lock=f"{name}:{shift_id}", shift_id=shift_id)


@job("find_saved_searches", cron="30 5 * * *", retries=None)
def find_saved_searches(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Every morning, find who hears about new shifts; each person is a job of its own."""
    for user_id in queries.list_people_with_searches():
        defer("mail_saved_searches", queueing_lock=f"saved_searches:{user_id}", user_id=user_id)


@job("mail_saved_searches")
def mail_saved_searches(*, user_id: int) -> None:
    """Mail one person what is new in their searches."""
    services.mail_new_shifts(user_id=user_id)
