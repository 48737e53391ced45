"""May this person register for this meeting? Every reason, and the order in which they come."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts.commitments import Commitment, CommitmentKind
from portal.core.sign_ups import HeldSignUp, SignUpState, find_offer_end
from portal.laboratories.policies.meetings import (
    STRANGER,
    MeetingCode,
    MeetingFacts,
    RegistrationFacts,
    can_leave_meeting,
    decide_registration,
    find_meeting_code,
    find_meeting_offer_end,
    takes_attendance,
)
from portal.laboratories.states import MeetingRefusal, MeetingState

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
MEETING = MeetingFacts(
    id=7,
    starts_at=NOW + 48 * HOUR,
    ends_at=NOW + 50 * HOUR,
    state=MeetingState.PLANNED,
    has_registration=True,
    capacity=3,
    confirmed_count=1,
    offered_count=0,
    waiting_capacity=2,
    waiting_count=0,
    opens_at=None,
    closes_at=NOW + 48 * HOUR,
    place_name="Casa Verde",
)
FULL = replace(MEETING, confirmed_count=3)
ENDLESS = replace(MEETING, capacity=None, confirmed_count=900)
PERSON = RegistrationFacts(is_signed_in=True)


def refusal(meeting, person=PERSON, now=NOW, people=1):
    return decide_registration(meeting, person, now, people).refusal


def elsewhere(start, end, kind=CommitmentKind.SHIFT, number=8, place="Casa Verde"):
    commitment = Commitment(kind, number, "Altro", NOW + start * HOUR, NOW + end * HOUR, place)
    return replace(PERSON, commitments=(commitment,))


def holds(state, **facts):
    return replace(PERSON, held={7: HeldSignUp(state, **facts)})


def test_free_place_is_taken_and_full_meeting_leads_to_the_list():
    assert decide_registration(MEETING, PERSON, NOW).outcome is SignUpState.CONFIRMED
    waiting = decide_registration(replace(FULL, waiting_count=1), PERSON, NOW)
    assert (waiting.outcome, waiting.position) == (SignUpState.WAITING, 2)


def test_meeting_without_a_number_of_places_has_room_for_everybody():
    assert decide_registration(ENDLESS, PERSON, NOW, 10).outcome is SignUpState.CONFIRMED


@pytest.mark.parametrize(
    ("people", "outcome"),
    [(2, SignUpState.CONFIRMED), (3, None), (10, None)],
)
def test_people_come_together_or_not_at_all(people, outcome):
    assert decide_registration(MEETING, PERSON, NOW, people).outcome is outcome


@pytest.mark.parametrize(
    ("meeting", "now", "reason"),
    [
        (replace(MEETING, state=MeetingState.CANCELLED), NOW, MeetingRefusal.CANCELLED),
        (MEETING, NOW + 48 * HOUR, MeetingRefusal.IN_THE_PAST),
        (replace(MEETING, has_registration=False), NOW, MeetingRefusal.NO_REGISTRATION),
        (replace(MEETING, opens_at=NOW + HOUR), NOW, MeetingRefusal.NOT_OPEN_YET),
        (replace(MEETING, closes_at=NOW), NOW, MeetingRefusal.CLOSED),
        (replace(FULL, waiting_count=2), NOW, MeetingRefusal.FULL_WAITING_LIST_FULL),
    ],
)
def test_what_holds_for_everybody_comes_before_signing_in(meeting, now, reason):
    assert refusal(meeting, now=now) is reason
    assert refusal(meeting, STRANGER, now) is reason


def test_visitor_is_asked_to_sign_in_and_told_what_it_leads_to():
    decision = decide_registration(FULL, STRANGER, NOW)
    assert decision.refusal is MeetingRefusal.NOT_SIGNED_IN
    assert decision.outcome is SignUpState.WAITING


@pytest.mark.parametrize("kind", list(CommitmentKind))
def test_true_overlap_with_anything_is_refused_and_named(kind):
    decision = decide_registration(MEETING, elsewhere(49, 51, kind), NOW)
    assert decision.refusal is MeetingRefusal.OVERLAPS
    assert decision.overlap is not None
    assert decision.overlap.kind is kind


def test_touching_ends_and_the_meeting_itself_do_not_overlap():
    assert refusal(MEETING, elsewhere(46, 48)) is None
    assert refusal(MEETING, elsewhere(50, 52)) is None
    assert refusal(MEETING, elsewhere(48, 50, CommitmentKind.MEETING, 7)) is None
    # Another kind may have the same number.
    assert refusal(MEETING, elsewhere(48, 50, CommitmentKind.SHIFT, 7)) is MeetingRefusal.OVERLAPS


def test_little_time_to_get_there_is_a_warning_only():
    far = decide_registration(MEETING, elsewhere(46, 48, place="Altrove"), NOW)
    assert far.is_allowed
    assert far.travel is not None
    assert decide_registration(MEETING, elsewhere(46, 48), NOW).travel is None
    assert decide_registration(MEETING, elsewhere(46, 47.5, place="Altrove"), NOW).travel is None


def test_who_has_a_place_or_waits_is_told_so():
    decision = decide_registration(FULL, holds(SignUpState.CONFIRMED), NOW)
    assert decision.refusal is MeetingRefusal.ALREADY_SIGNED_UP
    assert decision.outcome is SignUpState.CONFIRMED
    decision = decide_registration(FULL, holds(SignUpState.WAITING, position=2), NOW)
    assert (decision.outcome, decision.position) == (SignUpState.WAITING, 2)


def test_who_waits_takes_a_free_place_only_with_all_their_people():
    assert refusal(MEETING, holds(SignUpState.WAITING, people=2)) is None
    held = holds(SignUpState.WAITING, people=3)
    assert refusal(MEETING, held) is MeetingRefusal.ALREADY_SIGNED_UP


def test_offered_place_is_taken_in_time_also_once_registration_is_closed():
    closed = replace(FULL, closes_at=NOW - HOUR)
    held = holds(SignUpState.OFFERED, offer_until_at=NOW + HOUR)
    decision = decide_registration(closed, held, NOW)
    assert (decision.refusal, decision.outcome) == (None, SignUpState.CONFIRMED)
    assert decision.offer_until_at == NOW + HOUR
    assert refusal(closed, held, NOW + HOUR) is MeetingRefusal.OFFER_EXPIRED


def test_place_is_given_back_until_the_start():
    held = HeldSignUp(SignUpState.CONFIRMED)
    assert can_leave_meeting(MEETING, held, NOW)
    assert not can_leave_meeting(MEETING, None, NOW)
    assert not can_leave_meeting(MEETING, held, MEETING.starts_at)
    cancelled = replace(MEETING, state=MeetingState.CANCELLED)
    assert not can_leave_meeting(cancelled, held, NOW)


def test_offer_lasts_a_day_then_half_of_what_is_left_then_is_not_made():
    start = MEETING.starts_at
    assert find_meeting_offer_end(MEETING, start - 60 * HOUR) == start - 36 * HOUR
    assert find_meeting_offer_end(MEETING, start - 10 * HOUR) == start - 5 * HOUR
    assert find_meeting_offer_end(MEETING, start - timedelta(minutes=59)) is None
    cancelled = replace(MEETING, state=MeetingState.CANCELLED)
    assert find_meeting_offer_end(cancelled, NOW) is None
    assert find_offer_end(start, 2, start - 10 * HOUR) == start - 8 * HOUR


@pytest.mark.parametrize(
    ("minutes", "code", "marks"),
    [
        (-31, MeetingCode.TOO_EARLY, False),
        (-30, MeetingCode.OPEN, True),
        (150, MeetingCode.OPEN, True),
        (151, MeetingCode.TOO_LATE, True),
    ],
)
def test_code_is_good_around_the_meeting_and_the_list_for_good(minutes, code, marks):
    now = MEETING.starts_at + timedelta(minutes=minutes)
    assert find_meeting_code(MEETING, now) is code
    assert takes_attendance(MEETING, now) is marks
    cancelled = replace(MEETING, state=MeetingState.CANCELLED)
    assert find_meeting_code(cancelled, now) is MeetingCode.CANCELLED
    assert not takes_attendance(cancelled, now)
