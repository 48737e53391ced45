"""What the page of a laboratory shows beside its phases and proposals, in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, null, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.core.database import session
from portal.laboratories.models import Agreement, LaboratoryNews, LaboratoryPerson, Proposal
from portal.laboratories.queries.news import NewsRow
from portal.laboratories.queries.people import (
    OwnPart,
    PeopleFigures,
    people_columns,
    people_of,
)
from portal.laboratories.queries.sheet_details import AgreementLink
from portal.laboratories.queries.sheets import count_public_sheets
from portal.laboratories.states import PUBLIC_AGREEMENTS, AgreementState, ProposalState

NEWS_SHOWN = 3


@dataclass(frozen=True)
class OwnProposal:
    """A proposal that the reader wrote here, whatever has become of it."""

    id: int
    title: str
    state: ProposalState
    state_at: datetime


@dataclass(frozen=True)
class Overview:
    """What a laboratory's page says of its people and news."""

    people: PeopleFigures
    news: tuple[NewsRow, ...]
    """The newest few."""
    part: OwnPart | None
    """Of who reads it; None for a visitor."""
    sheets: int = 0
    """Project sheets that everybody reads."""
    agreements: tuple[AgreementLink, ...] = ()
    """Those everybody reads, newest first."""
    own_proposals: tuple[OwnProposal, ...] = ()
    """Of who reads it, the last changed first."""


def load_overview(laboratory_id: int, user_id: int | None) -> Overview:
    """Return people, news and the reader's own part of a laboratory; one statement."""
    row = (
        session()
        .execute(
            select(
                *people_columns(laboratory_id),
                _newest(laboratory_id).label("news"),
                _own_part(laboratory_id, user_id).label("part"),
                count_public_sheets(laboratory_id).label("sheets"),
                _agreements(laboratory_id).label("agreements"),
                _own_proposals(laboratory_id, user_id).label("own_proposals"),
            )
        )
        .one()
    )
    part = None if user_id is None else OwnPart(**(row.part or {}))
    news = tuple(_as_news(item) for item in row.news or ())
    agreements = tuple(_as_agreement(item) for item in row.agreements or ())
    own = tuple(_as_own_proposal(item) for item in row.own_proposals or ())
    return Overview(people_of(row), news, part, row.sheets, agreements, own)


def _agreements(laboratory_id: int) -> Any:  # noqa: ANN401 - a column
    one = func.jsonb_build_object(
        "slug", Agreement.slug, "title", Agreement.title, "state", Agreement.state
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, Agreement.id.desc())))
        .where(Agreement.laboratory_id == laboratory_id, Agreement.state.in_(PUBLIC_AGREEMENTS))
        .scalar_subquery()
    )


def _as_agreement(item: Mapping[str, str]) -> AgreementLink:
    return AgreementLink(item["slug"], item["title"], AgreementState(item["state"]))


def _newest(laboratory_id: int) -> Any:  # noqa: ANN401 - a column
    newest = (
        select(LaboratoryNews)
        .where(LaboratoryNews.laboratory_id == laboratory_id)
        .order_by(LaboratoryNews.published_at.desc(), LaboratoryNews.id.desc())
        .limit(NEWS_SHOWN)
        .subquery()
    )
    one = func.jsonb_build_object(
        "id", newest.c.id, "title", newest.c.title, "published_at", newest.c.published_at
    )
    ordered = aggregate_order_by(one, newest.c.published_at.desc(), newest.c.id.desc())
    return select(func.jsonb_agg(ordered)).scalar_subquery()


def _own_part(laboratory_id: int, user_id: int | None) -> Any:  # noqa: ANN401 - a column
    return (
        select(
            func.jsonb_build_object(
                "takes_part",
                LaboratoryPerson.takes_part,
                "follows",
                LaboratoryPerson.follows,
                "shows_name",
                LaboratoryPerson.shows_name,
            )
        )
        .where(
            LaboratoryPerson.laboratory_id == laboratory_id,
            LaboratoryPerson.user_id == user_id,
        )
        .scalar_subquery()
    )


def _own_proposals(laboratory_id: int, user_id: int | None) -> Any:  # noqa: ANN401 - a column
    if user_id is None:
        # A comparison with None would find the proposals that have no author.
        return null()
    one = func.jsonb_build_object(
        "id",
        Proposal.id,
        "title",
        Proposal.title,
        "state",
        Proposal.state,
        "state_at",
        Proposal.state_at,
    )
    last_first = aggregate_order_by(one, Proposal.state_at.desc(), Proposal.id.desc())
    return (
        select(func.jsonb_agg(last_first))
        .where(Proposal.laboratory_id == laboratory_id, Proposal.author_id == user_id)
        .scalar_subquery()
    )


def _as_own_proposal(item: Mapping[str, Any]) -> OwnProposal:
    at = datetime.fromisoformat(item["state_at"])
    return OwnProposal(item["id"], item["title"], ProposalState(item["state"]), at)


def _as_news(item: Mapping[str, Any]) -> NewsRow:
    return NewsRow(
        id=item["id"],
        title=item["title"],
        published_at=datetime.fromisoformat(item["published_at"]),
    )
