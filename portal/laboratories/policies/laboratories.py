"""Who leads a laboratory, and what stands in the way of its next phase."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.core.access import Actor
from portal.laboratories.states import AgreementState, Phase


@dataclass(frozen=True)
class LaboratoryFacts:
    """What the predicates ask of a laboratory."""

    id: int
    district_ids: frozenset[int]
    """Empty for the whole city."""


def laboratory_is_of_own_district(actor: Actor, laboratory: LaboratoryFacts) -> bool:
    """Say whether the laboratory is of one of the architect's districts."""
    return not actor.district_ids.isdisjoint(laboratory.district_ids)


class PhaseGuard(StrEnum):
    """What is missing before a laboratory can move on; the name stands in `data-reason`."""

    NO_MEETING_HELD = "no_meeting_held"
    PROPOSALS_TO_READ = "proposals_to_read"
    PROPOSALS_TO_ANSWER = "proposals_to_answer"
    NO_AGREEMENT_SHARED = "no_agreement_shared"
    NO_SHARING_MEETING_HELD = "no_sharing_meeting_held"
    NOT_APPROVED = "not_approved"
    NOT_IN_FORCE = "not_in_force"
    LAST_PHASE = "last_phase"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class ProgressFacts:
    """What the guards ask of a laboratory."""

    meetings_held: int = 0
    sharing_meetings_held: int = 0
    proposals_to_read: int = 0
    """Handed in and not decided."""
    proposals_to_answer: int = 0
    """Published and not answered."""
    agreement: AgreementState | None = None
    """Of its newest agreement."""


_BEFORE_APPROVAL = (None, AgreementState.DRAFTING)
_BEFORE_FROZEN = (None, AgreementState.DRAFTING, AgreementState.SHARED)
_BEFORE_FORCE = (*_BEFORE_FROZEN, AgreementState.APPROVED, AgreementState.OPEN)

_Check = tuple[PhaseGuard, Callable[[ProgressFacts], bool]]
_MISSING: Mapping[Phase, tuple[_Check, ...]] = {
    Phase.LISTENING: (
        (PhaseGuard.NO_MEETING_HELD, lambda f: f.meetings_held == 0),
        (PhaseGuard.PROPOSALS_TO_READ, lambda f: f.proposals_to_read > 0),
    ),
    Phase.FEASIBILITY: (
        (PhaseGuard.PROPOSALS_TO_READ, lambda f: f.proposals_to_read > 0),
        (PhaseGuard.PROPOSALS_TO_ANSWER, lambda f: f.proposals_to_answer > 0),
    ),
    Phase.SHARING: (
        (PhaseGuard.NO_AGREEMENT_SHARED, lambda f: f.agreement in _BEFORE_APPROVAL),
        (PhaseGuard.NO_SHARING_MEETING_HELD, lambda f: f.sharing_meetings_held == 0),
    ),
    Phase.APPROVAL: ((PhaseGuard.NOT_APPROVED, lambda f: f.agreement in _BEFORE_FROZEN),),
    Phase.SIGNATURE: ((PhaseGuard.NOT_IN_FORCE, lambda f: f.agreement in _BEFORE_FORCE),),
    Phase.IMPLEMENTATION: (),
    Phase.EVALUATION: (),
}
"""What must be there to leave a phase, whichever comes next."""


def find_phase_guards(phase: Phase, facts: ProgressFacts) -> tuple[PhaseGuard, ...]:
    """Return everything that is missing to leave `phase`, in the order of the page."""
    return tuple(guard for guard, is_missing in _MISSING[phase] if is_missing(facts))
