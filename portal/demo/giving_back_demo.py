"""What somebody has given in a year, and what they get back: hours, expenses, a page of thanks."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from portal.core.access import Actor
from portal.core.clock import from_local, frozen, local_today, utc_now
from portal.demo.people_demo import TUTOR
from portal.demo.requests_demo import make_paper
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.volunteering.models import Expense
from portal.volunteering.queries import list_hours_to_verify
from portal.volunteering.queries.my_year import list_years_of
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


@dataclass(frozen=True)
class DemoVisit:
    """A shift of some days ago in which the citizen was there."""

    days_ago: int
    project: str
    begins: int
    hours: int
    friends: int
    """How many others were there."""


VISITS = (
    DemoVisit(545, "carrozzone", 14, 4, 1),
    DemoVisit(510, "verde", 9, 3, 3),
    DemoVisit(475, "carrozzone", 14, 4, 2),
    DemoVisit(203, "carrozzone", 14, 4, 2),
    DemoVisit(168, "verde", 9, 3, 4),
    DemoVisit(161, "carrozzone", 14, 4, 1),
    DemoVisit(140, "cucina", 18, 3, 3),
    DemoVisit(98, "carrozzone", 15, 2, 1),
    DemoVisit(61, "cucina", 18, 3, 4),
    DemoVisit(54, "carrozzone", 14, 4, 2),
    DemoVisit(33, "cucina", 18, 3, 3),
    DemoVisit(30, "verde", 9, 3, 5),
    DemoVisit(9, "carrozzone", 14, 4, 2),
)
MAIN = "carrozzone"
"""The project of the expenses."""
EXPENSES = (
    (60, 4_20, "Biglietto del bus, andata e ritorno", CaseAction.ACCEPT, "Va bene, grazie."),
    (30, 7_90, "Colla e cartoncini", CaseAction.RETURN, "Hai lo scontrino? Basta una foto."),
    (8, 2_10, "Biglietto del bus", None, ""),
)
"""Days ago, cents, what for, what the office said and why."""
RECEIPT_DAYS_AGO, RECEIPT_CENTS = 9, 18_40
"""Of the expense with a receipt, which waits."""


def seed_giving_back(
    people: dict[str, Actor], projects: dict[str, int], friends: list[Actor]
) -> None:
    """Let the citizen have helped for two years, with `friends`, and ask expenses back.

    `projects` are ids by key.
    """
    for number, visit in enumerate(VISITS):
        line = friends[number % len(friends) :] + friends
        _hold_shift(people, projects[visit.project], visit, line[: visit.friends])
    project_ids = sorted({projects[visit.project] for visit in VISITS})
    ids = [row.id for row in list_hours_to_verify(project_ids)]
    verify_hours(actor=people[CLERK], entry_ids=ids, project_ids=project_ids)
    project_id = projects[MAIN]
    for days, cents, words, action, reason in EXPENSES:
        spent_on = local_today() - timedelta(days=days)
        with frozen(utc_now() - timedelta(days=days - 1)):
            content = ExpenseContent(project_id, spent_on, ExpenseKind.SELF_CERTIFIED, cents, words)
            expense = claim_expense(actor=people[CITIZEN], content=content)
        if action is not None:
            with frozen(utc_now() - timedelta(days=days - 3)):
                _decide(people[CLERK], expense, action, reason)
    _ask_with_receipt(people[CITIZEN], project_id)
    share_thanks(
        actor=people[CITIZEN],
        content=ThanksContent(
            list_years_of(people[CITIZEN].account_id)[0],
            shows_hours=True, shows_projects=True, shows_places=True,
        ),
    )  # fmt: skip


def _hold_shift(
    people: dict[str, Actor], project_id: int, visit: DemoVisit, friends: list[Actor]
) -> None:
    day = local_today() - timedelta(days=visit.days_ago)
    starts_at = from_local(datetime.combine(day, time(visit.begins)))
    with frozen(starts_at - timedelta(days=5)):
        shift = create_shift(
            actor=people[CLERK],
            project_id=project_id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=visit.hours),
            capacity=6,
        )
        for actor in (people[CITIZEN], *friends):
            take_place(actor=actor, shift_id=shift.id)
    with frozen(starts_at + timedelta(hours=visit.hours)):
        coming = list_coming(get_presence_shift(shift.id))
        marks = [Mark(row.sign_up_id, Presence.PRESENT) for row in coming]
        mark_presence(actor=people[TUTOR], shift_id=shift.id, marks=marks)


def _ask_with_receipt(citizen: Actor, project_id: int) -> None:
    content = ExpenseContent(
        project_id,
        local_today() - timedelta(days=RECEIPT_DAYS_AGO),
        ExpenseKind.DOCUMENTED,
        RECEIPT_CENTS,
        "Tempere e pennelli",
    )
    with frozen(utc_now() - timedelta(days=RECEIPT_DAYS_AGO - 1)):
        claim_expense(actor=citizen, content=content, receipt=make_paper("scontrino"))


def _decide(clerk: Actor, expense: Expense, action: CaseAction, reason: str) -> None:
    case = find_case_of(CaseKind.EXPENSE, expense.id)
    if case is None:
        raise LookupError(expense.id)
    decide_case(actor=clerk, case_id=case.id, version=case.version, action=action, reason=reason)
