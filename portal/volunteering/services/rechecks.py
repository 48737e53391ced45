"""What time does to people in the register: birthdays, papers that end.

Nothing has to be changed on the day: every decision about a place asks the rules of the day of
the shift. The person is told ahead, once: the key of each mail holds the day it is about.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from portal.core.clock import local_today
from portal.core.database import session
from portal.volunteering.emails.enrolments import (
    mail_fitness_needed,
    mail_now_of_age,
    mail_oldest_age,
    mail_paper_ends,
)
from portal.volunteering.models import Enrolment, GuardianAuthorisation
from portal.volunteering.policies import (
    ADULT_AGE,
    TELL_BEFORE_DAYS,
    Rules,
    birthday_of,
)
from portal.volunteering.queries.register_rules import find_register_rules
from portal.volunteering.states import EnrolmentState

AHEAD = timedelta(days=TELL_BEFORE_DAYS)
TOLD_UNTIL = timedelta(days=7)
"""A worker that was away so long still tells who has come of age."""
A_DAY = timedelta(days=1)


def recheck_volunteers() -> None:
    """Tell people in the register of birthdays and papers that change what they may do, once.

    Thirty days ahead: a permit or certificate that ends, the age from which a certificate of
    fitness is asked, the age after which no project of the register takes them. On the day:
    who comes of age, and needs nobody's authorisation any more. For the job: safe to run twice.
    """
    today, rules = local_today(), find_register_rules()
    _tell_of_papers(today)
    _tell_who_comes_of_age(today)
    _tell_of_fitness(today, rules)
    _tell_of_oldest_age(today, rules)


def _tell_of_papers(today: date) -> None:
    last = today + AHEAD
    ending = _in_register().where(
        or_(
            Enrolment.permit_until.between(today, last),
            Enrolment.fitness_until.between(today, last),
        )
    )
    for enrolment in session().scalars(ending):
        for paper in ("permit", "fitness"):
            until = getattr(enrolment, f"{paper}_until")
            if until is not None and today <= until <= last:
                mail_paper_ends(enrolment=enrolment, paper=paper, until=until)


def _tell_who_comes_of_age(today: date) -> None:
    was_asked = (
        select(GuardianAuthorisation.id)
        .where(GuardianAuthorisation.enrolment_id == Enrolment.id)
        .exists()
    )
    for birthday in _birthdays(ADULT_AGE, Span(today - TOLD_UNTIL, today), was_asked):
        mail_now_of_age(enrolment=birthday.enrolment)


def _tell_of_fitness(today: date, rules: Rules) -> None:
    if rules.fitness_from_age is None:
        return
    for birthday in _birthdays(rules.fitness_from_age, Span(today, today + AHEAD)):
        until = birthday.enrolment.fitness_until
        if until is None or until < birthday.on:
            mail_fitness_needed(enrolment=birthday.enrolment, from_on=birthday.on)


def _tell_of_oldest_age(today: date, rules: Rules) -> None:
    if rules.oldest_age is None:
        return
    for birthday in _birthdays(rules.oldest_age + 1, Span(today, today + AHEAD)):
        mail_oldest_age(enrolment=birthday.enrolment, from_on=birthday.on)


@dataclass(frozen=True)
class Span:
    """Days from one to another, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Birthday:
    """Somebody of the register, and the day on which they reach an age."""

    enrolment: Enrolment
    on: date


def _birthdays(age: int, span: Span, *conditions: ColumnElement[bool]) -> Iterator[Birthday]:
    """Yield who turns `age` in the span, leap days included."""
    earliest = _years_before(span.first, age) - A_DAY
    latest = _years_before(span.last, age) + A_DAY
    statement = _in_register().where(Enrolment.born_on.between(earliest, latest), *conditions)
    candidates: Iterable[Enrolment] = session().scalars(statement)
    for enrolment in candidates:
        if enrolment.born_on is None:
            continue
        on = birthday_of(enrolment.born_on, age)
        if span.first <= on <= span.last:
            yield Birthday(enrolment, on)


def _in_register() -> Select[Enrolment]:
    return (
        select(Enrolment)
        .where(Enrolment.state == EnrolmentState.ACCEPTED)
        .options(joinedload(Enrolment.user))
        .order_by(Enrolment.id)
    )


def _years_before(day: date, years: int) -> date:
    return birthday_of(day, -years)
