"""Proposals that look like one being written: by the letters of the title, and by its words."""

from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import Select, case, func, literal, literal_column, select, union

from portal.core.database import session
from portal.core.search import search_words
from portal.laboratories.models import Laboratory, Proposal
from portal.laboratories.states import ProposalState

SHOWN = 4
CANDIDATES = 30
"""From each of the two ways, before the best are chosen."""
SHORTEST_TITLE = 6
"""Letters: before, anything looks like anything."""
SHORTEST_WORD = 4
"""Letters: articles and prepositions say nothing."""
MOST_WORDS = 5
OF_THE_SAME_LABORATORY = 0.2
"""Added to the likeness, which is from 0 to 1: neighbours' ideas come first."""


@dataclass(frozen=True)
class SimilarRow:
    """A published proposal that may be about the same."""

    id: int
    title: str
    support_count: int
    laboratory_slug: str
    laboratory_title: str
    is_of_same_laboratory: bool


def find_similar_proposals(
    *, laboratory_id: int, title: str, except_id: int | None = None
) -> list[SimilarRow]:
    """Return at most four published proposals of the city that look like `title`, best first."""
    if len(title.strip()) < SHORTEST_TITLE:
        return []
    return [
        SimilarRow(*row) for row in session().execute(_statement(laboratory_id, title, except_id))
    ]


def _statement(
    laboratory_id: int, title: str, except_id: int | None
) -> Select[int, str, int, str, str, bool]:
    plain = func.f_unaccent(func.lower(literal(title[:150])))
    likeness = func.similarity(Proposal.plain_title, plain)
    ways = [
        select(Proposal.id)
        .where(Proposal.plain_title.op("%")(plain), Proposal.state == ProposalState.PUBLISHED)
        .order_by(likeness.desc(), Proposal.id)
        .limit(CANDIDATES)
    ]
    words = _any_two_words(title)
    if words:
        query = func.to_tsquery(literal_column("'it'"), words)
        ways.append(
            select(Proposal.id)
            .where(Proposal.search.op("@@")(query), Proposal.state == ProposalState.PUBLISHED)
            .order_by(Proposal.published_at.desc(), Proposal.id)
            .limit(CANDIDATES)
        )
    found = union(*(select(way.subquery()) for way in ways)).subquery()
    is_near = Proposal.laboratory_id == laboratory_id
    rank = likeness + case((is_near, OF_THE_SAME_LABORATORY), else_=0)
    statement = (
        select(
            Proposal.id,
            Proposal.title,
            Proposal.support_count,
            Laboratory.slug,
            Laboratory.title,
            is_near,
        )
        .join(found, found.c.id == Proposal.id)
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .order_by(rank.desc(), Proposal.id)
        .limit(SHOWN)
    )
    return statement if except_id is None else statement.where(Proposal.id != except_id)


def _any_two_words(title: str) -> str:
    """Return the query for texts that hold at least two of the title's longer words.

    One of them alone would find half the city, all of them nothing.
    """
    words = [word for word in search_words(title) if len(word) >= SHORTEST_WORD]
    words = list(dict.fromkeys(words))[:MOST_WORDS]
    # Only letters and digits are left in the words, so the query's own syntax cannot be broken.
    return " | ".join(f"({one} & {other})" for one, other in combinations(words, 2))
