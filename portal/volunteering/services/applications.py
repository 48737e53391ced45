"""Asking to join a project without shifts, the answer, and leaving it."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.volunteering.emails.applications import (
    mail_application_accepted,
    mail_application_arrived,
    mail_application_left,
    mail_application_received,
    mail_application_refused,
)
from portal.volunteering.models import ProjectApplication
from portal.volunteering.policies import (
    LIVE_APPLICATIONS,
    ApplicationDecision,
    decide_application,
)
from portal.volunteering.queries.applications import (
    find_application_state,
    get_application_facts,
)
from portal.volunteering.queries.sign_ups import find_facts_of
from portal.volunteering.queries.tutors import list_tutors_of
from portal.volunteering.services.application_steps import take_application_step
from portal.volunteering.services.projects import lock_project
from portal.volunteering.states import (
    APPLICATION_TRANSITIONS,
    ApplicationAction,
    ApplicationState,
    TimeKind,
)

HISTORY = "project_application"


def apply_to_project(
    *, actor: Actor, project_id: int, message: str | None = None
) -> ApplicationDecision:
    """Ask for `actor` to join a project without shifts, if the rules allow it.

    Returns the decision; with a refusal nothing was done (`already_signed_up`: the same tap
    twice). Raises `NotFoundError` for a project with shifts: there one takes places.
    """
    project = lock_project(project_id)
    if project.time_kind is TimeKind.SHIFTS:
        raise NotFoundError
    decision = decide_application(
        get_application_facts(project_id),
        find_facts_of(actor.account_id),
        find_application_state(project_id, actor.account_id),
        local_today(),
    )
    if not decision.is_allowed:
        return decision
    application = ProjectApplication(
        project=project,
        user_id=actor.account_id,
        state=ApplicationState.SUBMITTED,
        message=message or None,
    )
    session().add(application)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=application.id,
        action="apply",
        to_state=application.state,
    )
    mail_application_received(application=application)
    for tutor in list_tutors_of(project_id):
        if tutor.user_id != actor.id:
            mail_application_arrived(application=application, tutor=tutor)
    return decision


def answer_application(
    *,
    actor: Actor,
    project_id: int,
    application_id: int,
    action: ApplicationAction,
    reason: str | None = None,
) -> ProjectApplication:
    """Accept or refuse who asked to join, and tell them; a refusal says why.

    Raises `RuleBrokenError` for a refusal without reason, and where the project has the people it
    looked for; `ForbiddenStepError` when it was answered already, or is one's own.
    """
    project = lock_project(project_id)
    application = _lock(project_id, ProjectApplication.id == application_id)
    if application.user_id == actor.id:
        raise ForbiddenStepError(_l("Somebody else answers what you ask yourself."))
    if not APPLICATION_TRANSITIONS.allows(application.state, action):
        raise ForbiddenStepError
    is_refusal = action is ApplicationAction.REFUSE
    if is_refusal and not reason:
        raise RuleBrokenError(_l("Write why: the person reads it."), "reason")
    if not is_refusal and get_application_facts(project_id).is_complete:
        raise RuleBrokenError(
            _l(
                "The project has the %(number)s people it looked for already.",
                number=project.people_wanted,
            )
        )
    application.reason = reason if is_refusal else None
    application.answered_at, application.answered_by_id = utc_now(), actor.id
    take_application_step(actor=actor, application=application, action=action, note=reason)
    session().flush()
    if is_refusal:
        mail_application_refused(application=application)
    else:
        mail_application_accepted(application=application)
    return application


def leave_project(*, actor: Actor, project_id: int) -> ApplicationState | None:
    """Leave a project, or take the question back; return what one had, None for nothing.

    The tutors are told. Free at any time (D.Lgs. 117/2017, art. 17).
    """
    is_own = ProjectApplication.user_id == actor.account_id
    is_live = ProjectApplication.state.in_(LIVE_APPLICATIONS)
    try:
        application = _lock(project_id, is_own & is_live)
    except NotFoundError:
        return None
    had = application.state
    take_application_step(actor=actor, application=application, action=ApplicationAction.LEAVE)
    session().flush()
    for tutor in list_tutors_of(project_id):
        if tutor.user_id != actor.id:
            mail_application_left(application=application, tutor=tutor)
    return had


def _lock(project_id: int, condition: object) -> ProjectApplication:
    application = session().scalar(
        select(ProjectApplication)
        .where(ProjectApplication.project_id == project_id, condition)  # type: ignore[arg-type] # a condition of the table
        .options(joinedload(ProjectApplication.user), joinedload(ProjectApplication.project))
        .with_for_update(of=ProjectApplication)
        .execution_options(populate_existing=True)
    )
    if application is None:
        raise NotFoundError
    return application
