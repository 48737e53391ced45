"""What somebody has given in a year, and what they get back: hours, expenses, a page of thanks."""

from datetime import datetime, time, timedelta

from portal.core.access import Actor
from portal.core.clock import from_local, frozen, local_today, utc_now
from portal.demo.people_demo import TUTOR
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.volunteering.models import Expense
from portal.volunteering.queries import list_hours_to_verify
from portal.volunteering.queries.presence import get_presence_shift, list_coming
from portal.volunteering.services import (
    ExpenseContent,
    Mark,
    ThanksContent,
    claim_expense,
    create_shift,
    mark_presence,
    share_thanks,
    take_place,
    verify_hours,
)
from portal.volunteering.states import ExpenseKind, Presence

CITIZEN, CLERK = "cittadina@example.org", "operatore@example.org"
DAYS_BACK = (203, 168, 140, 98, 61, 33, 9)
"""When the citizen was there."""
EXPENSES = (
    (60, 4_20, "Biglietto del bus, andata e ritorno", CaseAction.ACCEPT, "Va bene, grazie."),
    (30, 7_90, "Colla e cartoncini", CaseAction.RETURN, "Hai lo scontrino? Basta una foto."),
    (8, 2_10, "Biglietto del bus", None, ""),
)
"""Days ago, cents, what for, what the office said and why."""


def seed_giving_back(people: dict[str, Actor], project_id: int, friends: list[Actor]) -> None:
    """Let the citizen have helped a project all year, with `friends`, and ask expenses back."""
    for days, friend in zip(DAYS_BACK, friends, strict=False):
        _hold_shift(people, project_id, days, friend)
    ids = [row.id for row in list_hours_to_verify([project_id])]
    verify_hours(actor=people[CLERK], entry_ids=ids, project_ids=[project_id])
    for days, cents, words, action, reason in EXPENSES:
        spent_on = local_today() - timedelta(days=days)
        with frozen(utc_now() - timedelta(days=days - 1)):
            content = ExpenseContent(project_id, spent_on, ExpenseKind.SELF_CERTIFIED, cents, words)
            expense = claim_expense(actor=people[CITIZEN], content=content)
        if action is not None:
            with frozen(utc_now() - timedelta(days=days - 3)):
                _decide(people[CLERK], expense, action, reason)
    share_thanks(
        actor=people[CITIZEN],
        content=ThanksContent(
            local_today().year, shows_hours=True, shows_projects=True, shows_places=True
        ),
    )


def _hold_shift(people: dict[str, Actor], project_id: int, days: int, friend: Actor) -> None:
    starts_at = from_local(datetime.combine(local_today() - timedelta(days=days), time(14)))
    with frozen(starts_at - timedelta(days=5)):
        shift = create_shift(
            actor=people[CLERK],
            project_id=project_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=4),
            capacity=4,
        )
        for actor in (people[CITIZEN], friend):
            take_place(actor=actor, shift_id=shift.id)
    with frozen(starts_at + timedelta(hours=3)):
        coming = list_coming(get_presence_shift(shift.id))
        marks = [Mark(row.sign_up_id, Presence.PRESENT) for row in coming]
        mark_presence(actor=people[TUTOR], shift_id=shift.id, marks=marks)


def _decide(clerk: Actor, expense: Expense, action: CaseAction, reason: str) -> None:
    case = find_case_of(CaseKind.EXPENSE, expense.id)
    if case is None:
        raise LookupError(expense.id)
    decide_case(actor=clerk, case_id=case.id, version=case.version, action=action, reason=reason)
