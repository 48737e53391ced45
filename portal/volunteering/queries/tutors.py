"""Who looks after which project."""

from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.database import session
from portal.volunteering.models import ProjectTutor


@dataclass(frozen=True)
class TutorRow:
    """A person who looks after a project."""

    user_id: int
    name: str
    email: str | None
    locale: str


def list_tutors_of(project_id: int) -> list[TutorRow]:
    """Return the tutors of a project, in the order in which they were named."""
    rows = session().execute(
        select(User.id, User.display_name, User.email, User.locale)
        .join(ProjectTutor, ProjectTutor.user_id == User.id)
        .where(ProjectTutor.project_id == project_id)
        .order_by(ProjectTutor.id)
    )
    return [TutorRow(*row) for row in rows]
