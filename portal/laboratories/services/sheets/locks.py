"""Holding a project sheet while it is written."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.history import record_step
from portal.laboratories.models import ProjectSheet
from portal.laboratories.states import EDITABLE_SHEETS

HISTORY = ProjectSheet.__tablename__


class SheetNotEditableError(ForbiddenStepError):
    """The sheet is part of a frozen agreement, or was withdrawn."""

    sentence = _l("This project sheet cannot be changed any more.")


def lock_sheet(sheet_id: int) -> ProjectSheet:
    """Return a sheet, its row held to the end; raises `NotFoundError`."""
    sheet = session().scalar(
        select(ProjectSheet)
        .where(ProjectSheet.id == sheet_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if sheet is None:
        raise NotFoundError
    return sheet


def lock_editable_sheet(sheet_id: int) -> ProjectSheet:
    """Return a sheet to write in; raises `SheetNotEditableError` as well."""
    sheet = lock_sheet(sheet_id)
    if sheet.state not in EDITABLE_SHEETS:
        raise SheetNotEditableError
    return sheet


def record_change(*, actor: Actor, sheet: ProjectSheet, action: str) -> None:
    """Write that `actor` changed a part of a sheet."""
    record_step(actor=actor, subject_kind=HISTORY, subject_id=sheet.id, action=action)
