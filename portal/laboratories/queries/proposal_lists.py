"""Proposals, as lists show them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, func, select

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.pagination import Page, clamp_page, count_rows
from portal.core.search import sort_name, text_query
from portal.core.text import short_name
from portal.laboratories.models import Laboratory, Proposal, ProposalAnswer
from portal.laboratories.states import AnswerOutcome, ProposalState

PER_PAGE = 20
LONGEST_EXCERPT = 180


class ProposalOrder(StrEnum):
    """In which order a list stands, as its address says it."""

    SUPPORTED = "sostenute"
    NEWEST = "nuove"
    OLDEST = "vecchie"
    TITLE = "titolo"


class ProposalVoice(StrEnum):
    """Whose proposals a list shows, as its address says it."""

    PEOPLE = "persone"
    ASSOCIATIONS = "associazioni"


class ProposalStanding(StrEnum):
    """Whether the municipality has answered, as the address of a list says it."""

    ANSWERED = "con-risposta"
    WAITING = "in-attesa"


@dataclass(frozen=True)
class ProposalRow:
    """A published proposal in a list."""

    id: int
    title: str
    excerpt: str
    """The beginning of the text, at most 180 characters."""
    author: str
    """The association's name, or the author's as the public reads it (`Anna P.`)."""
    published_at: datetime
    laboratory_slug: str
    laboratory_title: str
    supports: int = 0
    due_on: date | None = None
    """By when the municipality answers."""
    outcome: AnswerOutcome | None = None
    headline: str | None = None
    """The answer in a few words, or its beginning."""

    @property
    def days_left(self) -> int:
        """Return how many days are left to answer it; below 0 it is late by so many."""
        return (self.due_on - local_today()).days if self.due_on else 0


@dataclass(frozen=True)
class MyProposalRow:
    """A proposal in its author's own list."""

    id: int
    title: str
    state: ProposalState
    state_at: datetime
    association_name: str | None
    laboratory_slug: str
    laboratory_title: str


def list_published_proposals(
    *,
    laboratory_id: int,
    text: str = "",
    voice: str = "",
    standing: str = "",
    order: str = ProposalOrder.NEWEST,
    page: int = 1,
    published: int | None = None,
) -> Page[ProposalRow]:
    """Return the published proposals of a laboratory.

    `published`: how many there are, where the caller has counted all of them already.
    """
    statement = _published().where(Proposal.laboratory_id == laboratory_id)
    query = text_query(text)
    if query is not None:
        statement = statement.where(Proposal.search.op("@@")(query))
    if voice:
        is_ours = Proposal.association_id.is_not(None)
        statement = statement.where(is_ours if voice == ProposalVoice.ASSOCIATIONS else ~is_ours)
    if standing:
        is_answered = ProposalAnswer.id.is_not(None)
        statement = statement.where(
            is_answered if standing == ProposalStanding.ANSWERED else ~is_answered
        )
    is_whole = query is None and not voice and not standing
    total = published if published is not None and is_whole else count_rows(statement)
    number = clamp_page(page, total, PER_PAGE)
    rows = session().execute(
        statement.order_by(*_in_order(order)).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    )
    return Page([_as_row(row) for row in rows], number, total, PER_PAGE)


def list_recent_published(limit: int) -> list[ProposalRow]:
    """Return at most `limit` proposals of all laboratories, the newest first."""
    statement = _published().order_by(*_in_order(ProposalOrder.NEWEST)).limit(limit)
    return [_as_row(row) for row in session().execute(statement)]


def search_proposals(text: str, *, limit: int) -> list[ProposalRow]:
    """Return at most `limit` published proposals that fit what somebody typed, the best first."""
    query = text_query(text)
    if query is None:
        return []
    statement = (
        _published()
        .where(Proposal.search.op("@@")(query))
        .order_by(func.ts_rank(Proposal.search, query).desc(), *_in_order(ProposalOrder.NEWEST))
        .limit(limit)
    )
    return [_as_row(row) for row in session().execute(statement)]


def list_proposals_of(user_id: int, *, laboratory_id: int | None = None) -> list[MyProposalRow]:
    """Return what a person wrote (in one laboratory, if named), the last changed first."""
    statement = (
        select(
            Proposal.id,
            Proposal.title,
            Proposal.state,
            Proposal.state_at,
            Proposal.association_name,
            Laboratory.slug,
            Laboratory.title,
        )
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .where(Proposal.author_id == user_id)
        .order_by(Proposal.state_at.desc(), Proposal.id.desc())
    )
    if laboratory_id is not None:
        statement = statement.where(Proposal.laboratory_id == laboratory_id)
    return [MyProposalRow(*row) for row in session().execute(statement)]


def _published() -> Select[Any]:
    return (
        select(
            Proposal.id,
            Proposal.title,
            func.left(Proposal.text, LONGEST_EXCERPT + 1).label("beginning"),
            Proposal.association_name,
            func.coalesce(User.display_name, Proposal.author_name).label("display_name"),
            Proposal.published_at,
            Laboratory.slug,
            Laboratory.title.label("laboratory_title"),
            Proposal.author_name,
            Proposal.support_count,
            Proposal.answer_due_on,
            ProposalAnswer.outcome,
            func.coalesce(
                ProposalAnswer.headline, func.left(ProposalAnswer.reasons, LONGEST_EXCERPT)
            ).label("headline"),
        )
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .outerjoin(User, User.id == Proposal.author_id)
        .outerjoin(
            ProposalAnswer,
            and_(ProposalAnswer.proposal_id == Proposal.id, ProposalAnswer.replaced_at.is_(None)),
        )
        .where(Proposal.state == ProposalState.PUBLISHED)
    )


def _in_order(order: str) -> tuple[Any, ...]:
    if order == ProposalOrder.TITLE:
        return sort_name(Proposal.title), Proposal.id
    if order == ProposalOrder.SUPPORTED:
        return Proposal.support_count.desc(), Proposal.published_at.desc(), Proposal.id.desc()
    if order == ProposalOrder.OLDEST:
        return Proposal.published_at.asc(), Proposal.id.asc()
    return Proposal.published_at.desc(), Proposal.id.desc()


def _as_row(row: Row[Any]) -> ProposalRow:
    words = " ".join(row.beginning.split())
    is_cut = len(row.beginning) > LONGEST_EXCERPT
    return ProposalRow(
        id=row.id,
        title=row.title,
        excerpt=words[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …" if is_cut else words,
        author=row.association_name or short_name(row.display_name or row.author_name),
        published_at=row.published_at,
        laboratory_slug=row.slug,
        laboratory_title=row.laboratory_title,
        supports=row.support_count,
        due_on=row.answer_due_on,
        outcome=row.outcome,
        headline=row.headline,
    )
