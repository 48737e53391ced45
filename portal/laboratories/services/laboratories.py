"""Opening a laboratory, changing it, moving it through its phases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.core.text import slugify
from portal.laboratories.models import Agreement, Laboratory, LaboratoryPhase
from portal.laboratories.policies import PhaseGuard
from portal.laboratories.queries.guards import list_phase_guards
from portal.laboratories.queries.windows import phase_facts
from portal.laboratories.states import (
    DEFAULT_ABILITIES,
    EDITABLE_AGREEMENTS,
    PHASES,
    Ability,
    LaboratoryAction,
    Phase,
    find_next_phase,
    find_phase_before,
)
from portal.territory.models import District

HISTORY = "laboratory"
LONGEST_SLUG = 70


class PhaseGuardedError(RuleBrokenError):
    """A laboratory cannot move on yet; `guards` say what is missing."""

    def __init__(self, guards: Sequence[PhaseGuard]) -> None:
        """Keep what is missing."""
        super().__init__(_l("The laboratory cannot move on yet: something is missing."))
        self.guards = tuple(guards)


class LaboratoryChangedError(ForbiddenStepError):
    """Somebody moved or changed the laboratory since the page was opened."""

    sentence = _l("A colleague has changed this laboratory in the meantime. Look at it again.")


@dataclass(frozen=True)
class LaboratoryContent:
    """What the office writes of a laboratory."""

    title: str
    summary: str
    description: str
    district_ids: Sequence[int] = ()
    """Empty for the whole city."""
    answer_days: int = 30
    architect_id: int | None = None
    renews_id: int | None = None


@dataclass(frozen=True)
class PhaseContent:
    """What a phase of a laboratory is to be; None for the official name and words."""

    kind: Phase
    starts_on: date | None = None
    ends_on: date | None = None
    allows: tuple[Ability, ...] = ()
    name: str | None = None
    words: str | None = None


def default_phases(
    *, listens_from: date | None = None, listens_until: date | None = None
) -> list[PhaseContent]:
    """Return the official seven phases with what they usually allow."""
    return [
        PhaseContent(
            kind,
            starts_on=listens_from if kind is Phase.LISTENING else None,
            ends_on=listens_until if kind is Phase.LISTENING else None,
            allows=DEFAULT_ABILITIES[kind],
        )
        for kind in PHASES
    ]


def create_laboratory(
    *,
    actor: Actor,
    content: LaboratoryContent,
    phases: Sequence[PhaseContent] | None = None,
    form_key: str | None = None,
) -> Laboratory:
    """Open a laboratory in the first of its phases (by default the official seven).

    The same form (`form_key`) sent again gives the laboratory it opened before.
    """
    if form_key is not None:
        known = session().scalar(select(Laboratory).where(Laboratory.form_key == form_key))
        if known is not None:
            return known
    plans = default_phases() if phases is None else list(phases)
    laboratory = Laboratory(slug=_free_slug(content.title), phase=plans[0].kind)
    laboratory.form_key = form_key
    _write(laboratory, content)
    laboratory.phases = [_phase(plan, n) for n, plan in enumerate(plans, start=1)]
    session().add(laboratory)
    session().flush()
    _record(actor, laboratory, LaboratoryAction.OPEN, None)
    return laboratory


def change_laboratory(
    *, actor: Actor, laboratory_id: int, version: int, content: LaboratoryContent
) -> Laboratory:
    """Change what a laboratory says of itself; its address stays.

    `version` is the one that was on the page: raises `LaboratoryChangedError` if another came.
    """
    laboratory = _lock(laboratory_id, version)
    _write(laboratory, content)
    # Its agreement goes on from the same one, as long as it is written.
    drafts = (Agreement.laboratory_id == laboratory.id, Agreement.state.in_(EDITABLE_AGREEMENTS))
    session().execute(update(Agreement).where(*drafts).values(renews_id=laboratory.renews_id))
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=laboratory.id, action="change")
    return laboratory


def set_phases(
    *, actor: Actor, laboratory_id: int, version: int, plans: Sequence[PhaseContent]
) -> Laboratory:
    """Give a laboratory its phases: order, days, names, what each allows.

    The phase it is in must be among them (`RuleBrokenError`); `LaboratoryChangedError` as above.
    """
    laboratory = _lock(laboratory_id, version)
    if laboratory.phase not in {plan.kind for plan in plans}:
        raise RuleBrokenError(_l("The phase the laboratory is in now has to stay."))
    known = {phase.kind: phase for phase in laboratory.phases}
    laboratory.phases = [
        _phase(plan, n, known.get(plan.kind)) for n, plan in enumerate(plans, start=1)
    ]
    # Also where only a day changed: whoever opened the page before is told.
    laboratory.updated_at = utc_now()
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=laboratory.id, action="plan_phases")
    return laboratory


def advance_phase(*, actor: Actor, laboratory_id: int, version: int | None = None) -> Laboratory:
    """Move a laboratory to its next phase, which begins today.

    Raises `PhaseGuardedError` with everything that is missing, `LaboratoryChangedError` when a
    colleague was faster, `ForbiddenStepError` after the last phase or once it is archived.
    """
    laboratory = _lock(laboratory_id, version)
    following = find_next_phase(phase_facts(laboratory.phases), laboratory.phase)
    if following is None or laboratory.archived_at is not None:
        raise ForbiddenStepError
    guards = list_phase_guards(laboratory.id, laboratory.phase)
    if guards:
        raise PhaseGuardedError(guards)
    before = laboratory.phase
    _move(laboratory, following)
    _record(actor, laboratory, LaboratoryAction.ADVANCE, before)
    return laboratory


def go_back(
    *, actor: Actor, laboratory_id: int, version: int | None = None, reason: str
) -> Laboratory:
    """Move a laboratory to the phase before, for a reason that its page shows.

    Raises `LaboratoryChangedError` as above, `ForbiddenStepError` before the first phase.
    """
    laboratory = _lock(laboratory_id, version)
    before = laboratory.phase
    earlier = find_phase_before(phase_facts(laboratory.phases), before)
    if earlier is None or laboratory.archived_at is not None:
        raise ForbiddenStepError
    laboratory.phase = earlier
    session().flush()
    _record(actor, laboratory, LaboratoryAction.GO_BACK, before, note=reason)
    return laboratory


def archive_laboratory(*, actor: Actor, laboratory_id: int) -> Laboratory:
    """Close a laboratory for good; its pages stay."""
    laboratory = _lock(laboratory_id)
    if laboratory.archived_at is not None:
        raise ForbiddenStepError
    laboratory.archived_at = utc_now()
    session().flush()
    _record(actor, laboratory, LaboratoryAction.ARCHIVE, laboratory.phase)
    return laboratory


def _write(laboratory: Laboratory, content: LaboratoryContent) -> None:
    laboratory.title = content.title
    laboratory.summary = content.summary
    laboratory.description = content.description
    laboratory.answer_days = content.answer_days
    laboratory.architect_id = content.architect_id
    laboratory.renews_id = content.renews_id
    laboratory.districts = list(
        session().scalars(
            select(District)
            .where(District.id.in_(content.district_ids))
            .order_by(District.name, District.id)
        )
    )


def _phase(
    plan: PhaseContent, position: int, known: LaboratoryPhase | None = None
) -> LaboratoryPhase:
    phase = known or LaboratoryPhase(kind=plan.kind)
    phase.position = position
    phase.name, phase.words = plan.name or None, plan.words or None
    phase.starts_on, phase.ends_on = plan.starts_on, plan.ends_on
    phase.allows = [str(ability) for ability in plan.allows]
    return phase


def _move(laboratory: Laboratory, following: Phase) -> None:
    """Enter `following` today: what was planned of it gives way to what is."""
    today = local_today()
    by_kind = {phase.kind: phase for phase in laboratory.phases}
    left, entered = by_kind[laboratory.phase], by_kind[following]
    if left.ends_on is None or left.ends_on > today:
        left.ends_on = max(today, left.starts_on or today)
    entered.starts_on = today
    if entered.ends_on is not None and entered.ends_on < today:
        entered.ends_on = None
    laboratory.phase = following
    session().flush()


def _record(
    actor: Actor,
    laboratory: Laboratory,
    action: LaboratoryAction,
    before: Phase | None,
    note: str | None = None,
) -> None:
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=laboratory.id,
        action=action,
        from_state=before,
        to_state=laboratory.phase,
        note=note,
    )


def _lock(laboratory_id: int, version: int | None = None) -> Laboratory:
    laboratory = session().scalar(
        select(Laboratory)
        .where(Laboratory.id == laboratory_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if laboratory is None:
        raise NotFoundError
    if version is not None and laboratory.version != version:
        raise LaboratoryChangedError
    return laboratory


def _free_slug(title: str) -> str:
    wanted = slugify(title, longest=LONGEST_SLUG) or "laboratorio"
    taken = set(
        session().scalars(select(Laboratory.slug).where(Laboratory.slug.startswith(wanted)))
    )
    numbers = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(s for s in numbers if s not in taken)
