"""Setting up programmes, projects and shifts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import record_step
from portal.core.text import slugify
from portal.volunteering.models import Programme, Shift, VolunteeringProject
from portal.volunteering.states import Sector, ShiftState


def create_programme(*, actor: Actor, name: str, requires_enrolment: bool) -> Programme:
    """Write a programme and return it, with an id."""
    programme = Programme(slug=slugify(name), name=name, requires_enrolment=requires_enrolment)
    session().add(programme)
    session().flush()
    record_step(actor=actor, subject_kind="programme", subject_id=programme.id, action="create")
    return programme


@dataclass(frozen=True)
class ProjectContent:
    """What is said of a project."""

    title: str
    summary: str
    description: str
    sector: Sector
    district_id: int
    place_name: str
    tutor_name: str
    address: str | None = None
    what_to_bring: str | None = None
    partner_name: str | None = None
    """The association it is done with, as people know it."""
    partner_association_id: int | None = None
    """The same, where the registry knows it."""
    requires_enrolment: bool | None = None
    """None: as the programme says."""


def create_project(
    *, actor: Actor, programme_id: int, content: ProjectContent
) -> VolunteeringProject:
    """Write a project and return it, with an id; its address follows from the title."""
    project = VolunteeringProject(
        programme_id=programme_id, slug=slugify(content.title), **vars(content)
    )
    session().add(project)
    session().flush()
    record_step(
        actor=actor, subject_kind="volunteering_project", subject_id=project.id, action="create"
    )
    return project


def create_shift(
    *,
    actor: Actor,
    project_id: int,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    waiting_capacity: int = 0,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> Shift:
    """Write a shift and return it, with an id.

    Moments are aware. Places can be taken from `opens_at` (None: at once) until `closes_at`
    (None: until it starts).
    """
    shift = Shift(
        project_id=project_id,
        starts_at=starts_at,
        ends_at=ends_at,
        state=ShiftState.OPEN,
        capacity=capacity,
        waiting_capacity=waiting_capacity,
        opens_at=opens_at,
        closes_at=closes_at or starts_at,
    )
    session().add(shift)
    session().flush()
    record_step(
        actor=actor,
        subject_kind="shift",
        subject_id=shift.id,
        action="create",
        to_state=shift.state,
    )
    return shift


def reassign_projects(*, from_id: int, to_id: int) -> None:
    """Give the projects done with one association to another: it is the same body."""
    session().execute(
        update(VolunteeringProject)
        .where(VolunteeringProject.partner_association_id == from_id)
        .values(partner_association_id=to_id)
    )
