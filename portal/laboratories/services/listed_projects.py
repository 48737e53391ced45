"""Projects that a laboratory lists for somebody to adopt, until a day."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.laboratories.models import ListedProject

HISTORY = "listed_project"


def list_project(
    *, actor: Actor, laboratory_id: int, form_key: str, title: str, text: str, adopt_until: date
) -> ListedProject:
    """List a project for adoption; the same form (`form_key`) sent again lists it once.

    Raises `RuleBrokenError` for a day that is over.
    """
    known = session().scalar(
        select(ListedProject).where(
            ListedProject.created_by_id == actor.account_id, ListedProject.form_key == form_key
        )
    )
    if known is not None:
        return known
    if adopt_until < local_today():
        raise RuleBrokenError(_l("This day is over: choose a later one."), "adopt_until")
    project = ListedProject(
        laboratory_id=laboratory_id,
        title=title,
        text=text,
        adopt_until=adopt_until,
        created_by_id=actor.account_id,
        form_key=form_key,
    )
    session().add(project)
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=project.id, action="list")
    return project


def withdraw_listed_project(*, actor: Actor, laboratory_id: int, project_id: int) -> ListedProject:
    """Take a project off the list: proposals that adopt it stay. A second tap changes nothing."""
    project = session().scalar(
        select(ListedProject)
        .where(ListedProject.id == project_id, ListedProject.laboratory_id == laboratory_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if project is None:
        raise NotFoundError
    if project.withdrawn_at is None:
        project.withdrawn_at = utc_now()
        session().flush()
        record_step(actor=actor, subject_kind=HISTORY, subject_id=project.id, action="withdraw")
    return project
