"""May this person take this place? Every reason, and the order in which they are given."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.volunteering.policies import (
    Commitment,
    HeldSignUp,
    PersonFacts,
    ShiftFacts,
    age_on,
    can_leave,
    decide_sign_up,
    enrolment_has_person,
    enrolment_is_complete,
)
from portal.volunteering.states import (
    SIGN_UP_TRANSITIONS,
    EnrolmentState,
    Residence,
    ShiftState,
    SignUpAction,
    SignUpRefusal,
    SignUpState,
)

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHIFT = ShiftFacts(
    id=7,
    starts_at=NOW + 24 * HOUR,
    ends_at=NOW + 26 * HOUR,
    state=ShiftState.OPEN,
    capacity=3,
    confirmed_count=1,
    waiting_capacity=2,
    waiting_count=0,
    opens_at=None,
    closes_at=NOW + 24 * HOUR,
    requires_enrolment=False,
)
FULL = replace(SHIFT, confirmed_count=3)
PERSON = PersonFacts(is_signed_in=True)


def refusal(shift, person=PERSON, now=NOW):
    return decide_sign_up(shift, person, now).refusal


def elsewhere(start, end, shift_id=8):
    return replace(PERSON, commitments=(Commitment(shift_id, "Altro", NOW + start, NOW + end),))


def test_free_place_is_confirmed():
    decision = decide_sign_up(SHIFT, PERSON, NOW)
    assert decision.is_allowed
    assert (decision.outcome, decision.position) == (SignUpState.CONFIRMED, None)


def test_full_shift_offers_the_waiting_list_with_the_position():
    decision = decide_sign_up(replace(FULL, waiting_count=1), PERSON, NOW)
    assert decision.is_allowed
    assert (decision.outcome, decision.position) == (SignUpState.WAITING, 2)


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (replace(SHIFT, state=ShiftState.CANCELLED), SignUpRefusal.SHIFT_CANCELLED),
        (replace(SHIFT, starts_at=NOW), SignUpRefusal.IN_THE_PAST),
        (replace(SHIFT, opens_at=NOW + HOUR), SignUpRefusal.NOT_OPEN_YET),
        (replace(SHIFT, closes_at=NOW), SignUpRefusal.CLOSED),
        (replace(FULL, waiting_count=2), SignUpRefusal.FULL_WAITING_LIST_FULL),
        (replace(FULL, waiting_capacity=0), SignUpRefusal.FULL_WAITING_LIST_FULL),
    ],
)
def test_reasons_that_hold_for_everybody(shift, expected):
    assert refusal(shift) is expected
    assert refusal(shift, PersonFacts()) is expected


def test_opening_moment_itself_is_open_and_closing_moment_is_closed():
    assert refusal(replace(SHIFT, opens_at=NOW)) is None
    assert refusal(replace(SHIFT, closes_at=NOW + timedelta(seconds=1))) is None


def test_visitor_learns_what_an_account_would_lead_to():
    decision = decide_sign_up(SHIFT, PersonFacts(), NOW)
    assert decision.refusal is SignUpRefusal.NOT_SIGNED_IN
    assert decision.outcome is SignUpState.CONFIRMED
    assert decide_sign_up(FULL, PersonFacts(), NOW).outcome is SignUpState.WAITING


@pytest.mark.parametrize("state", [SignUpState.CONFIRMED, SignUpState.WAITING])
def test_who_is_signed_up_is_told_what_they_have(state):
    person = replace(PERSON, held={7: HeldSignUp(state, 4 if state == "waiting" else None)})
    decision = decide_sign_up(FULL, person, NOW)
    assert decision.refusal is SignUpRefusal.ALREADY_SIGNED_UP
    assert decision.outcome is state
    assert decision.position == (4 if state == "waiting" else None)


def test_who_is_signed_up_stays_so_when_sign_ups_are_closed():
    person = replace(PERSON, held={7: HeldSignUp(SignUpState.CONFIRMED)})
    assert refusal(replace(SHIFT, closes_at=NOW), person) is SignUpRefusal.ALREADY_SIGNED_UP


def test_who_waits_may_take_a_place_that_stayed_free():
    person = replace(PERSON, held={7: HeldSignUp(SignUpState.WAITING, 1)})
    decision = decide_sign_up(replace(SHIFT, waiting_count=1), person, NOW)
    assert decision.is_allowed
    assert decision.outcome is SignUpState.CONFIRMED


@pytest.mark.parametrize(
    ("start", "end"),
    [(23 * HOUR, 25 * HOUR), (25 * HOUR, 27 * HOUR), (24 * HOUR, 26 * HOUR), (0 * HOUR, 99 * HOUR)],
)
def test_overlapping_commitment_is_named(start, end):
    decision = decide_sign_up(SHIFT, elsewhere(start, end), NOW)
    assert decision.refusal is SignUpRefusal.OVERLAPS
    assert decision.overlap is not None
    assert decision.overlap.shift_id == 8


@pytest.mark.parametrize(("start", "end"), [(22 * HOUR, 24 * HOUR), (26 * HOUR, 28 * HOUR)])
def test_touching_ends_do_not_overlap(start, end):
    assert refusal(SHIFT, elsewhere(start, end)) is None


def test_overlap_also_keeps_from_the_waiting_list():
    assert refusal(FULL, elsewhere(24 * HOUR, 25 * HOUR)) is SignUpRefusal.OVERLAPS


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, SignUpRefusal.NOT_ENROLLED),
        (EnrolmentState.DRAFT, SignUpRefusal.NOT_ENROLLED),
        (EnrolmentState.RETURNED, SignUpRefusal.NOT_ENROLLED),
        (EnrolmentState.REFUSED, SignUpRefusal.NOT_ENROLLED),
        (EnrolmentState.SUBMITTED, SignUpRefusal.ENROLMENT_PENDING),
        (EnrolmentState.ACCEPTED, None),
    ],
)
def test_enrolment_matters_where_the_shift_asks_for_it(state, expected):
    person = replace(PERSON, enrolment=state)
    assert refusal(replace(SHIFT, requires_enrolment=True), person) is expected
    assert refusal(SHIFT, person) is None


def test_true_overlap_comes_before_the_advice_to_enrol():
    shift = replace(SHIFT, requires_enrolment=True)
    assert refusal(shift, elsewhere(24 * HOUR, 25 * HOUR)) is SignUpRefusal.OVERLAPS


def test_every_reason_can_occur():
    seen = {
        refusal(replace(SHIFT, state=ShiftState.CANCELLED)),
        refusal(replace(SHIFT, starts_at=NOW)),
        refusal(FULL, replace(PERSON, held={7: HeldSignUp(SignUpState.CONFIRMED)})),
        refusal(replace(SHIFT, opens_at=NOW + HOUR)),
        refusal(replace(SHIFT, closes_at=NOW)),
        refusal(replace(FULL, waiting_capacity=0)),
        refusal(SHIFT, PersonFacts()),
        refusal(SHIFT, elsewhere(24 * HOUR, 25 * HOUR)),
        refusal(replace(SHIFT, requires_enrolment=True)),
        refusal(
            replace(SHIFT, requires_enrolment=True),
            replace(PERSON, enrolment=EnrolmentState.SUBMITTED),
        ),
    }
    assert seen == set(SignUpRefusal)


def test_place_can_be_left_until_the_shift_starts():
    held = HeldSignUp(SignUpState.CONFIRMED)
    assert can_leave(SHIFT, held, NOW)
    assert not can_leave(SHIFT, held, SHIFT.starts_at)
    assert not can_leave(SHIFT, None, NOW)
    assert not can_leave(replace(SHIFT, state=ShiftState.CANCELLED), held, NOW)


def test_who_has_left_cannot_be_promoted():
    assert not SIGN_UP_TRANSITIONS.allows(SignUpState.LEFT, SignUpAction.PROMOTE)
    assert not SIGN_UP_TRANSITIONS.allows(SignUpState.LEFT, SignUpAction.LEAVE)


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (datetime(2026, 5, 16, tzinfo=UTC), 14),
        (datetime(2026, 5, 17, tzinfo=UTC), 15),
        (datetime(2027, 5, 17, tzinfo=UTC), 16),
    ],
)
def test_age_changes_on_the_birthday(day, age):
    assert age_on(datetime(2011, 5, 17, tzinfo=UTC).date(), day.date()) == age


class Answers:
    born_on = datetime(1990, 1, 1, tzinfo=UTC).date()
    phone: str | None = "0522 000000"
    residence: Residence | None = Residence.RESIDENT
    availability: list[str] = ["mon-mattina"]  # noqa: RUF012 - never changed here


@pytest.mark.parametrize("missing", ["born_on", "phone", "residence"])
def test_enrolment_without_a_fact_about_the_person_is_incomplete(missing):
    answers = Answers()
    assert enrolment_is_complete(answers)
    setattr(answers, missing, None)
    assert not enrolment_has_person(answers)
    assert not enrolment_is_complete(answers)


def test_enrolment_without_times_is_incomplete():
    answers = Answers()
    answers.availability = []
    assert enrolment_has_person(answers)
    assert not enrolment_is_complete(answers)
