"""What a request to be in the register needs: steps, pieces that lack, birthdays, tax codes."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from portal.volunteering.policies import (
    EnrolmentStep,
    MissingPiece,
    Rules,
    birthday_of,
    find_next_step,
    is_minor,
    list_missing_pieces,
    list_steps,
    step_can_be_changed,
)
from portal.volunteering.states import Citizenship, EnrolmentState, Residence, TimePreference
from portal.volunteering.tax_codes import PersonTaxCodeProblem, find_person_code_problem

TODAY = date(2026, 11, 30)
RULES = Rules(
    youngest_age=15, oldest_age=80, fitness_from_age=75,
    requires_interview=True, requires_permit=True,
)  # fmt: skip


@dataclass(frozen=True)
class Answers:
    full_name: str | None = "Ada Prova"
    tax_code: str | None = "PRVDAA90E57H223P"
    born_on: date | None = date(1990, 5, 17)
    birth_place: str | None = None
    address: str | None = "via delle Prove 1"
    phone: str | None = "0522 000000"
    residence: Residence | None = Residence.RESIDENT
    citizenship: Citizenship | None = Citizenship.ITALIAN
    works_for_municipality: bool | None = False
    availability: list[str] = field(default_factory=lambda: ["mon-mattina"])
    can_start_on: date | None = TODAY
    time_preference: TimePreference | None = TimePreference.WHEN_I_CAN
    permit_until: date | None = None
    fitness_until: date | None = None
    interviewed_on: date | None = TODAY


WHOLE = Answers()
"""The answers of an adult who has talked with the office."""


def missing_of(answers, *, has_guardian=False, today=TODAY):
    return list_missing_pieces(RULES, answers, has_guardian=has_guardian, today=today)


@pytest.mark.parametrize(
    "name",
    ["full_name", "tax_code", "born_on", "address", "phone", "residence", "citizenship",
     "works_for_municipality"],
)  # fmt: skip
def test_request_without_a_fact_about_the_person_goes_on_there(name):
    assert find_next_step(WHOLE, lacks_guardian=False) is EnrolmentStep.SUMMARY
    lacking = replace(WHOLE, **{name: None})
    assert find_next_step(lacking, lacks_guardian=False) is EnrolmentStep.PERSON


def test_place_of_birth_does_as_well_as_a_tax_code():
    abroad = replace(WHOLE, tax_code=None, birth_place="Asmara")
    assert find_next_step(abroad, lacks_guardian=False) is EnrolmentStep.SUMMARY
    assert MissingPiece.IDENTITY not in missing_of(abroad)
    assert missing_of(replace(WHOLE, tax_code=None)) == (MissingPiece.IDENTITY,)


@pytest.mark.parametrize("name", ["can_start_on", "time_preference", "availability"])
def test_request_without_times_goes_on_there(name):
    lacking = replace(WHOLE, **{name: [] if name == "availability" else None})
    assert find_next_step(lacking, lacks_guardian=False) is EnrolmentStep.TIMES


def test_nothing_begun_starts_with_who_one_is():
    assert find_next_step(None, lacks_guardian=False) is EnrolmentStep.PERSON


def test_who_authorises_is_a_step_of_minors_alone():
    assert EnrolmentStep.GUARDIAN not in list_steps(RULES, date(2008, 11, 30), TODAY)
    assert list_steps(RULES, date(2008, 12, 1), TODAY)[1] is EnrolmentStep.GUARDIAN
    assert EnrolmentStep.GUARDIAN not in list_steps(RULES, None, TODAY)
    assert find_next_step(WHOLE, lacks_guardian=True) is EnrolmentStep.GUARDIAN


def test_minor_of_a_programme_without_guardians_names_nobody():
    free = replace(RULES, requires_guardian=False)
    assert EnrolmentStep.GUARDIAN not in list_steps(free, date(2012, 1, 1), TODAY)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ()),
        ({"interviewed_on": None}, (MissingPiece.INTERVIEW,)),
        ({"citizenship": Citizenship.OTHER}, (MissingPiece.PERMIT,)),
        ({"citizenship": Citizenship.EUROPEAN}, ()),
        ({"citizenship": Citizenship.OTHER, "permit_until": date(2026, 11, 29)},
         (MissingPiece.PERMIT,)),
        ({"citizenship": Citizenship.OTHER, "permit_until": TODAY}, ()),
        ({"born_on": date(1951, 12, 1)}, ()),
        ({"born_on": date(1951, 11, 30)}, (MissingPiece.FITNESS,)),
        ({"born_on": date(1951, 11, 30), "fitness_until": TODAY}, ()),
        ({"born_on": date(2010, 1, 1)}, (MissingPiece.GUARDIAN,)),
    ],
)  # fmt: skip
def test_what_is_missing_follows_rules_and_papers(changes, missing):
    assert missing_of(replace(WHOLE, **changes)) == missing


def test_authorised_minor_lacks_nothing():
    assert missing_of(replace(WHOLE, born_on=date(2010, 1, 1)), has_guardian=True) == ()


def test_birthday_of_a_leap_day_is_the_first_of_march():
    leap = date(2008, 2, 29)
    assert birthday_of(leap, 18) == date(2026, 3, 1)
    assert birthday_of(leap, 20) == date(2028, 2, 29)
    assert is_minor(leap, date(2026, 2, 28))
    assert not is_minor(leap, date(2026, 3, 1))
    assert not is_minor(None, TODAY)


@pytest.mark.parametrize(
    ("state", "changeable"),
    [
        (None, set(EnrolmentStep)),
        (EnrolmentState.DRAFT, set(EnrolmentStep)),
        (EnrolmentState.RETURNED, set(EnrolmentStep)),
        (EnrolmentState.SUBMITTED, {EnrolmentStep.GUARDIAN}),
        (EnrolmentState.ACCEPTED,
         {EnrolmentStep.GUARDIAN, EnrolmentStep.TIMES, EnrolmentStep.WISHES}),
        (EnrolmentState.REFUSED, set()),
        (EnrolmentState.LEFT, set()),
    ],
)  # fmt: skip
def test_what_can_be_changed_depends_on_the_state(state, changeable):
    assert {step for step in EnrolmentStep if step_can_be_changed(step, state)} == changeable


@pytest.mark.parametrize(
    ("code", "born_on", "problem"),
    [
        ("RSSMRA85M01H501Q", date(1985, 8, 1), None),
        ("RSSMRA85M01H501Q", None, None),
        ("RSSMRA85M01H501Z", date(1985, 8, 1), PersonTaxCodeProblem.WRONG_CHECK_LETTER),
        ("RSSMRA85M01H501Q", date(1985, 8, 2), PersonTaxCodeProblem.OTHER_BIRTH),
        ("RSSMRA85M01H501", date(1985, 8, 1), PersonTaxCodeProblem.WRONG_LENGTH),
        ("12345678901", date(1985, 8, 1), PersonTaxCodeProblem.WRONG_LENGTH),
        ("RSSMRA85M01H50!Q", date(1985, 8, 1), PersonTaxCodeProblem.WRONG_CHARACTERS),
    ],
)
def test_tax_code_of_a_person_is_checked_against_the_birth(code, born_on, problem):
    assert find_person_code_problem(code, born_on) is problem
