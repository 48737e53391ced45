"""Mails about project sheets."""

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.laboratories.models import ProjectSheet, Proposal


def mail_editor_added(*, reader: User, sheet: ProjectSheet, invited_by: str) -> None:
    """Tell somebody that they may write in a sheet, and where."""
    queue_mail(
        event_key=f"project_sheet:{sheet.id}:editor_added:{sheet.version}:{reader.id}",
        to=reader.email,
        phone_id=reader.id,
        locale=reader.locale,
        template="laboratories/sheet_editor_added",
        name=reader.display_name,
        title=sheet.title,
        laboratory_title=sheet.laboratory.title,
        invited_by=invited_by,
        edit_address=absolute_url(
            "laboratories.edit_sheet", slug=sheet.laboratory.slug, sheet_id=sheet.id
        ),
    )


def mail_shared(*, reader: User, sheet: ProjectSheet, proposal: Proposal) -> None:
    """Tell an author that the proposal became part of a sheet; once, however often it is shared."""
    queue_mail(
        event_key=f"project_sheet:{sheet.id}:shared:{proposal.id}:{reader.id}",
        to=reader.email,
        phone_id=reader.id,
        locale=reader.locale,
        template="laboratories/sheet_shared",
        name=reader.display_name,
        title=sheet.title,
        proposal_title=proposal.title,
        laboratory_title=sheet.laboratory.title,
        sheet_address=absolute_url(
            "laboratories.show_sheet", slug=sheet.laboratory.slug, sheet_id=sheet.id
        ),
    )
