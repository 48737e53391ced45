"""What a sheet opens: projects and initiatives written from it, tied to it, untied."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from portal.chain.models import TIED_ALREADY, SheetInitiative, SheetProject
from portal.chain.policies import OpeningFacts, find_opening_refusal
from portal.chain.queries.desk import get_opening_facts
from portal.chain.states import OpeningAction, OpeningRefusal
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.laboratories.models import ProjectSheet
from portal.laboratories.openings import OpeningKind
from portal.places.models import Initiative
from portal.places.services import InitiativeContent, create_initiative, tell_of_draft
from portal.volunteering.models import VolunteeringProject
from portal.volunteering.services import ProjectContent, create_project
from portal.volunteering.states import ProjectState

HISTORY = "sheet_opening"
"""Of a sheet: its id is the subject's, the note names what was opened."""


class CannotOpenError(ForbiddenStepError):
    """The sheet opens nothing today; `refusal` says why."""

    sentence = _l("Nothing can be opened from this project sheet today.")

    def __init__(self, refusal: OpeningRefusal) -> None:
        """Keep the reason."""
        super().__init__()
        self.refusal = refusal


@dataclass(frozen=True)
class _Tie:
    """How one kind of thing is tied to sheets."""

    thing: type[Any]
    link: type[Any]
    thing_id: InstrumentedAttribute[int]
    """The column of the link that names the thing."""


_TIES = {
    OpeningKind.PROJECT: _Tie(VolunteeringProject, SheetProject, SheetProject.project_id),
    OpeningKind.INITIATIVE: _Tie(Initiative, SheetInitiative, SheetInitiative.initiative_id),
}


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
    _check(facts)
    project = create_project(
        actor=actor, programme_id=programme_id, content=content, state=ProjectState.DRAFT
    )
    kind, action = OpeningKind.PROJECT, OpeningAction.OPEN
    _link(actor, action, kind, sheet_id, project).form_key = form_key
    session().flush()
    return project


def open_initiative(
    *, actor: Actor, sheet_id: int, form_key: str, place_id: int, content: InitiativeContent
) -> Initiative:
    """Write a draft of an initiative from a sheet, which who runs the place publishes.

    They are told. The same form (`form_key`) sent again gives the initiative it made before.
    Raises `CannotOpenError`, `NotFoundError`.
    """
    facts = _lock_facts(sheet_id)
    known = session().scalar(
        select(Initiative)
        .join(SheetInitiative, SheetInitiative.initiative_id == Initiative.id)
        .where(Initiative.created_by_id == actor.account_id, Initiative.form_key == form_key)
    )
    if known is not None:
        return known
    _check(facts)
    initiative = create_initiative(
        actor=actor, place_id=place_id, form_key=form_key, content=content
    )
    _link(actor, OpeningAction.OPEN, OpeningKind.INITIATIVE, sheet_id, initiative)
    sheet = session().get_one(ProjectSheet, sheet_id)
    tell_of_draft(actor=actor, initiative=initiative, origin=sheet.title)
    return initiative


def tie_opening(*, actor: Actor, sheet_id: int, kind: OpeningKind, thing_id: int) -> None:
    """Say of something that is there already that it comes from a sheet; twice is like once.

    Raises `CannotOpenError`, `RuleBrokenError` where it comes from another sheet, `NotFoundError`.
    """
    facts = _lock_facts(sheet_id)
    thing = _lock_thing(kind, thing_id)
    known = _find_link(kind, thing_id)
    if known is not None:
        if known.sheet_id == sheet_id:
            return
        raise RuleBrokenError(TIED_ALREADY, "opening")
    _check(facts)
    _link(actor, OpeningAction.TIE, kind, sheet_id, thing)


def untie_opening(*, actor: Actor, sheet_id: int, kind: OpeningKind, thing_id: int) -> None:
    """Say that something does not come from a sheet after all; twice is like once.

    It stays with its results, which the sheet no longer counts. Raises `NotFoundError`.
    """
    _lock_facts(sheet_id)
    thing = _lock_thing(kind, thing_id)
    link = _find_link(kind, thing_id)
    if link is None or link.sheet_id != sheet_id:
        return
    session().delete(link)
    session().flush()
    _record(actor, OpeningAction.UNTIE, sheet_id, thing)


def _check(facts: OpeningFacts) -> None:
    refusal = find_opening_refusal(facts)
    if refusal is not None:
        raise CannotOpenError(refusal)


def _link(
    actor: Actor,
    action: OpeningAction,
    kind: OpeningKind,
    sheet_id: int,
    thing: VolunteeringProject | Initiative,
) -> Any:  # noqa: ANN401 - a link of either kind
    tie = _TIES[kind]
    named = {tie.thing_id.key: thing.id}
    link = tie.link(sheet_id=sheet_id, opened_by_id=actor.account_id, opened_at=utc_now(), **named)
    session().add(link)
    session().flush()
    _record(actor, action, sheet_id, thing)
    return link


def _record(
    actor: Actor, action: OpeningAction, sheet_id: int, thing: VolunteeringProject | Initiative
) -> None:
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=sheet_id, action=action, note=thing.title
    )


def _lock_facts(sheet_id: int) -> OpeningFacts:
    """Hold a sheet, so that it is not taken out of its agreement meanwhile; `NotFoundError`."""
    session().execute(select(ProjectSheet.id).where(ProjectSheet.id == sheet_id).with_for_update())
    return get_opening_facts(sheet_id)


def _lock_thing(kind: OpeningKind, thing_id: int) -> VolunteeringProject | Initiative:
    model = _TIES[kind].thing
    thing: VolunteeringProject | Initiative | None = session().scalar(
        select(model).where(model.id == thing_id).with_for_update(key_share=True)
    )
    if thing is None:
        raise NotFoundError
    return thing


def _find_link(kind: OpeningKind, thing_id: int) -> SheetProject | SheetInitiative | None:
    tie = _TIES[kind]
    link: SheetProject | SheetInitiative | None = session().scalar(
        select(tie.link).where(tie.thing_id == thing_id)
    )
    return link
