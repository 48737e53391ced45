"""What a request to be in the register of volunteers needs."""

from datetime import date
from enum import StrEnum
from typing import Protocol

from portal.volunteering.policies.rules import (
    ADULT_AGE,
    Rules,
    age_on,
    needs_fitness,
    needs_guardian,
)
from portal.volunteering.states import Citizenship, EnrolmentState, Residence, TimePreference

OLDEST_PLAUSIBLE = 120
"""Years; past it the year was mistyped."""
TELL_BEFORE_DAYS = 30
"""Who has something that ends is told so many days ahead."""


class EnrolmentAnswers(Protocol):
    """What a person has said for the register, in the table or in a row of a page."""

    @property
    def full_name(self) -> str | None: ...
    @property
    def tax_code(self) -> str | None: ...
    @property
    def born_on(self) -> date | None: ...
    @property
    def birth_place(self) -> str | None: ...
    @property
    def address(self) -> str | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def residence(self) -> Residence | None: ...
    @property
    def citizenship(self) -> Citizenship | None: ...
    @property
    def works_for_municipality(self) -> bool | None: ...
    @property
    def availability(self) -> list[str]: ...
    @property
    def can_start_on(self) -> date | None: ...
    @property
    def time_preference(self) -> TimePreference | None: ...


class PapersOfPerson(Protocol):
    """What the office has seen of a person, and who they are."""

    @property
    def full_name(self) -> str | None: ...
    @property
    def tax_code(self) -> str | None: ...
    @property
    def born_on(self) -> date | None: ...
    @property
    def birth_place(self) -> str | None: ...
    @property
    def citizenship(self) -> Citizenship | None: ...
    @property
    def permit_until(self) -> date | None: ...
    @property
    def fitness_until(self) -> date | None: ...
    @property
    def interviewed_on(self) -> date | None: ...


class EnrolmentStep(StrEnum):
    """A step of the request, by its word in the address."""

    PERSON = "chi-sei"
    GUARDIAN = "chi-autorizza"
    TIMES = "quando"
    WISHES = "cosa-ti-piace"
    SUMMARY = "riepilogo"


class MissingPiece(StrEnum):
    """What an enrolment still lacks before every shift is open to the person."""

    IDENTITY = "identity"
    """Tax code, or day and place of birth: the register asks for it."""
    GUARDIAN = "guardian"
    INTERVIEW = "interview"
    PERMIT = "permit"
    FITNESS = "fitness"


def is_minor(born_on: date | None, day: date) -> bool:
    """Say whether somebody is under 18 on `day`."""
    return born_on is not None and age_on(born_on, day) < ADULT_AGE


def birthday_of(born_on: date, age: int) -> date:
    """Return the day on which somebody turns `age`; of 29 February it is 1 March."""
    year = born_on.year + age
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def asks_permit(rules: Rules, citizenship: Citizenship | None) -> bool:
    """Say whether a residence permit has to be seen: never of Italians and Europeans."""
    return rules.requires_permit and citizenship is Citizenship.OTHER


def has_identity(papers: PapersOfPerson) -> bool:
    """Say whether the register would know who this is (D.M. 6 October 2021, art. 3)."""
    return papers.tax_code is not None or bool(papers.born_on and papers.birth_place)


def list_missing_pieces(
    rules: Rules, papers: PapersOfPerson, *, has_guardian: bool, today: date
) -> tuple[MissingPiece, ...]:
    """Return what is missing before every shift is open, in the order in which it is asked for."""
    lacks = {
        MissingPiece.IDENTITY: not has_identity(papers),
        MissingPiece.GUARDIAN: needs_guardian(rules, papers.born_on, today) and not has_guardian,
        MissingPiece.INTERVIEW: rules.requires_interview and papers.interviewed_on is None,
        MissingPiece.PERMIT: asks_permit(rules, papers.citizenship)
        and not _lasts(papers.permit_until, today),
        MissingPiece.FITNESS: needs_fitness(rules, papers.born_on, today)
        and not _lasts(papers.fitness_until, today),
    }
    return tuple(piece for piece, is_missing in lacks.items() if is_missing)


def enrolment_has_person(answers: EnrolmentAnswers) -> bool:
    """Say whether the first step, who the person is, is filled in."""
    return bool(
        answers.full_name
        and answers.born_on
        and (answers.tax_code or answers.birth_place)
        and answers.address
        and answers.phone
        and answers.residence
        and answers.citizenship
        and answers.works_for_municipality is not None
    )


def enrolment_has_times(answers: EnrolmentAnswers) -> bool:
    """Say whether the step about time is filled in."""
    return bool(answers.availability and answers.can_start_on and answers.time_preference)


def list_steps(rules: Rules, born_on: date | None, today: date) -> list[EnrolmentStep]:
    """Return the steps of a request; who authorises is asked of minors alone."""
    has_guardian = needs_guardian(rules, born_on, today)
    return [s for s in EnrolmentStep if s is not EnrolmentStep.GUARDIAN or has_guardian]


def find_next_step(answers: EnrolmentAnswers | None, *, lacks_guardian: bool) -> EnrolmentStep:
    """Return the first step that is not filled in; the summary where all are.

    `lacks_guardian`: somebody has to authorise, and nobody is named.
    """
    if answers is None or not enrolment_has_person(answers):
        return EnrolmentStep.PERSON
    if lacks_guardian:
        return EnrolmentStep.GUARDIAN
    return EnrolmentStep.SUMMARY if enrolment_has_times(answers) else EnrolmentStep.TIMES


CHANGEABLE_LATER = frozenset({EnrolmentStep.TIMES, EnrolmentStep.WISHES})
"""Steps that who is in the register changes at any time, without asking anybody."""


def step_can_be_changed(step: EnrolmentStep, state: EnrolmentState | None) -> bool:
    """Say whether a step can be changed in this state; None: nothing is begun."""
    if state in (None, EnrolmentState.DRAFT, EnrolmentState.RETURNED):
        return True
    if step is EnrolmentStep.GUARDIAN:
        return state in (EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED)
    return state is EnrolmentState.ACCEPTED and step in CHANGEABLE_LATER


def _lasts(until: date | None, day: date) -> bool:
    return until is not None and until >= day
