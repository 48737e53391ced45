"""What a request to be in the register of volunteers needs."""

from datetime import date
from typing import Protocol

from portal.volunteering.states import Residence

YOUNGEST_VOLUNTEER = 15
"""Years; municipal rules of April 2019 (with the authorisation of a parent under 18)."""
OLDEST_PLAUSIBLE = 120
"""Years; past it the year was mistyped."""


class EnrolmentAnswers(Protocol):
    """What a person has said for the register, in the table or in a row of a page."""

    @property
    def born_on(self) -> date | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def residence(self) -> Residence | None: ...
    @property
    def availability(self) -> list[str]: ...


def enrolment_has_person(answers: EnrolmentAnswers) -> bool:
    """Say whether the first step, who the person is, is filled in."""
    return bool(answers.born_on and answers.phone and answers.residence)


def enrolment_is_complete(answers: EnrolmentAnswers) -> bool:
    """Say whether the request can be handed in."""
    return enrolment_has_person(answers) and bool(answers.availability)
