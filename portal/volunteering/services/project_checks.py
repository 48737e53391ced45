"""What a tutor has seen of a person for a project; it lifts the refusals that wait for it."""

from datetime import date

from sqlalchemy.dialects.postgresql import insert

from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import record_step
from portal.volunteering.models import ProjectCheck
from portal.volunteering.states import ProjectCheckKind

HISTORY = "project_check"


def note_project_check(
    *, actor: Actor, project_id: int, user_id: int, kind: ProjectCheckKind, seen_on: date
) -> None:
    """Note that training was done, or a document seen, on a day; a second note mends the day.

    Of a document nothing is kept but that it was seen (GDPR, art. 10). Whether the person has
    to do with the project the caller has asked (`find_project_person`).
    """
    seen = {"seen_on": seen_on, "seen_by_id": actor.account_id}
    statement = (
        insert(ProjectCheck)
        .values(project_id=project_id, user_id=user_id, kind=kind, **seen)
        .on_conflict_do_update(index_elements=["project_id", "user_id", "kind"], set_=seen)
        .returning(ProjectCheck.id)
    )
    check_id = session().scalars(statement).one()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=check_id,
        action=f"note_{kind}",
        note=seen_on.isoformat(),
    )
    session().flush()
