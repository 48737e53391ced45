"""Who looks after a project: named, and let go."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from portal.accounts.queries import find_user_by_email
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import RuleBrokenError
from portal.core.history import record_step
from portal.volunteering.models import ProjectTutor
from portal.volunteering.queries.tutors import list_tutors_of
from portal.volunteering.services.projects import HISTORY, lock_project


def add_tutor(*, actor: Actor, project_id: int, email: str) -> ProjectTutor:
    """Let the person with this account look after a project.

    Raises `RuleBrokenError` where nobody has such an account, or they do already.
    """
    project = lock_project(project_id)
    user = find_user_by_email(email.strip().lower())
    if user is None or user.confirmed_at is None or not user.active:
        raise RuleBrokenError(
            _l("Nobody has an account with this address: ask the person to register first."),
            "email",
        )
    if user.id in {tutor.user_id for tutor in list_tutors_of(project_id)}:
        raise RuleBrokenError(_l("This person is a tutor of the project already."), "email")
    tutor = ProjectTutor(project_id=project.id, user_id=user.id)
    session().add(tutor)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=project.id,
        action="add_tutor",
        note=user.display_name,
    )
    return tutor


def remove_tutor(*, actor: Actor, project_id: int, user_id: int) -> None:
    """Let somebody no longer look after a project; the second of two taps changes nothing."""
    project = lock_project(project_id)
    name = next((t.name for t in list_tutors_of(project_id) if t.user_id == user_id), None)
    if name is None:
        return
    session().execute(
        delete(ProjectTutor).where(
            ProjectTutor.project_id == project_id, ProjectTutor.user_id == user_id
        )
    )
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=project.id,
        action="remove_tutor",
        note=name,
    )
