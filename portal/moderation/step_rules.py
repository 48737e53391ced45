"""Which step of a procedure is possible, and if not, why: one answer for button, message, test."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l

from portal.core.errors import ForbiddenStepError
from portal.moderation.states import (
    CASE_TRANSITIONS,
    CaseAction,
    CaseState,
    StepRefusal,
    SuspensionReason,
)


@dataclass(frozen=True)
class StepFacts:
    """What the rules ask of a case."""

    state: CaseState
    needs_notice: bool = False
    """A refusal of this kind follows a notice (Law 241/1990, art. 10-bis)."""
    integration_asked_on: date | None = None
    noticed_on: date | None = None
    has_observations: bool = False
    window_ends_on: date | None = None
    """Last day of what the applicant is being given; None when nothing runs."""

    def state_on(self, today: date) -> CaseState:
        """Return the state, a window that is over taken as closed (the job may be late)."""
        is_over = self.window_ends_on is not None and self.window_ends_on < today
        waits = self.state in {CaseState.SUSPENDED, CaseState.NOTICED}
        return CaseState.IN_CHARGE if waits and is_over else self.state


class CaseLike(Protocol):
    """A case, as a row or as the model."""

    @property
    def state(self) -> CaseState: ...
    @property
    def noticed_on(self) -> date | None: ...
    @property
    def observed_at(self) -> datetime | None: ...


class SuspensionLike(Protocol):
    """A time in which the term did not run."""

    @property
    def reason(self) -> SuspensionReason: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def latest_end_on(self) -> date: ...
    @property
    def resumes_on(self) -> date | None: ...


def facts_of(
    case: CaseLike, suspensions: Iterable[SuspensionLike], *, needs_notice: bool
) -> StepFacts:
    """Return what the rules ask of a case and what stopped its term."""
    by_reason = {suspension.reason: suspension for suspension in suspensions}
    asked = by_reason.get(SuspensionReason.INTEGRATION)
    running = next((s for s in by_reason.values() if s.resumes_on is None), None)
    return StepFacts(
        state=case.state,
        needs_notice=needs_notice,
        integration_asked_on=asked.starts_on if asked else None,
        noticed_on=case.noticed_on,
        has_observations=case.observed_at is not None,
        window_ends_on=running.latest_end_on if running else None,
    )


_WAITS_FOR_APPLICANT = frozenset({CaseState.SUSPENDED, CaseState.NOTICED})
_ANSWERS = {
    CaseAction.SUPPLY: CaseState.SUSPENDED,
    CaseAction.OBSERVE: CaseState.NOTICED,
}


def step_refusal(
    action: CaseAction, facts: StepFacts, today: date, *, has_answer: bool = True
) -> StepRefusal | None:
    """Return why `action` is not possible, or None.

    `has_answer`: the refusal says something to the observations.
    """
    state = facts.state_on(today)
    reason = _own_refusal(action, facts, state, has_answer=has_answer)
    if reason is not None:
        return reason
    return None if CASE_TRANSITIONS.allows(state, action) else _why_not_now(action, state)


def _own_refusal(
    action: CaseAction, facts: StepFacts, state: CaseState, *, has_answer: bool
) -> StepRefusal | None:
    if action is CaseAction.ASK_INTEGRATION and facts.integration_asked_on is not None:
        return StepRefusal.ALREADY_ASKED
    if action is CaseAction.GIVE_NOTICE and facts.noticed_on is not None:
        return StepRefusal.ALREADY_NOTICED
    if action is CaseAction.REFUSE and facts.needs_notice and facts.noticed_on is None:
        return StepRefusal.NOTICE_FIRST
    if action is CaseAction.REFUSE and state not in _WAITS_FOR_APPLICANT:
        return StepRefusal.ANSWER_MISSING if facts.has_observations and not has_answer else None
    return None


def _why_not_now(action: CaseAction, state: CaseState) -> StepRefusal:
    if action in _ANSWERS:
        return StepRefusal.WINDOW_OVER
    return StepRefusal.WINDOW_RUNS if state in _WAITS_FOR_APPLICANT else StepRefusal.NOT_NOW


_SENTENCES: Mapping[StepRefusal, object] = {
    StepRefusal.ALREADY_ASKED: _l(
        "The applicant has been asked to complete this request already: the law allows it once."
    ),
    StepRefusal.ALREADY_NOTICED: _l("The reasons for a refusal have been told already."),
    StepRefusal.NOTICE_FIRST: _l(
        "Before refusing, tell the applicant why: send a notice of refusal, then there are ten"
        " days to answer."
    ),
    StepRefusal.WINDOW_RUNS: _l("The applicant still has time to answer: wait for that first."),
    StepRefusal.WINDOW_OVER: _l(
        "The days to answer are over. Write to the office in the conversation: they read it."
    ),
    StepRefusal.ANSWER_MISSING: _l(
        "The applicant sent observations: a refusal has to answer them. Write your answer."
    ),
    StepRefusal.NOT_NOW: ForbiddenStepError.sentence,
}


class StepRefusedError(ForbiddenStepError):
    """A step that the procedure does not allow now; `refusal` says why."""

    def __init__(self, refusal: StepRefusal) -> None:
        """Keep the reason and its sentence."""
        super().__init__(_SENTENCES[refusal])
        self.refusal = refusal
