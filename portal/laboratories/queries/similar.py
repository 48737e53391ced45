"""Proposals that look like one being written: by the letters of the title, and by its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlalchemy import Select, case, func, literal, literal_column, select, union

from portal.core.database import session
from portal.laboratories.models import Laboratory, Proposal
from portal.laboratories.states import ProposalState

SHOWN = 4
CANDIDATES = 30
"""From each of the two ways, before the best are chosen."""
SHORTEST_TITLE = 6
"""Letters: before, anything looks like anything."""
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
        SimilarRow(*row)
        for row in session().execute(
            similar_statement(laboratory_id, title, list_lexemes(title), except_id)
        )
    ]


def list_lexemes(title: str) -> list[str]:
    """Return the words of `title` as the search keeps them: stems, without those that say nothing.

    At most five, the longest first.
    """
    vector = func.to_tsvector(literal_column("'it'"), title)
    stems = session().scalar(select(func.tsvector_to_array(vector))) or []
    return sorted((s for s in stems if s.isalnum()), key=lambda s: (-len(s), s))[:MOST_WORDS]


def similar_statement(
    laboratory_id: int, title: str, lexemes: Sequence[str], except_id: int | None
) -> Select[int, str, int, str, str, bool]:
    """Return the statement of the search; see `find_similar_proposals`."""
    plain = func.f_unaccent(func.lower(literal(title[:150])))
    likeness = func.similarity(Proposal.plain_title, plain)
    ways = [
        select(Proposal.id)
        .where(Proposal.plain_title.op("%")(plain), Proposal.state == ProposalState.PUBLISHED)
        .order_by(likeness.desc(), Proposal.id)
        .limit(CANDIDATES)
    ]
    rank = likeness + case(
        (Proposal.laboratory_id == laboratory_id, OF_THE_SAME_LABORATORY), else_=0
    )
    if len(lexemes) > 1:
        query = func.to_tsquery(literal_column("'simple'"), _any_two(lexemes))
        ways.append(
            select(Proposal.id)
            .where(Proposal.search.op("@@")(query), Proposal.state == ProposalState.PUBLISHED)
            .order_by(func.ts_rank(Proposal.search, query).desc(), Proposal.id)
            .limit(CANDIDATES)
        )
        rank = rank + func.ts_rank(Proposal.search, query)
    found = union(*(select(way.subquery()) for way in ways)).subquery()
    is_near = Proposal.laboratory_id == laboratory_id
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


def _any_two(lexemes: Sequence[str]) -> str:
    """Return the query for texts that hold at least two of these.

    One of them alone would find half the city, all of them nothing. They are letters and digits
    alone, so the query's own syntax cannot be broken.
    """
    return " | ".join(f"({one} & {other})" for one, other in combinations(lexemes, 2))
