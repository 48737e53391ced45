"""Starting a project sheet and writing its texts, several people at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import DomainError, RuleBrokenError
from portal.core.history import record_step
from portal.laboratories.models import Laboratory, ProjectSheet, Proposal, SheetVersion
from portal.laboratories.policies import SHEET_TEXTS, Merge, merge_texts
from portal.laboratories.queries.sheet_writing import list_linkable_proposals
from portal.laboratories.services.sheets.locks import HISTORY, lock_editable_sheet
from portal.laboratories.states import SheetAction, SheetFamily, SheetState

NOTHING_TO_SHARE = _l("Write what the project consists of before everybody reads it.")


class SheetClashError(DomainError):
    """Somebody saved other words in the same texts; nothing was saved.

    `merge` holds both sides, `version` is what is saved now.
    """

    sentence = _l("Somebody wrote in the same texts meanwhile. Nothing you wrote is lost.")

    def __init__(self, merge: Merge, version: int) -> None:
        """Keep both sides."""
        super().__init__()
        self.merge = merge
        self.version = version


@dataclass(frozen=True)
class SavedTexts:
    """What a save did."""

    sheet: ProjectSheet
    taken: tuple[str, ...]
    """Names of the texts that others had changed meanwhile, kept as they wrote them."""


def start_sheet(
    *,
    actor: Actor,
    laboratory_id: int,
    form_key: str,
    title: str,
    family: SheetFamily,
    proposal_ids: Collection[int] = (),
) -> ProjectSheet:
    """Start the draft of a sheet from none, one or more proposals that were accepted.

    The same form (`form_key`) sent again gives the draft it made before. Raises
    `RuleBrokenError` in a closed laboratory, or for a proposal that was not accepted there.
    """
    known = session().scalar(
        select(ProjectSheet).where(
            ProjectSheet.created_by_id == actor.account_id, ProjectSheet.form_key == form_key
        )
    )
    if known is not None:
        return known
    laboratory = session().get_one(Laboratory, laboratory_id)
    if laboratory.archived_at is not None:
        raise RuleBrokenError(_l("This laboratory is closed: nothing new starts in it."))
    last = select(func.max(ProjectSheet.position)).where(
        ProjectSheet.laboratory_id == laboratory_id
    )
    sheet = ProjectSheet(
        laboratory=laboratory,
        title=title,
        family=family,
        state=SheetState.DRAFT,
        position=(session().scalar(last) or 0) + 1,
        created_by_id=actor.account_id,
        form_key=form_key,
        proposals=accepted_proposals(laboratory_id, proposal_ids),
    )
    session().add(sheet)
    session().flush()
    _keep_version(actor, sheet)
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=sheet.id,
        action=SheetAction.START,
        to_state=sheet.state,
    )
    return sheet


def save_sheet(
    *, actor: Actor, sheet_id: int, version: int, texts: Mapping[str, str]
) -> SavedTexts:
    """Save the texts somebody wrote who had seen `version`.

    What others saved since in other texts is kept. Raises `SheetClashError` where both wrote in
    the same ones, `SheetNotEditableError` once agreed or withdrawn, `RuleBrokenError` for a
    shared sheet without contents.
    """
    sheet = lock_editable_sheet(sheet_id)
    now = texts_of(sheet)
    merge = merge_texts(_texts_at(sheet_id, version), now, texts)
    if merge.clashes:
        raise SheetClashError(merge, sheet.version)
    if sheet.state is SheetState.SHARED and not merge.texts["contents"].strip():
        raise RuleBrokenError(NOTHING_TO_SHARE, "contents")
    if merge.texts != now:
        _write(sheet, merge.texts)
        session().flush()
        _keep_version(actor, sheet)
    return SavedTexts(sheet, merge.taken)


def texts_of(sheet: ProjectSheet) -> dict[str, str]:
    """Return the texts of a sheet by name."""
    return {name: str(getattr(sheet, name) or "") for name in SHEET_TEXTS}


def accepted_proposals(laboratory_id: int, proposal_ids: Collection[int]) -> list[Proposal]:
    """Return these proposals; raises `RuleBrokenError` if one was not accepted there."""
    offered = {row.id: row for row in list_linkable_proposals(laboratory_id)}
    if not offered.keys() >= set(proposal_ids):
        raise RuleBrokenError(
            _l("Choose proposals of this laboratory that were accepted."), "proposal_ids"
        )
    return [offered[n] for n in sorted(set(proposal_ids))]


def _write(sheet: ProjectSheet, texts: Mapping[str, str]) -> None:
    for name in SHEET_TEXTS:
        setattr(sheet, name, texts[name])
    sheet.family = SheetFamily(texts["family"])
    sheet.contact = texts["contact"] or None


def _keep_version(actor: Actor, sheet: ProjectSheet) -> None:
    session().add(
        SheetVersion(
            sheet_id=sheet.id,
            number=sheet.version,
            texts=texts_of(sheet),
            saved_by_id=actor.id,
            saved_at=utc_now(),
        )
    )
    session().flush()


def _texts_at(sheet_id: int, version: int) -> Mapping[str, str]:
    # The sheet also moves on by being shared: what it said then is what was saved before.
    return (
        session().scalar(
            select(SheetVersion.texts)
            .where(SheetVersion.sheet_id == sheet_id, SheetVersion.number <= version)
            .order_by(SheetVersion.number.desc())
            .limit(1)
        )
        or {}
    )
