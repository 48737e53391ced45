"""May this person take this place? Every reason, and the order in which they are given."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.accounts.commitments import Commitment, CommitmentKind
from portal.core.sign_ups import SIGN_UP_TRANSITIONS, HeldSignUp, SignUpAction, SignUpState
from portal.volunteering.policies import (
    DayRange,
    PersonFacts,
    Rules,
    ShiftFacts,
    VolunteerFacts,
    age_on,
    can_leave,
    decide_sign_up,
    find_offer_end,
    is_late_to_leave,
)
from portal.volunteering.states import (
    Citizenship,
    EnrolmentState,
    Residence,
    ResidenceRule,
    ShiftState,
    SignUpRefusal,
)

SHIFT_KIND = CommitmentKind.SHIFT
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHIFT = ShiftFacts(
    id=7,
    project_id=3,
    starts_at=NOW + 24 * HOUR,
    ends_at=NOW + 26 * HOUR,
    state=ShiftState.OPEN,
    capacity=3,
    confirmed_count=1,
    offered_count=0,
    waiting_capacity=2,
    waiting_count=0,
    opens_at=None,
    closes_at=NOW + 24 * HOUR,
    place_name="Casa Verde",
)
FULL = replace(SHIFT, confirmed_count=3)
PERSON = PersonFacts(is_signed_in=True)


def refusal(shift, person=PERSON, now=NOW):
    return decide_sign_up(shift, person, now).refusal


def elsewhere(start, end, shift_id=8):
    commitment = Commitment(SHIFT_KIND, shift_id, "Altro", NOW + start, NOW + end, "Casa Verde")
    return replace(PERSON, commitments=(commitment,))


def with_rules(**rules):
    return replace(SHIFT, rules=Rules(**rules))


def volunteer(**facts):
    accepted = VolunteerFacts(enrolment=EnrolmentState.ACCEPTED, born_on=date(1990, 5, 17))
    return replace(PERSON, volunteer=replace(accepted, **facts))


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
    assert decision.overlap.is_of(SHIFT_KIND, 8)


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
    person = replace(PERSON, volunteer=VolunteerFacts(enrolment=state))
    assert refusal(with_rules(requires_enrolment=True), person) is expected
    assert refusal(SHIFT, person) is None


def test_true_overlap_comes_before_the_advice_to_enrol():
    shift = with_rules(requires_enrolment=True)
    assert refusal(shift, elsewhere(24 * HOUR, 25 * HOUR)) is SignUpRefusal.OVERLAPS


def test_an_interview_is_a_commitment_too():
    talk = Commitment(
        CommitmentKind.INTERVIEW, 7, "", NOW + 25 * HOUR, NOW + 26 * HOUR, "Sportello"
    )
    assert refusal(SHIFT, replace(PERSON, commitments=(talk,))) is SignUpRefusal.OVERLAPS


@pytest.mark.parametrize(
    ("gap", "place", "is_tight"),
    [
        (timedelta(0), "Altrove", True),
        (timedelta(minutes=29), "Altrove", True),
        (timedelta(minutes=30), "Altrove", False),
        (timedelta(minutes=10), "Casa Verde", False),
    ],
)
def test_hardly_time_to_get_there_is_a_warning_and_no_refusal(gap, place, is_tight):
    before = Commitment(SHIFT_KIND, 8, "Altro", NOW, SHIFT.starts_at - gap, place)
    after = Commitment(SHIFT_KIND, 9, "Altro", SHIFT.ends_at + gap, NOW + 99 * HOUR, place)
    for commitment in (before, after):
        decision = decide_sign_up(SHIFT, replace(PERSON, commitments=(commitment,)), NOW)
        assert decision.is_allowed
        assert (decision.travel == commitment) is is_tight


# The shift is on 1 December 2026.
@pytest.mark.parametrize(
    ("rules", "facts", "expected"),
    [
        ({"youngest_age": 18}, {"born_on": date(2008, 12, 2)}, SignUpRefusal.TOO_YOUNG),
        ({"youngest_age": 18}, {"born_on": date(2008, 12, 1)}, None),
        ({"oldest_age": 80}, {"born_on": date(1945, 12, 1)}, SignUpRefusal.TOO_OLD),
        ({"oldest_age": 80}, {"born_on": date(1945, 12, 2)}, None),
        ({"oldest_age": 79}, {"born_on": date(1946, 12, 1)}, SignUpRefusal.TOO_OLD),
        ({}, {"born_on": date(2008, 12, 2)}, SignUpRefusal.NEEDS_GUARDIAN),
        ({}, {"born_on": date(2008, 12, 1)}, None),
        ({}, {"born_on": date(2008, 12, 2), "has_guardian": True}, None),
        ({"requires_guardian": False}, {"born_on": date(2008, 12, 2)}, None),
        ({"fitness_from_age": 75}, {"born_on": date(1951, 12, 1)}, SignUpRefusal.NEEDS_FITNESS),
        ({"fitness_from_age": 75}, {"born_on": date(1951, 12, 2)}, None),
        (
            {"fitness_from_age": 75},
            {"born_on": date(1950, 1, 1), "fitness_until": date(2026, 11, 30)},
            SignUpRefusal.NEEDS_FITNESS,
        ),
        (
            {"fitness_from_age": 75},
            {"born_on": date(1950, 1, 1), "fitness_until": date(2026, 12, 1)},
            None,
        ),
        (
            {"residence_rule": ResidenceRule.RESIDENT},
            {"residence": Residence.DOMICILED},
            SignUpRefusal.NOT_RESIDENT,
        ),
        (
            {"residence_rule": ResidenceRule.LIVING_HERE},
            {"residence": Residence.ELSEWHERE},
            SignUpRefusal.NOT_RESIDENT,
        ),
        ({"residence_rule": ResidenceRule.LIVING_HERE}, {"residence": Residence.DOMICILED}, None),
        ({}, {"residence": Residence.ELSEWHERE}, None),
        (
            {"refuses_employees": True},
            {"works_for_municipality": True},
            SignUpRefusal.WORKS_FOR_MUNICIPALITY,
        ),
        ({"requires_permit": True}, {"citizenship": Citizenship.EUROPEAN}, None),
        (
            {"requires_permit": True},
            {"citizenship": Citizenship.OTHER},
            SignUpRefusal.NEEDS_PERMIT,
        ),
        (
            {"requires_permit": True},
            {"citizenship": Citizenship.OTHER, "permit_until": date(2026, 11, 30)},
            SignUpRefusal.NEEDS_PERMIT,
        ),
        (
            {"requires_permit": True},
            {"citizenship": Citizenship.OTHER, "permit_until": date(2026, 12, 1)},
            None,
        ),
        (
            {"requires_enrolment": True, "requires_interview": True},
            {},
            SignUpRefusal.NEEDS_INTERVIEW,
        ),
        (
            {"requires_enrolment": True, "requires_interview": True},
            {"enrolment": EnrolmentState.SUBMITTED},
            SignUpRefusal.NEEDS_INTERVIEW,
        ),
        (
            {"requires_enrolment": True, "requires_interview": True},
            {"enrolment": EnrolmentState.SUBMITTED, "has_been_interviewed": True},
            SignUpRefusal.ENROLMENT_PENDING,
        ),
        ({"requires_insurance": True}, {}, SignUpRefusal.NOT_INSURED),
        (
            {"requires_insurance": True},
            {"insured": (DayRange(date(2026, 1, 1), date(2026, 12, 1)),)},
            None,
        ),
        ({"requires_training": True}, {}, SignUpRefusal.NEEDS_TRAINING),
        ({"requires_training": True}, {"trained_in": frozenset({4})}, SignUpRefusal.NEEDS_TRAINING),
        ({"requires_training": True}, {"trained_in": frozenset({3})}, None),
    ],
)
def test_rules_are_held_on_the_day_of_the_shift(rules, facts, expected):
    assert refusal(with_rules(**rules), volunteer(**facts)) is expected


def test_a_shift_over_midnight_needs_cover_on_both_days():
    night = replace(
        with_rules(requires_insurance=True),
        starts_at=datetime(2026, 12, 31, 21, tzinfo=UTC),
        ends_at=datetime(2027, 1, 1, 1, tzinfo=UTC),
        closes_at=datetime(2026, 12, 31, 21, tzinfo=UTC),
    )
    this_year = DayRange(date(2026, 1, 1), date(2026, 12, 31))
    both = DayRange(date(2026, 1, 1), date(2027, 12, 31))
    assert refusal(night, volunteer(insured=(this_year,))) is SignUpRefusal.NOT_INSURED
    assert refusal(night, volunteer(insured=(both,))) is None


def test_where_nobody_must_enrol_nothing_is_known_and_nothing_refused():
    rules = {"youngest_age": 18, "oldest_age": 80, "requires_permit": True, "fitness_from_age": 75}
    assert refusal(with_rules(**rules)) is None


def test_a_record_is_seen_for_each_project():
    shift = replace(SHIFT, requires_record_check=True)
    assert refusal(shift, volunteer()) is SignUpRefusal.NEEDS_RECORD_CHECK
    seen = volunteer(record_seen_for=frozenset({3}))
    assert refusal(shift, seen) is None


@pytest.mark.parametrize(
    ("people", "cap", "expected"),
    [
        (2, None, SignUpRefusal.GROUP_TOO_LARGE),
        (5, 4, SignUpRefusal.GROUP_TOO_LARGE),
        (2, 4, None),
        (1, None, None),
    ],
)
def test_groups_come_up_to_a_cap(people, cap, expected):
    shift = replace(SHIFT, group_cap=cap)
    assert decide_sign_up(shift, PERSON, NOW, people=people).refusal is expected


def test_a_group_gets_all_its_places_or_waits_for_them():
    shift = replace(SHIFT, group_cap=4, waiting_capacity=4)
    assert decide_sign_up(shift, PERSON, NOW, people=2).outcome is SignUpState.CONFIRMED
    assert decide_sign_up(shift, PERSON, NOW, people=3).outcome is SignUpState.WAITING
    crowded = replace(shift, waiting_count=2)
    decision = decide_sign_up(crowded, PERSON, NOW, people=3)
    assert decision.refusal is SignUpRefusal.FULL_WAITING_LIST_FULL


def offered(until=NOW + HOUR):
    held = HeldSignUp(SignUpState.OFFERED, offer_until_at=until)
    return replace(PERSON, held={7: held})


def test_a_place_that_is_offered_is_nobody_elses():
    kept = replace(SHIFT, confirmed_count=2, offered_count=1)
    assert kept.free_places == 0
    assert decide_sign_up(kept, PERSON, NOW).outcome is SignUpState.WAITING
    decision = decide_sign_up(kept, offered(), NOW)
    assert decision.is_allowed
    assert decision.outcome is SignUpState.CONFIRMED
    assert decision.offer_until_at == NOW + HOUR


def test_an_offer_ends_with_its_moment_and_falls_with_the_rules():
    kept = replace(SHIFT, confirmed_count=2, offered_count=1)
    assert refusal(kept, offered(until=NOW)) is SignUpRefusal.OFFER_EXPIRED
    busy = replace(offered(), commitments=elsewhere(24 * HOUR, 25 * HOUR).commitments)
    assert refusal(kept, busy) is SignUpRefusal.OVERLAPS
    too_old = replace(offered(), volunteer=volunteer(born_on=date(1940, 1, 1)).volunteer)
    assert refusal(replace(kept, rules=Rules(oldest_age=80)), too_old) is SignUpRefusal.TOO_OLD


@pytest.mark.parametrize(
    ("hours_left", "hours", "expected"),
    [
        (72, 24, timedelta(hours=24)),
        (24, 24, timedelta(hours=12)),
        (1, 24, timedelta(minutes=30)),
        (0.9, 24, None),
        (72, 2, timedelta(hours=2)),
    ],
)
def test_an_offer_is_shorter_near_the_start(hours_left, hours, expected):
    starts_at = NOW + timedelta(hours=hours_left)
    until = find_offer_end(replace(SHIFT, starts_at=starts_at), hours, NOW)
    assert until == (NOW + expected if expected else None)


def test_nothing_is_offered_in_what_does_not_take_place():
    assert find_offer_end(replace(SHIFT, state=ShiftState.CANCELLED), 24, NOW) is None
    assert find_offer_end(replace(SHIFT, is_project_open=False), 24, NOW) is None


@pytest.mark.parametrize(
    ("state", "hours_before", "is_late"),
    [
        (SignUpState.CONFIRMED, 24, False),
        (SignUpState.CONFIRMED, 23.9, True),
        (SignUpState.WAITING, 1, False),
        (SignUpState.OFFERED, 1, False),
    ],
)
def test_leaving_is_late_after_the_deadline(state, hours_before, is_late):
    now = SHIFT.starts_at - timedelta(hours=hours_before)
    assert is_late_to_leave(SHIFT, HeldSignUp(state), now) is is_late


OLD_ENOUGH = date(1990, 5, 17)
ENROLLED = {"requires_enrolment": True}
EVERY_REASON = {
    SignUpRefusal.SHIFT_CANCELLED: (replace(SHIFT, state=ShiftState.CANCELLED), PERSON),
    SignUpRefusal.PROJECT_CLOSED: (replace(SHIFT, is_project_open=False), PERSON),
    SignUpRefusal.IN_THE_PAST: (replace(SHIFT, starts_at=NOW), PERSON),
    SignUpRefusal.ALREADY_SIGNED_UP: (
        FULL,
        replace(PERSON, held={7: HeldSignUp(SignUpState.CONFIRMED)}),
    ),
    SignUpRefusal.OFFER_EXPIRED: (FULL, offered(until=NOW)),
    SignUpRefusal.NOT_OPEN_YET: (replace(SHIFT, opens_at=NOW + HOUR), PERSON),
    SignUpRefusal.CLOSED: (replace(SHIFT, closes_at=NOW), PERSON),
    SignUpRefusal.FULL_WAITING_LIST_FULL: (replace(FULL, waiting_capacity=0), PERSON),
    SignUpRefusal.GROUP_TOO_LARGE: (SHIFT, PERSON),
    SignUpRefusal.NOT_SIGNED_IN: (SHIFT, PersonFacts()),
    SignUpRefusal.OVERLAPS: (SHIFT, elsewhere(24 * HOUR, 25 * HOUR)),
    SignUpRefusal.NOT_ENROLLED: (with_rules(**ENROLLED), PERSON),
    SignUpRefusal.TOO_YOUNG: (with_rules(youngest_age=60), volunteer(born_on=OLD_ENOUGH)),
    SignUpRefusal.TOO_OLD: (with_rules(oldest_age=30), volunteer(born_on=OLD_ENOUGH)),
    SignUpRefusal.WORKS_FOR_MUNICIPALITY: (
        with_rules(refuses_employees=True),
        volunteer(works_for_municipality=True),
    ),
    SignUpRefusal.NOT_RESIDENT: (
        with_rules(residence_rule=ResidenceRule.RESIDENT),
        volunteer(residence=Residence.ELSEWHERE),
    ),
    SignUpRefusal.NEEDS_PERMIT: (
        with_rules(requires_permit=True),
        volunteer(citizenship=Citizenship.OTHER),
    ),
    SignUpRefusal.NEEDS_FITNESS: (with_rules(fitness_from_age=30), volunteer()),
    SignUpRefusal.NEEDS_GUARDIAN: (SHIFT, volunteer(born_on=date(2010, 1, 1))),
    SignUpRefusal.NEEDS_INTERVIEW: (with_rules(**ENROLLED, requires_interview=True), volunteer()),
    SignUpRefusal.ENROLMENT_PENDING: (
        with_rules(**ENROLLED),
        volunteer(enrolment=EnrolmentState.SUBMITTED),
    ),
    SignUpRefusal.NOT_INSURED: (with_rules(requires_insurance=True), volunteer()),
    SignUpRefusal.NEEDS_TRAINING: (with_rules(requires_training=True), volunteer()),
    SignUpRefusal.NEEDS_RECORD_CHECK: (replace(SHIFT, requires_record_check=True), volunteer()),
}


def test_every_reason_has_its_case():
    assert set(EVERY_REASON) == set(SignUpRefusal)


@pytest.mark.parametrize("reason", EVERY_REASON)
def test_every_reason_can_occur(reason):
    shift, person = EVERY_REASON[reason]
    people = 9 if reason is SignUpRefusal.GROUP_TOO_LARGE else 1
    assert decide_sign_up(shift, person, NOW, people=people).refusal is reason


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
