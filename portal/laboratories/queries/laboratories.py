"""Laboratories, as lists and pages show them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array_agg
from sqlalchemy.orm import InstrumentedAttribute

from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import list_history
from portal.core.pagination import Page, clamp_page, count_rows
from portal.core.search import sort_name, text_query
from portal.laboratories.models import Laboratory, Proposal, laboratory_district
from portal.laboratories.states import Phase, ProposalRefusal, ProposalState, decide_writing
from portal.territory.models import District

HISTORY = "laboratory"
PER_PAGE = 20


@dataclass(frozen=True)
class LaboratoryRow:
    """A laboratory in a list."""

    id: int
    slug: str
    title: str
    summary: str
    phase: Phase
    open_from: date | None
    open_until: date | None
    is_archived: bool
    districts: tuple[str, ...]
    """Names; none means the whole city."""
    proposals: int
    """Published ones."""
    refusal: ProposalRefusal | None
    """Why no proposal can be written today; None when one can."""


@dataclass(frozen=True)
class HappeningRow:
    """A step in the life of a laboratory."""

    at: datetime
    action: str
    phase: Phase


@dataclass(frozen=True)
class LaboratoryDetail(LaboratoryRow):
    """A laboratory with what its page shows."""

    description: str
    mending_refusal: ProposalRefusal | None
    """Why a returned proposal cannot be mended today; None when it can."""
    happenings: tuple[HappeningRow, ...]
    """Newest first."""

    def refusal_for(self, state: ProposalState) -> ProposalRefusal | None:
        """Return why a proposal in `state` cannot be rewritten today, as far as time goes."""
        return self.mending_refusal if state is ProposalState.RETURNED else self.refusal

    def reached_at(self, phase: Phase) -> datetime | None:
        """Return when the laboratory came to `phase`."""
        return next((h.at for h in self.happenings if h.phase is phase), None)


def get_laboratory(slug: str) -> LaboratoryDetail:
    """Return a laboratory, archived ones too; raises `NotFoundError`."""
    statement = _laboratories(Laboratory.description).where(Laboratory.slug == slug)
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    base = _as_row(row)
    history = list_history(subject_kind=HISTORY, subject_id=base.id)
    return LaboratoryDetail(
        **vars(base),
        description=row.description,
        mending_refusal=_refusal(row, is_mending=True),
        happenings=tuple(
            HappeningRow(h.at, h.action, Phase(h.to_state)) for h in history if h.to_state
        ),
    )


def list_laboratories(
    *, text: str = "", district_code: str = "", page: int = 1
) -> Page[LaboratoryRow]:
    """Return laboratories: those open to proposals first, archived ones last."""
    statement = _laboratories()
    query = text_query(text)
    if query is not None:
        statement = statement.where(Laboratory.search.op("@@")(query))
    if district_code:
        statement = statement.where(_is_of_district(district_code))
    total = count_rows(statement)
    number = clamp_page(page, total, PER_PAGE)
    rows = session().execute(
        statement.order_by(*_open_first()).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    )
    return Page([_as_row(row) for row in rows], number, total, PER_PAGE)


def list_open_laboratories(limit: int) -> list[LaboratoryRow]:
    """Return at most `limit` laboratories where a proposal can be written today."""
    statement = _laboratories().where(_is_open()).order_by(*_open_first()).limit(limit)
    return [_as_row(row) for row in session().execute(statement)]


def count_open_laboratories() -> int:
    """Return in how many laboratories a proposal can be written today."""
    return count_rows(select(Laboratory.id).where(_is_open()))


def search_laboratories(text: str, *, limit: int) -> list[LaboratoryRow]:
    """Return at most `limit` laboratories that fit what somebody typed, the best first."""
    query = text_query(text)
    if query is None:
        return []
    statement = (
        _laboratories()
        .where(Laboratory.search.op("@@")(query))
        .order_by(func.ts_rank(Laboratory.search, query).desc(), *_open_first())
        .limit(limit)
    )
    return [_as_row(row) for row in session().execute(statement)]


def district_names() -> ScalarSelect[list[str]]:
    """Return the subquery that gives the names of a laboratory's districts, in order."""
    return (
        select(array_agg(aggregate_order_by(District.name, District.name, District.id)))
        .join(laboratory_district, laboratory_district.c.district_id == District.id)
        .where(laboratory_district.c.laboratory_id == Laboratory.id)
        .correlate(Laboratory)
        .scalar_subquery()
    )


def _laboratories(*more: InstrumentedAttribute[str]) -> Select[Any]:
    published = (
        select(func.count(Proposal.id))
        .where(Proposal.laboratory_id == Laboratory.id, Proposal.state == ProposalState.PUBLISHED)
        .correlate(Laboratory)
        .scalar_subquery()
    )
    return select(
        Laboratory.id,
        Laboratory.slug,
        Laboratory.title,
        Laboratory.summary,
        Laboratory.phase,
        Laboratory.proposals_open_from.label("open_from"),
        Laboratory.proposals_until.label("open_until"),
        Laboratory.archived_at,
        district_names().label("districts"),
        published.label("proposals"),
        *more,
    )


def _as_row(row: Row[Any]) -> LaboratoryRow:
    return LaboratoryRow(
        id=row.id,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        phase=row.phase,
        open_from=row.open_from,
        open_until=row.open_until,
        is_archived=row.archived_at is not None,
        districts=tuple(row.districts or ()),
        proposals=row.proposals,
        refusal=_refusal(row),
    )


def _refusal(row: Row[Any], *, is_mending: bool = False) -> ProposalRefusal | None:
    return decide_writing(
        phase=row.phase,
        is_archived=row.archived_at is not None,
        open_from=row.open_from,
        open_until=row.open_until,
        today=local_today(),
        is_mending=is_mending,
    )


def _is_open() -> ColumnElement[bool]:
    # The same rule as `decide_writing`, for the database; a test compares the two.
    today = local_today()
    return and_(
        Laboratory.archived_at.is_(None),
        Laboratory.phase == Phase.LISTENING,
        Laboratory.proposals_open_from <= today,
        Laboratory.proposals_until >= today,
    )


def _open_first() -> tuple[Any, ...]:
    return (
        case((_is_open(), 0), (Laboratory.archived_at.is_(None), 1), else_=2),
        Laboratory.proposals_until.asc().nulls_last(),
        sort_name(Laboratory.title),
        Laboratory.id,
    )


def _is_of_district(code: str) -> ColumnElement[bool]:
    # A laboratory of the whole city is everybody's.
    mine = (
        select(laboratory_district.c.laboratory_id)
        .join(District, District.id == laboratory_district.c.district_id)
        .where(District.code == code)
    )
    placed = select(laboratory_district.c.laboratory_id)
    return Laboratory.id.in_(mine) | Laboratory.id.not_in(placed)
