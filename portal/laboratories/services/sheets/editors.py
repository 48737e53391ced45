"""The people named to write in a project sheet."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete

from portal.accounts.queries import find_user_by_email
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import RuleBrokenError
from portal.laboratories.emails import sheets as emails
from portal.laboratories.models import SheetEditor
from portal.laboratories.services.sheets.locks import lock_editable_sheet, record_change


def add_editor(*, actor: Actor, sheet_id: int, email: str) -> SheetEditor:
    """Let the person of an account write in a sheet, and tell them; naming them again is nothing.

    `email` is normalised. Raises `RuleBrokenError` where nobody has this address,
    `SheetNotEditableError` once the sheet was agreed or withdrawn.
    """
    sheet = lock_editable_sheet(sheet_id)
    person = find_user_by_email(email)
    if person is None or not person.active:
        raise RuleBrokenError(
            _l("Nobody has an account with this address: ask them to register first."), "email"
        )
    known = session().get(SheetEditor, (sheet.id, person.id))
    if known is not None:
        return known
    editor = SheetEditor(sheet_id=sheet.id, user_id=person.id, added_by_id=actor.account_id)
    session().add(editor)
    session().flush()
    record_change(actor=actor, sheet=sheet, action="add_editor")
    if person.id != actor.id:
        emails.mail_editor_added(reader=person, sheet=sheet, invited_by=actor.name)
    return editor


def remove_editor(*, actor: Actor, sheet_id: int, user_id: int) -> None:
    """Let somebody no longer write in a sheet; what they wrote stays."""
    sheet = lock_editable_sheet(sheet_id)
    gone = session().execute(
        delete(SheetEditor)
        .where(SheetEditor.sheet_id == sheet.id, SheetEditor.user_id == user_id)
        .returning(SheetEditor.user_id)
    )
    if gone.first() is not None:
        record_change(actor=actor, sheet=sheet, action="remove_editor")
