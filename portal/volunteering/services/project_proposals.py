"""Projects that associations propose, and the office's answer."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.moderation.models import Case
from portal.moderation.services import open_case, resubmit_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.models import Association
from portal.registry.queries import get_association
from portal.volunteering.emails.projects import (
    mail_project_published,
    mail_project_received,
    mail_project_refused,
    mail_project_returned,
)
from portal.volunteering.models import VolunteeringProject
from portal.volunteering.services.projects import (
    ProjectChangedError,
    ProjectContent,
    create_project,
    finish_edit,
    lock_project,
    take_project_step,
    write_content,
)
from portal.volunteering.states import EDITABLE_PROJECTS, ProjectAction, ProjectState

DECIDED = {
    CaseAction.ACCEPT: (ProjectAction.PUBLISH, mail_project_published),
    CaseAction.RETURN: (ProjectAction.RETURN, mail_project_returned),
    CaseAction.REFUSE: (ProjectAction.REFUSE, mail_project_refused),
}
"""What each decision on the case does to the project, and the mail that says so."""


def draft_project(
    *, actor: Actor, association_id: int, programme_id: int, content: ProjectContent
) -> VolunteeringProject:
    """Begin a project of an association; nobody else sees it until it is handed in and published.

    Its rules are those of the programme: the office may set others. Raises `RuleBrokenError` for
    a programme that is not there.
    """
    association = get_association(association_id)
    return create_project(
        actor=actor,
        programme_id=programme_id,
        content=_of_association(content, association),
        state=ProjectState.DRAFT,
        proposed_by_id=actor.account_id,
        on_behalf_of=association.name,
    )


def edit_proposed_project(
    *,
    actor: Actor,
    association_id: int,
    project_id: int,
    seen_version: int,
    programme_id: int,
    content: ProjectContent,
) -> VolunteeringProject:
    """Write what the association says of its draft, or of what the office sent back.

    Raises `ForbiddenStepError` once it waits at the office, `ProjectChangedError` when somebody
    saved since `seen_version`, `NotFoundError` for a project of another association.
    """
    project = _lock_own(association_id, project_id)
    _check_editable(project, seen_version)
    association = get_association(association_id)
    kept = {name: getattr(project, name) for name in _OFFICE_ALONE}
    changed = write_content(project, replace(_of_association(content, association), **kept))
    if project.programme_id != programme_id:
        project.programme_id = programme_id
        changed.append("programme_id")
    finish_edit(actor=actor, project=project, changed=changed, on_behalf_of=association.name)
    return project


def propose_project(
    *, actor: Actor, association_id: int, project_id: int, seen_version: int
) -> VolunteeringProject:
    """Hand a draft in, or a returned project again; the second of two taps changes nothing.

    Opens a case in the queue (or gives the returned one a new term) and mails a receipt. Raises
    as `edit_proposed_project`.
    """
    project = _lock_own(association_id, project_id)
    if project.state is ProjectState.PROPOSED:
        return project
    _check_editable(project, seen_version)
    association = get_association(association_id)
    is_mended = project.state is ProjectState.RETURNED
    project.answer_reason = None
    take_project_step(
        actor=actor,
        project=project,
        action=ProjectAction.PROPOSE,
        on_behalf_of=association.name,
    )
    if is_mended:
        case = resubmit_case(
            actor=actor, kind=CaseKind.VOLUNTEERING_PROJECT, subject_id=project.id,
            title=project.title,
        )  # fmt: skip
    else:
        project.proposed_by_id = actor.account_id
        case = open_case(
            actor=actor, kind=CaseKind.VOLUNTEERING_PROJECT, subject_id=project.id,
            title=project.title, on_behalf_of=association.name, district_id=project.district_id,
        )  # fmt: skip
    session().flush()
    proposer = session().get_one(User, project.proposed_by_id)
    mail_project_received(proposer=proposer, project=project, case=case, slug=association.slug)
    return project


def apply_project_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Publish, return or refuse the project of a decided case, and tell who proposed it why."""
    project = lock_project(case.subject_id)
    step, mail = DECIDED[action]
    project.answer_reason = None if step is ProjectAction.PUBLISH else reason
    take_project_step(actor=actor, project=project, action=step, note=reason)
    proposer = session().get(User, project.proposed_by_id)
    slug = session().scalar(
        select(Association.slug).where(Association.id == project.partner_association_id)
    )
    if proposer is None or slug is None:
        raise NotFoundError
    if proposer.id != actor.id:
        mail(proposer=proposer, project=project, case=case, slug=slug)


_OFFICE_ALONE = (
    "requires_enrolment",
    "youngest_age",
    "oldest_age",
    "requires_guardian",
    "fitness_from_age",
    "residence_rule",
    "requires_permit",
    "requires_interview",
    "requires_training",
    "requires_insurance",
    "refuses_employees",
    "requires_record_check",
    "group_cap",
    "leave_until_hours",
    "place_id",
)
"""What an association does not fill in: it stays as the office set it."""


def _of_association(content: ProjectContent, association: Association) -> ProjectContent:
    return replace(content, partner_association_id=association.id, partner_name=association.name)


def _lock_own(association_id: int, project_id: int) -> VolunteeringProject:
    project = lock_project(project_id)
    if project.partner_association_id != association_id or project.proposed_by_id is None:
        raise NotFoundError
    return project


def _check_editable(project: VolunteeringProject, seen_version: int) -> None:
    if project.state not in EDITABLE_PROJECTS:
        raise ForbiddenStepError(
            _l("This project is at the office already: it can be changed only if it comes back.")
        )
    if project.version != seen_version:
        raise ProjectChangedError(project.version)
