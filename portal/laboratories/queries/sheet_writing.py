"""What who writes a project sheet needs to see: what can be linked, who writes, what was saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.pagination import Page, clamp_page
from portal.laboratories.models import (
    ProjectSheet,
    Proposal,
    ProposalAnswer,
    SheetEditor,
    SheetVersion,
    sheet_proposal,
)
from portal.laboratories.policies import SHEET_TEXTS
from portal.laboratories.states import AnswerOutcome, ProposalState
from portal.registry.differences import Piece, word_difference

VERSIONS_A_PAGE = 10


@dataclass(frozen=True)
class EditorRow:
    """Somebody named to write in a sheet."""

    user_id: int
    name: str
    email: str | None


@dataclass(frozen=True)
class TextChange:
    """One text of a sheet, as a saving changed it."""

    name: str
    before: str
    after: str

    @property
    def pieces(self) -> list[Piece]:
        """Return both texts word by word."""
        return word_difference(self.before, self.after)


@dataclass(frozen=True)
class VersionRow:
    """One saving of a sheet's texts."""

    number: int
    saved_at: datetime
    saved_by: str | None
    changes: tuple[TextChange, ...]
    is_first: bool


def list_linkable_proposals(laboratory_id: int) -> Sequence[Proposal]:
    """Return the proposals of a laboratory that were accepted, by title."""
    accepted = select(ProposalAnswer.proposal_id).where(
        ProposalAnswer.replaced_at.is_(None), ProposalAnswer.outcome == AnswerOutcome.ACCEPTED
    )
    return (
        session()
        .scalars(
            select(Proposal)
            .where(
                Proposal.laboratory_id == laboratory_id,
                Proposal.state == ProposalState.PUBLISHED,
                Proposal.id.in_(accepted),
            )
            .order_by(Proposal.title, Proposal.id)
        )
        .all()
    )


def list_proposals_to_choose(laboratory_id: int, sheet_id: int) -> list[tuple[int, str]]:
    """Return id and title of what a sheet can be linked with, what it is linked with first."""
    accepted = select(ProposalAnswer.proposal_id).where(
        ProposalAnswer.replaced_at.is_(None), ProposalAnswer.outcome == AnswerOutcome.ACCEPTED
    )
    linked = Proposal.id.in_(
        select(sheet_proposal.c.proposal_id).where(sheet_proposal.c.sheet_id == sheet_id)
    )
    can_be = and_(Proposal.state == ProposalState.PUBLISHED, Proposal.id.in_(accepted))
    rows = session().execute(
        select(Proposal.id, Proposal.title)
        .where(Proposal.laboratory_id == laboratory_id, or_(linked, can_be))
        .order_by(linked.desc(), Proposal.title, Proposal.id)
    )
    return [(row.id, row.title) for row in rows]


def list_editors(sheet_id: int) -> list[EditorRow]:
    """Return the people named to write in a sheet, by name."""
    rows = session().execute(
        select(User.id, User.display_name, User.email)
        .join(SheetEditor, SheetEditor.user_id == User.id)
        .where(SheetEditor.sheet_id == sheet_id)
        .order_by(User.display_name, User.id)
    )
    return [EditorRow(*row) for row in rows]


def list_editor_names(laboratory_id: int) -> Mapping[int, tuple[str, ...]]:
    """Return the names of who writes in each sheet of a laboratory, by the sheet's id."""
    rows = session().execute(
        select(SheetEditor.sheet_id, func.array_agg(User.display_name).label("names"))
        .join(User, User.id == SheetEditor.user_id)
        .join(ProjectSheet, ProjectSheet.id == SheetEditor.sheet_id)
        .where(ProjectSheet.laboratory_id == laboratory_id)
        .group_by(SheetEditor.sheet_id)
    )
    return {row.sheet_id: tuple(sorted(row.names)) for row in rows}


def list_versions(sheet_id: int, *, page: int) -> Page[VersionRow]:
    """Return what each saving of a sheet changed, newest first."""
    total = (
        session().scalar(
            select(func.count()).select_from(SheetVersion).where(SheetVersion.sheet_id == sheet_id)
        )
        or 0
    )
    number = clamp_page(page, total, VERSIONS_A_PAGE)
    found = (
        session()
        .execute(
            select(SheetVersion, User.display_name)
            .outerjoin(User, User.id == SheetVersion.saved_by_id)
            .where(SheetVersion.sheet_id == sheet_id)
            .order_by(SheetVersion.number.desc())
            # One more: the last of the page is compared with it.
            .limit(VERSIONS_A_PAGE + 1)
            .offset((number - 1) * VERSIONS_A_PAGE)
        )
        .all()
    )
    rows = [
        VersionRow(
            number=version.number,
            saved_at=version.saved_at,
            saved_by=name,
            changes=_changes(found[n + 1][0].texts if n + 1 < len(found) else {}, version.texts),
            is_first=n + 1 == len(found),
        )
        for n, (version, name) in enumerate(found)
    ]
    return Page(rows[:VERSIONS_A_PAGE], number, total, VERSIONS_A_PAGE)


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[TextChange, ...]:
    return tuple(
        TextChange(name, before.get(name, ""), after.get(name, ""))
        for name in SHEET_TEXTS
        if before.get(name, "") != after.get(name, "")
    )
