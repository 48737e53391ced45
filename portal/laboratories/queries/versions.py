"""What a proposal said before, and how each text differs from the one before it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.text import short_name
from portal.laboratories.models import Proposal, ProposalVersion
from portal.registry.differences import Piece, word_difference

MOST_CHANGES = 10
"""Shown on the page, the newest; comparing long texts costs."""
COMPARED = ("title", "text", "needs", "what_i_offer", "place_words")


@dataclass(frozen=True)
class FieldChange:
    """One part of a proposal that is different from before, word by word."""

    field: str
    """Name of the column; worded in `components/proposal_words.html`."""
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class VersionRow:
    """What a proposal said from a moment on."""

    kind: ClassVar[str] = "version"
    number: int
    at: datetime
    author: str
    """As the public reads it."""
    changes: tuple[FieldChange, ...]
    """From the version before; none for the first, or where only place and theme changed."""


def list_versions(proposal_id: int) -> list[VersionRow]:
    """Return the versions everybody could read, the newest first, at most ten and the first."""
    rows = (
        session()
        .execute(
            select(
                ProposalVersion,
                func.coalesce(User.display_name, Proposal.author_name).label("author"),
                Proposal.association_name,
            )
            .join(Proposal, Proposal.id == ProposalVersion.proposal_id)
            .outerjoin(User, User.id == ProposalVersion.saved_by_id)
            .where(ProposalVersion.proposal_id == proposal_id)
            .order_by(ProposalVersion.number.desc())
            .limit(MOST_CHANGES + 1)
        )
        .all()
    )
    found = [
        VersionRow(
            number=newer.ProposalVersion.number,
            at=newer.ProposalVersion.saved_at,
            author=newer.association_name or short_name(newer.author),
            changes=_changes(older.ProposalVersion, newer.ProposalVersion),
        )
        for newer, older in pairwise(rows)
    ]
    if rows and rows[-1].ProposalVersion.number == 1:
        first = rows[-1]
        author = first.association_name or short_name(first.author)
        found.append(VersionRow(1, first.ProposalVersion.saved_at, author, ()))
    return found


def _changes(older: ProposalVersion, newer: ProposalVersion) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, _difference(getattr(older, name) or "", getattr(newer, name) or ""))
        for name in COMPARED
        if (getattr(older, name) or "") != (getattr(newer, name) or "")
    )


@lru_cache(maxsize=256)
def _difference(before: str, after: str) -> tuple[Piece, ...]:
    return tuple(word_difference(before, after))
