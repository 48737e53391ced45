"""Projects of a sheet: written from it, tied to it, untied."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.chain.models import SheetProject
from portal.chain.policies import OpeningFacts, find_opening_refusal
from portal.chain.queries.desk import get_opening_facts
from portal.chain.states import OpeningAction, OpeningRefusal
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.laboratories.models import ProjectSheet
from portal.volunteering.models import VolunteeringProject
from portal.volunteering.services import ProjectContent, create_project
from portal.volunteering.states import ProjectState

HISTORY = "sheet_opening"
"""Of a sheet: its id is the subject's, the note names the project."""


class CannotOpenError(ForbiddenStepError):
    """The sheet opens nothing today; `refusal` says why."""

    sentence = _l("Nothing can be opened from this project sheet today.")

    def __init__(self, refusal: OpeningRefusal) -> None:
        """Keep the reason."""
        super().__init__()
        self.refusal = refusal


def open_project(
    *, actor: Actor, sheet_id: int, form_key: str, programme_id: int, content: ProjectContent
) -> VolunteeringProject:
    """Write a draft of a project from a sheet, which the office of R+ publishes.

    The same form (`form_key`) sent again gives the project it made before. Raises
    `CannotOpenError`, `RuleBrokenError` as `create_project`, `NotFoundError`.
    """
    # Two presses at once wait for each other here.
    facts = _lock_facts(sheet_id)
    known = session().scalar(
        select(VolunteeringProject)
        .join(SheetProject, SheetProject.project_id == VolunteeringProject.id)
        .where(SheetProject.opened_by_id == actor.account_id, SheetProject.form_key == form_key)
    )
    if known is not None:
        return known
    refusal = find_opening_refusal(facts)
    if refusal is not None:
        raise CannotOpenError(refusal)
    project = create_project(
        actor=actor, programme_id=programme_id, content=content, state=ProjectState.DRAFT
    )
    _link(actor, OpeningAction.OPEN, sheet_id, project, form_key)
    return project


def tie_project(*, actor: Actor, sheet_id: int, project_id: int) -> None:
    """Say of a project that is there already that it comes from a sheet; twice is like once.

    Raises `CannotOpenError`, `RuleBrokenError` where it comes from another sheet, `NotFoundError`.
    """
    facts = _lock_facts(sheet_id)
    project = _lock_project(project_id)
    known = _find_link(project_id)
    if known is not None:
        if known.sheet_id == sheet_id:
            return
        raise RuleBrokenError(_l("This project comes from a project sheet already."), "project_id")
    refusal = find_opening_refusal(facts)
    if refusal is not None:
        raise CannotOpenError(refusal)
    _link(actor, OpeningAction.TIE, sheet_id, project)


def untie_project(*, actor: Actor, sheet_id: int, project_id: int) -> None:
    """Say that a project does not come from a sheet after all; twice is like once.

    The project stays with its hours, which the sheet no longer counts. Raises `NotFoundError`.
    """
    _lock_facts(sheet_id)
    project = _lock_project(project_id)
    link = _find_link(project_id)
    if link is None or link.sheet_id != sheet_id:
        return
    session().delete(link)
    session().flush()
    _record(actor, OpeningAction.UNTIE, sheet_id, project)


def _link(
    actor: Actor,
    action: OpeningAction,
    sheet_id: int,
    project: VolunteeringProject,
    form_key: str | None = None,
) -> None:
    session().add(
        SheetProject(
            sheet_id=sheet_id,
            project_id=project.id,
            opened_by_id=actor.account_id,
            opened_at=utc_now(),
            form_key=form_key,
        )
    )
    session().flush()
    _record(actor, action, sheet_id, project)


def _record(
    actor: Actor, action: OpeningAction, sheet_id: int, project: VolunteeringProject
) -> None:
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=sheet_id, action=action, note=project.title
    )


def _lock_facts(sheet_id: int) -> OpeningFacts:
    """Hold a sheet, so that it is not taken out of its agreement meanwhile; `NotFoundError`."""
    session().execute(select(ProjectSheet.id).where(ProjectSheet.id == sheet_id).with_for_update())
    return get_opening_facts(sheet_id)


def _lock_project(project_id: int) -> VolunteeringProject:
    project = session().scalar(
        select(VolunteeringProject)
        .where(VolunteeringProject.id == project_id)
        .with_for_update(key_share=True)
    )
    if project is None:
        raise NotFoundError
    return project


def _find_link(project_id: int) -> SheetProject | None:
    return session().scalar(select(SheetProject).where(SheetProject.project_id == project_id))
