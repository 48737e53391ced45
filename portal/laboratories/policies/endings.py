"""The end of an agreement: who is told when, what is missing to account for it, to close it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.laboratories.policies.agreements import AgreementGuard
from portal.laboratories.states import (
    AgreementState,
    Availability,
    EvaluationRefusal,
    Window,
)

NOTICE_DAYS = (90, 30)
"""How long before the end the signatories are told (behaviour 27)."""
FEWEST_ANSWERS = 3
"""Below this many answers nobody reads what was answered: one could guess whose it is."""


def days_left(ends_on: date, today: date) -> int:
    """Return how many days an agreement still holds; below nought once its last day is over."""
    return (ends_on - today).days


def is_expiring(state: AgreementState, ends_on: date | None, today: date) -> bool:
    """Say whether an agreement in force ends within ninety days, today included."""
    if state is not AgreementState.IN_FORCE or ends_on is None:
        return False
    return 0 <= days_left(ends_on, today) <= max(NOTICE_DAYS)


def is_over(state: AgreementState, ends_on: date | None, today: date) -> bool:
    """Say whether an agreement nobody has closed yet is past its last day."""
    return state is AgreementState.IN_FORCE and ends_on is not None and ends_on < today


def first_notice_on(ends_on: date) -> date:
    """Return the day on which the signatories are first told that an agreement ends."""
    return ends_on - timedelta(days=max(NOTICE_DAYS))


def find_notice(
    ends_on: date, today: date, *, told_days: int | None, told_for: date | None
) -> int | None:
    """Return which notice of the end is due today (90 or 30), or None.

    `told_days` and `told_for`: the last notice, and the last day it named. One who is late for
    the first (a short agreement, a worker that stood still) gets the second alone.
    """
    left = days_left(ends_on, today)
    due = min((days for days in NOTICE_DAYS if 0 <= left <= days), default=None)
    was_told = told_for == ends_on and told_days is not None
    if due is None or (was_told and told_days is not None and told_days <= due):
        return None
    return due


@dataclass(frozen=True)
class EndingFacts:
    """What accounting for an agreement and closing it ask."""

    is_over: bool
    """Its last day has passed."""
    ended_early: bool
    evaluation_meetings_held: int
    has_account_words: bool
    indicators_without_result: int
    lines_without_spent: int
    is_account_published: bool
    open_commitments: int
    """Neither kept nor dropped, nor carried over into the agreement that renews it."""
    has_pending_amendment: bool


def find_account_guards(facts: EndingFacts) -> tuple[AgreementGuard, ...]:
    """Return what is missing before the final account can be published.

    What ended early needs no meeting: its parties may no longer want one.
    """
    needs_meeting = not facts.ended_early
    return _missing(
        (
            AgreementGuard.NO_EVALUATION_MEETING_HELD,
            needs_meeting and facts.evaluation_meetings_held == 0,
        ),
        (AgreementGuard.NO_ACCOUNT_WORDS, not facts.has_account_words),
        (AgreementGuard.RESULTS_MISSING, facts.indicators_without_result > 0),
        (AgreementGuard.SPENT_MISSING, facts.lines_without_spent > 0),
    )


def find_closing_guards(facts: EndingFacts) -> tuple[AgreementGuard, ...]:
    """Return what is missing before the agreement can be closed."""
    return _missing(
        (AgreementGuard.NOT_OVER, not facts.is_over),
        (AgreementGuard.ACCOUNT_NOT_PUBLISHED, not facts.is_account_published),
        (AgreementGuard.COMMITMENTS_OPEN, facts.open_commitments > 0),
        (AgreementGuard.CHANGE_ON_ITS_WAY, facts.has_pending_amendment),
    )


def find_early_end_guards(facts: EndingFacts) -> tuple[AgreementGuard, ...]:
    """Return what is missing before the agreement can end before its day."""
    return _missing((AgreementGuard.CHANGE_ON_ITS_WAY, facts.has_pending_amendment))


def find_renewal_guards(past: EndingFacts | None) -> tuple[AgreementGuard, ...]:
    """Return what the agreement that is renewed lacks before the next enters into force.

    None: nothing is renewed, or it has ended already.
    """
    if past is None:
        return ()
    return _missing(
        (AgreementGuard.PAST_ACCOUNT_NOT_PUBLISHED, not past.is_account_published),
        (AgreementGuard.PAST_COMMITMENTS_OPEN, past.open_commitments > 0),
        (AgreementGuard.CHANGE_ON_ITS_WAY, past.has_pending_amendment),
    )


def find_evaluation_refusal(
    *, is_signed_in: bool, window: Window, takes_part: bool, has_answered: bool
) -> EvaluationRefusal | None:
    """Return why somebody cannot answer the questions about an agreement today, or None.

    `window`: of the laboratory's phases (behaviour 19).
    """
    if has_answered:
        return EvaluationRefusal.ALREADY_ANSWERED
    refusal = find_window_refusal(window)
    if refusal is not None:
        return refusal
    if not is_signed_in:
        return EvaluationRefusal.NOT_SIGNED_IN
    return None if takes_part else EvaluationRefusal.TOOK_NO_PART


def find_window_refusal(window: Window) -> EvaluationRefusal | None:
    """Return why nobody can answer today, on paper either, or None."""
    if window.is_open:
        return None
    is_early = window.availability is Availability.NOT_OPEN_YET
    return EvaluationRefusal.NOT_OPEN_YET if is_early else EvaluationRefusal.CLOSED


def can_show_answers(answers: int) -> bool:
    """Say whether so many answers hide who gave which."""
    return answers >= FEWEST_ANSWERS


def average(marks: Sequence[int]) -> float | None:
    """Return the mean of marks counted from one up (`[2, 0, 1]`: two ones, one three), or None."""
    count = sum(marks)
    return sum(mark * n for mark, n in enumerate(marks, start=1)) / count if count else None


def _missing(*checks: tuple[AgreementGuard, bool]) -> tuple[AgreementGuard, ...]:
    return tuple(guard for guard, is_missing in checks if is_missing)
