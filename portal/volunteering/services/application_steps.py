"""Steps of applications that several services take."""

from datetime import datetime

from portal.core.access import Actor
from portal.core.history import take_step
from portal.volunteering.models import ProjectApplication
from portal.volunteering.states import APPLICATION_TRANSITIONS, ApplicationAction


def take_application_step(
    *, actor: Actor, application: ProjectApplication, action: ApplicationAction,
    note: str | None = None,
) -> None:  # fmt: skip
    """Move a locked application on; raises `ForbiddenStepError` where that does not follow."""
    take_step(
        actor=actor,
        subject=application,
        transitions=APPLICATION_TRANSITIONS,
        action=action,
        note=note,
    )


def refuse_by_closing(
    *, actor: Actor, application: ProjectApplication, reason: str, at: datetime
) -> None:
    """End an application that got no answer because its project ends."""
    application.reason, application.answered_at = reason, at
    application.answered_by_id = actor.id
    take_application_step(
        actor=actor, application=application, action=ApplicationAction.REFUSE, note=reason
    )
