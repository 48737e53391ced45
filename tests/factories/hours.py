"""Invented hours."""

from datetime import date, timedelta

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import db
from portal.volunteering.models import HoursEntry, ProjectApplication, VolunteeringProject
from portal.volunteering.states import ApplicationState, HoursSource, HoursState
from tests.factories.people import make_user
from tests.factories.volunteering import make_project


def make_hours(
    user: User,
    project: VolunteeringProject | None = None,
    *,
    on: date,
    minutes: int = 120,
    state: HoursState = HoursState.VERIFIED,
    **columns: object,
) -> HoursEntry:
    """Store an entry of hours, verified by somebody else unless `state` says otherwise."""
    is_verified = state is HoursState.VERIFIED
    entry = HoursEntry(
        user_id=user.id,
        project_id=(project or make_project()).id,
        worked_on=on,
        minutes=minutes,
        source=HoursSource.DECLARED,
        state=state,
        verified_at=utc_now() if is_verified else None,
        verified_by_id=make_user(name="Tea Tutora").id if is_verified else None,
        reason=None if is_verified or state is HoursState.TO_VERIFY else "Giorno sbagliato.",
        **columns,
    )
    db.session.add(entry)
    db.session.commit()
    return entry


def make_member(project: VolunteeringProject, user: User, *, days_ago: int = 60) -> None:
    """Let `user` have been accepted in a project."""
    db.session.add(
        ProjectApplication(
            project_id=project.id,
            user_id=user.id,
            state=ApplicationState.ACCEPTED,
            answered_at=utc_now() - timedelta(days=days_ago),
        )
    )
    db.session.commit()
