"""What can be done in a laboratory today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.laboratories.models import Laboratory, LaboratoryPhase
from portal.laboratories.states import Ability, Phase, PhaseFacts, Window, find_window


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


@dataclass(frozen=True)
class LaboratoryWindows:
    """What can be done today in one laboratory, for pages that show nothing else of it."""

    phases: tuple[PhaseFacts, ...]
    current: Phase
    is_archived: bool

    def window(self, ability: Ability) -> Window:
        """Say whether `ability` is there today, from when, until when."""
        return find_window(
            ability,
            phases=self.phases,
            current=self.current,
            is_archived=self.is_archived,
            today=local_today(),
        )


def get_windows(slug: str) -> LaboratoryWindows:
    """Return what can be done in a laboratory, in one statement; raises `NotFoundError`."""
    rows = (
        session()
        .execute(
            select(LaboratoryPhase, Laboratory.phase, Laboratory.archived_at)
            .join(Laboratory, Laboratory.id == LaboratoryPhase.laboratory_id)
            .where(Laboratory.slug == slug)
            .order_by(LaboratoryPhase.position)
        )
        .all()
    )
    if not rows:
        raise NotFoundError
    return LaboratoryWindows(
        phases=phase_facts(row.LaboratoryPhase for row in rows),
        current=rows[0].phase,
        is_archived=rows[0].archived_at is not None,
    )
