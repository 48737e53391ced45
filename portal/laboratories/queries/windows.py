"""What can be done in a laboratory today."""

from collections.abc import Iterable, Sequence

from portal.core.clock import local_today
from portal.laboratories.models import Laboratory, LaboratoryPhase
from portal.laboratories.states import Ability, PhaseFacts, Window, find_window


def phase_facts(phases: Iterable[LaboratoryPhase]) -> tuple[PhaseFacts, ...]:
    """Return phases as the rules read them, in their order."""
    return tuple(
        PhaseFacts(
            kind=phase.kind,
            starts_on=phase.starts_on,
            ends_on=phase.ends_on,
            allows=frozenset(Ability(ability) for ability in phase.allows),
            name=phase.name,
            words=phase.words,
        )
        for phase in phases
    )


def find_window_of(
    laboratory: Laboratory,
    ability: Ability,
    *,
    phases: Sequence[PhaseFacts] | None = None,
    is_mending: bool = False,
) -> Window:
    """Return whether `ability` is there today in a loaded laboratory; see `find_window`."""
    return find_window(
        ability,
        phases=phase_facts(laboratory.phases) if phases is None else phases,
        current=laboratory.phase,
        is_archived=laboratory.archived_at is not None,
        today=local_today(),
        is_mending=is_mending,
    )
