"""Ending a project: its shifts to come go, hours and past stay."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.history import record_steps
from portal.volunteering.emails.shifts import Change, ShiftNews, mail_project_closed
from portal.volunteering.models import ProjectApplication, Shift, VolunteeringProject
from portal.volunteering.policies import LIVE_APPLICATIONS
from portal.volunteering.queries.tutors import TutorRow
from portal.volunteering.services.application_steps import refuse_by_closing
from portal.volunteering.services.projects import lock_project, take_project_step
from portal.volunteering.services.shift_news import (
    lock_shifts_to_come,
    look_of,
    tell_signed_up,
    withdraw_offers,
)
from portal.volunteering.states import ApplicationState, ProjectAction, ShiftState


def close_project(
    *, actor: Actor, project_id: int, seen_version: int, reason: str
) -> VolunteeringProject:
    """End a project: its shifts to come are cancelled, and who takes part is told once, why.

    Applications without an answer end with the reason; who was accepted keeps what they did.
    Raises `ForbiddenStepError` for a project that is not public, `ProjectChangedError`.
    """
    project = lock_project(project_id, seen_version)
    project.closed_reason = reason
    take_project_step(actor=actor, project=project, action=ProjectAction.CLOSE, note=reason)
    shifts = lock_shifts_to_come(project.id)
    told = _cancel_shifts(actor, project, shifts, reason)
    _end_applications(actor, project, told, reason)
    return project


def _cancel_shifts(
    actor: Actor, project: VolunteeringProject, shifts: Sequence[Shift], reason: str
) -> set[int]:
    if not shifts:
        return set()
    looks = {shift.id: look_of(shift, project) for shift in shifts}
    rows = [
        {
            "id": shift.id,
            "state": ShiftState.CANCELLED,
            "cancelled_reason": reason,
            "version": shift.version + 1,
        }
        for shift in shifts
    ]
    session().execute(update(Shift), rows)
    record_steps(
        actor=actor,
        subject_kind="shift",
        action="cancel",
        steps=[
            {
                "subject_id": shift.id,
                "from_state": ShiftState.OPEN,
                "to_state": ShiftState.CANCELLED,
                "note": reason,
            }
            for shift in shifts
        ],
    )
    told = tell_signed_up(
        actor=actor,
        news=[ShiftNews(shift_id, look, look) for shift_id, look in looks.items()],
        mail=mail_project_closed,
        change=_change(project, reason),
    )
    withdraw_offers([shift.id for shift in shifts])
    return told


def _end_applications(
    actor: Actor, project: VolunteeringProject, told: set[int], reason: str
) -> None:
    applications = session().scalars(
        select(ProjectApplication)
        .where(
            ProjectApplication.project_id == project.id,
            ProjectApplication.state.in_(LIVE_APPLICATIONS),
        )
        .options(joinedload(ProjectApplication.user))
        .order_by(ProjectApplication.user_id)
        .with_for_update(of=ProjectApplication)
    )
    for application in applications:
        user = application.user
        if application.state is ApplicationState.SUBMITTED:
            refuse_by_closing(actor=actor, application=application, reason=reason, at=utc_now())
        if user.id in told or user.id == actor.id:
            continue
        mail_project_closed(
            reader=TutorRow(user.id, user.display_name, user.email, user.locale),
            news=(),
            change=_change(project, reason),
        )
    session().flush()


def _change(project: VolunteeringProject, reason: str) -> Change:
    return Change(f"volunteering_project:{project.id}:closed:{project.version}", project, reason)
