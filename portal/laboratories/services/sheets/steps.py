"""Sharing a project sheet, taking it back, withdrawing it."""

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import RuleBrokenError
from portal.core.history import take_step
from portal.laboratories.emails import sheets as emails
from portal.laboratories.models import ProjectSheet
from portal.laboratories.services.sheets.locks import lock_sheet
from portal.laboratories.services.sheets.texts import NOTHING_TO_SHARE
from portal.laboratories.states import SHEET_TRANSITIONS, SheetAction, SheetState


def share_sheet(*, actor: Actor, sheet_id: int) -> ProjectSheet:
    """Let everybody read a sheet; the authors of its proposals are told, once.

    The second of two taps changes nothing. Raises `RuleBrokenError` without contents,
    `ForbiddenStepError` once it was withdrawn.
    """
    sheet = lock_sheet(sheet_id)
    if sheet.state is SheetState.SHARED:
        return sheet
    if not sheet.contents.strip():
        raise RuleBrokenError(NOTHING_TO_SHARE, "contents")
    _step(actor, sheet, SheetAction.SHARE)
    for proposal in sheet.proposals:
        if proposal.author_id is not None and proposal.author_id != actor.id:
            author = session().get_one(User, proposal.author_id)
            emails.mail_shared(reader=author, sheet=sheet, proposal=proposal)
    return sheet


def unshare_sheet(*, actor: Actor, sheet_id: int) -> ProjectSheet:
    """Make a shared sheet a draft again; raises `ForbiddenStepError` once it was agreed."""
    sheet = lock_sheet(sheet_id)
    if sheet.state is not SheetState.DRAFT:
        _step(actor, sheet, SheetAction.UNSHARE)
    return sheet


def withdraw_sheet(*, actor: Actor, sheet_id: int) -> ProjectSheet:
    """Give a sheet up; it leaves the agreement that is being drafted. Raises as above."""
    sheet = lock_sheet(sheet_id)
    if sheet.state is not SheetState.WITHDRAWN:
        sheet.agreement_id = None
        _step(actor, sheet, SheetAction.WITHDRAW)
    return sheet


def _step(actor: Actor, sheet: ProjectSheet, action: SheetAction) -> None:
    take_step(actor=actor, subject=sheet, transitions=SHEET_TRANSITIONS, action=action)
    session().flush()
