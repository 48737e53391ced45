"""Projects of the office: written, published, handed on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import joinedload

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import (
    AlreadyDecidedError,
    ForbiddenStepError,
    NotFoundError,
    RuleBrokenError,
)
from portal.core.history import record_step, take_step
from portal.core.text import slugify
from portal.volunteering.models import Programme, ProjectDistrict, VolunteeringProject
from portal.volunteering.services.place_changes import same_place, tell_of_new_place
from portal.volunteering.states import (
    PROJECT_TRANSITIONS,
    ProjectAction,
    ProjectState,
    ResidenceRule,
    Sector,
    TimeKind,
)

HISTORY = "volunteering_project"
LONGEST_SLUG = 90


class ProjectChangedError(AlreadyDecidedError):
    """The project was saved by somebody else since it was opened; `version` is the saved one."""

    def __init__(self, version: int) -> None:
        """Keep the number of what is saved now."""
        super().__init__()
        self.version = version


@dataclass(frozen=True)
class ProjectContent:
    """What is said of a project. A rule that is None is as the programme says."""

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
    tasks: str | None = None
    """One thing a line."""
    you_learn: str | None = None
    skills: list[str] = field(default_factory=list)
    time_kind: TimeKind = TimeKind.SHIFTS
    starts_on: date | None = None
    ends_on: date | None = None
    people_wanted: int | None = None
    place_id: int | None = None
    group_cap: int | None = None
    leave_until_hours: int = 24
    youngest_age: int | None = None
    oldest_age: int | None = None
    requires_guardian: bool | None = None
    fitness_from_age: int | None = None
    residence_rule: ResidenceRule | None = None
    requires_permit: bool | None = None
    requires_interview: bool | None = None
    requires_training: bool | None = None
    requires_insurance: bool | None = None
    refuses_employees: bool | None = None
    requires_record_check: bool = False


def create_project(
    *,
    actor: Actor,
    programme_id: int,
    content: ProjectContent,
    state: ProjectState = ProjectState.PUBLISHED,
    further_district_ids: Sequence[int] = (),
    proposed_by_id: int | None = None,
    on_behalf_of: str | None = None,
) -> VolunteeringProject:
    """Write a project and return it, with an id; its address follows from the title.

    Raises `RuleBrokenError` where its own ages and those of the programme leave nobody.
    """
    programme = _get_programme(programme_id)
    _check_ages(programme, content)
    project = VolunteeringProject(
        programme=programme,
        slug=_free_slug(content.title),
        state=state,
        proposed_by_id=proposed_by_id,
        **_values(content),
    )
    session().add(project)
    session().flush()
    _write_districts(project, further_district_ids)
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=project.id,
        action="create",
        to_state=state,
        on_behalf_of=on_behalf_of,
    )
    return project


def update_project(
    *,
    actor: Actor,
    project_id: int,
    seen_version: int,
    programme_id: int,
    content: ProjectContent,
    further_district_ids: Sequence[int] = (),
) -> VolunteeringProject:
    """Write what is said of a project; the address stays when the title changes.

    Who is signed up is told when the place is another one, and of nothing else. Raises
    `ProjectChangedError` when somebody saved since `seen_version`, `RuleBrokenError` as
    `create_project`, `NotFoundError`.
    """
    project = lock_project(project_id, seen_version)
    programme = _get_programme(programme_id)
    _check_ages(programme, content)
    before = (project.place_name, project.address)
    project.programme = programme
    changed = write_content(project, content)
    _write_districts(project, further_district_ids)
    finish_edit(actor=actor, project=project, changed=changed)
    if not same_place(before, (project.place_name, project.address)):
        tell_of_new_place(actor=actor, project=project, before=before)
    return project


def publish_project(*, actor: Actor, project_id: int, seen_version: int) -> VolunteeringProject:
    """Let everybody see a draft of the office, or open a closed project again.

    Its shifts that were cancelled stay so. Raises `ForbiddenStepError` for what an association
    proposed (its case is decided instead) or what is public already, `ProjectChangedError`.
    """
    project = lock_project(project_id, seen_version)
    if project.state is ProjectState.PROPOSED:
        raise ForbiddenStepError(
            _l("An association proposed this project: decide its request in the queue.")
        )
    project.closed_reason = None
    take_project_step(actor=actor, project=project, action=ProjectAction.PUBLISH)
    return project


def lock_project(project_id: int, seen_version: int | None = None) -> VolunteeringProject:
    """Return a project, locked; raise `NotFoundError`, or `ProjectChangedError` if it moved on."""
    project = session().scalar(
        select(VolunteeringProject)
        .where(VolunteeringProject.id == project_id)
        .options(joinedload(VolunteeringProject.programme))
        .with_for_update(of=VolunteeringProject, key_share=True)
        .execution_options(populate_existing=True)
    )
    if project is None:
        raise NotFoundError
    if seen_version is not None and project.version != seen_version:
        raise ProjectChangedError(project.version)
    return project


def take_project_step(
    *,
    actor: Actor,
    project: VolunteeringProject,
    action: ProjectAction,
    note: str | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """Move a locked project on, with history and a new version."""
    take_step(
        actor=actor,
        subject=project,
        transitions=PROJECT_TRANSITIONS,
        action=action,
        note=note,
        on_behalf_of=on_behalf_of,
    )
    project.version += 1
    session().flush()


def write_content(project: VolunteeringProject, content: ProjectContent) -> list[str]:
    """Write `content` into a locked project; return the names of what changed."""
    values = _values(content)
    changed = [name for name, value in values.items() if getattr(project, name) != value]
    for name in changed:
        setattr(project, name, values[name])
    return changed


def finish_edit(
    *,
    actor: Actor,
    project: VolunteeringProject,
    changed: Sequence[str],
    on_behalf_of: str | None = None,
) -> None:
    """Raise the version of a locked project and write which fields were changed."""
    project.version += 1
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=project.id,
        action="edit",
        note=" ".join(changed) or None,
        on_behalf_of=on_behalf_of,
    )


def reassign_projects(*, from_id: int, to_id: int) -> None:
    """Give the projects done with one association to another: it is the same body."""
    session().execute(
        update(VolunteeringProject)
        .where(VolunteeringProject.partner_association_id == from_id)
        .values(partner_association_id=to_id)
    )


def _values(content: ProjectContent) -> dict[str, object]:
    # Not asdict: it would copy deeply what needs no copy.
    return {one.name: getattr(content, one.name) for one in fields(content)}


def _get_programme(programme_id: int) -> Programme:
    programme = session().get(Programme, programme_id)
    if programme is None:
        raise RuleBrokenError(_l("Choose the programme."), "programme_id")
    return programme


def _check_ages(programme: Programme, content: ProjectContent) -> None:
    youngest = _first(content.youngest_age, programme.youngest_age)
    oldest = _first(content.oldest_age, programme.oldest_age)
    if youngest is not None and oldest is not None and oldest < youngest:
        raise RuleBrokenError(
            _l(
                "From %(youngest)s to %(oldest)s years nobody could take part: mend one of the"
                " two.",
                youngest=youngest,
                oldest=oldest,
            ),
            "oldest_age",
        )


def _first(own: int | None, programmes: int | None) -> int | None:
    return programmes if own is None else own


def _write_districts(project: VolunteeringProject, ids: Sequence[int]) -> None:
    wanted = {i for i in ids if i != project.district_id}
    session().execute(delete(ProjectDistrict).where(ProjectDistrict.project_id == project.id))
    if wanted:
        rows = [{"project_id": project.id, "district_id": i} for i in sorted(wanted)]
        session().execute(insert(ProjectDistrict), rows)


def _free_slug(title: str) -> str:
    wanted = slugify(title, longest=LONGEST_SLUG) or "progetto"
    taken = set(
        session().scalars(
            select(VolunteeringProject.slug).where(VolunteeringProject.slug.startswith(wanted))
        )
    )
    numbers = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(s for s in numbers if s not in taken)
