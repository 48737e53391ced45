"""Phases of a laboratory: their order, what each allows, and what can be done today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Phase(StrEnum):
    """The official seven phases, in their order."""

    LISTENING = "listening"
    FEASIBILITY = "feasibility"
    SHARING = "sharing"
    APPROVAL = "approval"
    SIGNATURE = "signature"
    IMPLEMENTATION = "implementation"
    EVALUATION = "evaluation"


class Ability(StrEnum):
    """What a phase lets people do (behaviour 19)."""

    PROPOSE = "propose"
    SUPPORT = "support"
    COMMENT = "comment"
    COMMENT_DRAFT = "comment_draft"
    """On the project sheets and the draft of the agreement."""
    SIGN = "sign"
    EVALUATE = "evaluate"
    """Answer the questions about how it went."""


class LaboratoryAction(StrEnum):
    """What is written in the history of a laboratory."""

    OPEN = "open"
    ADVANCE = "advance"
    GO_BACK = "go_back"
    ARCHIVE = "archive"


PHASES = tuple(Phase)

DEFAULT_ABILITIES: Mapping[Phase, tuple[Ability, ...]] = {
    Phase.LISTENING: (Ability.PROPOSE, Ability.SUPPORT, Ability.COMMENT),
    Phase.FEASIBILITY: (Ability.COMMENT,),
    Phase.SHARING: (Ability.COMMENT_DRAFT,),
    Phase.APPROVAL: (),
    Phase.SIGNATURE: (Ability.SIGN,),
    Phase.IMPLEMENTATION: (),
    Phase.EVALUATION: (Ability.EVALUATE,),
}
"""What the phases of a new laboratory allow; each laboratory may set its own."""


class Availability(StrEnum):
    """Whether something can be done in a laboratory today; the name stands in `data-reason`."""

    OPEN = "open"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    NEVER = "never"
    """No phase of this laboratory allows it."""
    LABORATORY_CLOSED = "laboratory_closed"


@dataclass(frozen=True)
class PhaseFacts:
    """One phase of a laboratory."""

    kind: Phase
    starts_on: date | None
    ends_on: date | None
    """The last day; both are plans until the phase is reached, and both may be unknown."""
    allows: frozenset[Ability]
    name: str | None = None
    """The laboratory's own name for it; None: the official one."""
    words: str | None = None
    """What happens in it, in its own words; None: the official ones."""


@dataclass(frozen=True)
class Window:
    """Whether something can be done today, and the day people want to know beside it."""

    availability: Availability
    day: date | None = None
    """Last day while open, first day while not open yet, last day once closed; if known."""

    @property
    def is_open(self) -> bool:
        """Say whether it can be done today."""
        return self.availability is Availability.OPEN


def find_window(
    ability: Ability,
    *,
    phases: Sequence[PhaseFacts],
    current: Phase,
    is_archived: bool,
    today: date,
    is_mending: bool = False,
) -> Window:
    """Return whether `ability` is there today, from when, or until when it was.

    `phases` stand in their order. What can be done follows the phase a laboratory is in; within
    it the days count, both included. Who mends a returned proposal (`is_mending`) may do so as
    long as the phase lasts: the time the office took is not the author's.
    """
    if is_archived:
        return Window(Availability.LABORATORY_CLOSED)
    at = next(n for n, phase in enumerate(phases) if phase.kind is current)
    now = phases[at]
    if ability in now.allows:
        if is_mending or _includes(now, today):
            return Window(Availability.OPEN, now.ends_on)
        if now.starts_on is not None and today < now.starts_on:
            return Window(Availability.NOT_OPEN_YET, now.starts_on)
    later = next((p for p in phases[at + 1 :] if ability in p.allows), None)
    if later is not None:
        return Window(Availability.NOT_OPEN_YET, later.starts_on)
    before = next((p for p in reversed(phases[: at + 1]) if ability in p.allows), None)
    if before is not None:
        return Window(Availability.CLOSED, before.ends_on)
    return Window(Availability.NEVER)


def find_next_phase(phases: Sequence[PhaseFacts], current: Phase) -> Phase | None:
    """Return the phase after `current`, or None after the last."""
    kinds = [p.kind for p in phases]
    at = kinds.index(current) + 1
    return kinds[at] if at < len(kinds) else None


def find_phase_before(phases: Sequence[PhaseFacts], current: Phase) -> Phase | None:
    """Return the phase before `current`, or None before the first."""
    kinds = [p.kind for p in phases]
    at = kinds.index(current)
    return kinds[at - 1] if at else None


def _includes(phase: PhaseFacts, today: date) -> bool:
    has_begun = phase.starts_on is None or phase.starts_on <= today
    return has_begun and (phase.ends_on is None or today <= phase.ends_on)
