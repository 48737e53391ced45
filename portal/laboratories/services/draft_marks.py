"""What somebody read of an agreement's draft, to notice that a part of it became another.

Sheets are written by their editors until the text is frozen, beside the agreement's own version.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.laboratories.models import Agreement, ProjectSheet
from portal.laboratories.services.agreement_text import canonical_json, write_parts

MARK_LENGTH = 16
LONGEST_ID = 18
"""Digits: what the form carries may have been tampered with."""


class AgreementChangedError(ForbiddenStepError):
    """Somebody changed the agreement since the page was opened; `version` is the saved one."""

    sentence = _l("A colleague has changed this agreement in the meantime. Look at it again.")

    def __init__(self, version: int) -> None:
        """Keep the number of what is saved now."""
        super().__init__()
        self.version = version


class DraftPart(StrEnum):
    """A part of the draft that became another."""

    TEXT = "text"
    """The agreement's own texts and days, or the order of its sheets."""
    COMMITMENTS = "commitments"
    SHEET = "sheet"
    SHEET_NEW = "sheet_new"
    SHEET_GONE = "sheet_gone"


@dataclass(frozen=True)
class DraftChange:
    """What changed since somebody read the draft."""

    part: DraftPart
    sheet_id: int | None = None
    title: str = ""
    """Of the sheet."""


class DraftChangedError(AgreementChangedError):
    """The draft is not the one that was read; `changes` says where, nothing was frozen."""

    sentence = _l("The text was not frozen: something in it changed after you opened this page.")

    def __init__(self, version: int, changes: tuple[DraftChange, ...]) -> None:
        """Keep what changed."""
        super().__init__(version)
        self.changes = changes


def mark_draft(agreement_id: int) -> dict[str, str]:
    """Return a short mark of what each part of a draft says: part or sheet id → mark.

    As many statements for many sheets as for one.
    """
    agreement = session().scalar(
        select(Agreement).where(Agreement.id == agreement_id).options(*_WHOLE)
    )
    if agreement is None:
        raise NotFoundError
    return _marks(agreement)


def hold_draft(agreement: Agreement) -> None:
    """Hold the sheets of a draft against their editors, and read them as they are now.

    The caller holds the agreement.
    """
    session().flush()
    ids = session().scalars(
        select(ProjectSheet.id)
        .where(ProjectSheet.agreement_id == agreement.id)
        .order_by(ProjectSheet.id)
        .with_for_update()
    )
    list(ids)
    session().scalar(
        select(Agreement)
        .where(Agreement.id == agreement.id)
        .options(*_WHOLE)
        .execution_options(populate_existing=True)
    )


def check_draft(agreement: Agreement, seen: Mapping[str, str]) -> None:
    """Raise `DraftChangedError` unless every part says what the marks `seen` were made of."""
    now = _marks(agreement)
    titles = {str(sheet.id): sheet.title for sheet in agreement.sheets}
    changes = [
        DraftChange(part)
        for part in (DraftPart.TEXT, DraftPart.COMMITMENTS)
        if now[part] != seen.get(part)
    ]
    for name, title in titles.items():
        if name not in seen:
            changes.append(DraftChange(DraftPart.SHEET_NEW, int(name), title))
        elif seen[name] != now[name]:
            changes.append(DraftChange(DraftPart.SHEET, int(name), title))
    left = (name for name in seen if name.isdecimal() and name not in titles)
    gone = [int(name) for name in left if len(name) <= LONGEST_ID]
    changes += [
        DraftChange(DraftPart.SHEET_GONE, sheet.id, sheet.title)
        for sheet in session().scalars(
            select(ProjectSheet)
            .where(ProjectSheet.id.in_(gone), ProjectSheet.laboratory_id == agreement.laboratory_id)
            .order_by(ProjectSheet.id)
        )
    ]
    if changes:
        raise DraftChangedError(agreement.version, tuple(changes))


_WHOLE = (
    selectinload(Agreement.sheets).selectinload(ProjectSheet.parties),
    selectinload(Agreement.sheets).selectinload(ProjectSheet.budget),
    selectinload(Agreement.sheets).selectinload(ProjectSheet.indicators),
    selectinload(Agreement.sheets).selectinload(ProjectSheet.proposals),
    selectinload(Agreement.sheets).selectinload(ProjectSheet.places),
    selectinload(Agreement.commitments),
)


def _marks(agreement: Agreement) -> dict[str, str]:
    text, sheets = write_parts(agreement, agreement.commitments)
    commitments = text.pop("commitments")
    text["order"] = [sheet.id for sheet in agreement.sheets]
    return {
        DraftPart.TEXT.value: _mark(text),
        DraftPart.COMMITMENTS.value: _mark({"commitments": commitments}),
        **{str(sheet_id): _mark(sheet) for sheet_id, sheet in sheets.items()},
    }


def _mark(data: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical_json(data).encode()).hexdigest()[:MARK_LENGTH]
