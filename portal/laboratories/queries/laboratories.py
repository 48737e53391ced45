"""Laboratories, as lists and pages show them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array_agg

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import HistoryEntry
from portal.core.pagination import Page, clamp_page, count_rows
from portal.core.search import sort_name, text_query
from portal.core.text import short_name
from portal.laboratories.models import (
    Laboratory,
    LaboratoryPhase,
    Proposal,
    laboratory_district,
)
from portal.laboratories.policies import LaboratoryFacts
from portal.laboratories.states import (
    Ability,
    Phase,
    PhaseFacts,
    ProposalState,
    Window,
    find_next_phase,
    find_window,
)
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
    phases: tuple[PhaseFacts, ...]
    """In its own order."""
    is_archived: bool
    districts: tuple[str, ...]
    """Names; none means the whole city."""
    proposals: int
    """Published ones."""

    @property
    def proposing(self) -> Window:
        """Say whether a proposal can be written today."""
        return self.window(Ability.PROPOSE)

    @property
    def phase_number(self) -> int:
        """Return which of its phases it is in, from 1."""
        return [p.kind for p in self.phases].index(self.phase) + 1

    @property
    def current_phase(self) -> PhaseFacts:
        """Return the phase it is in."""
        return self.phases[self.phase_number - 1]

    @property
    def next_phase(self) -> PhaseFacts | None:
        """Return the phase after the one it is in; None in the last."""
        following = find_next_phase(self.phases, self.phase)
        return next((p for p in self.phases if p.kind is following), None)

    def window(self, ability: Ability, *, is_mending: bool = False) -> Window:
        """Say whether `ability` is there today, from when, until when."""
        return find_window(
            ability,
            phases=self.phases,
            current=self.phase,
            is_archived=self.is_archived,
            today=local_today(),
            is_mending=is_mending,
        )


@dataclass(frozen=True)
class HappeningRow:
    """A step in the life of a laboratory."""

    at: datetime
    action: str
    phase: Phase
    note: str | None = None
    """Why it went back."""


@dataclass(frozen=True)
class LaboratoryDetail(LaboratoryRow):
    """A laboratory with what its page shows."""

    description: str
    version: int
    answer_days: int
    architect_id: int | None
    renews_id: int | None
    architect_name: str | None
    """As the public reads it; None: nobody by name."""
    facts: LaboratoryFacts
    happenings: tuple[HappeningRow, ...]
    """Newest first."""

    def writing(self, state: ProposalState) -> Window:
        """Say whether a proposal in `state` can be rewritten today, as far as time goes."""
        return self.window(Ability.PROPOSE, is_mending=state is ProposalState.RETURNED)

    def reached_at(self, phase: Phase) -> datetime | None:
        """Return when the laboratory came to `phase`."""
        return next((h.at for h in self.happenings if h.phase is phase), None)


def get_laboratory(slug: str) -> LaboratoryDetail:
    """Return a laboratory, archived ones too; raises `NotFoundError`."""
    statement = _laboratories(
        Laboratory.description,
        Laboratory.version,
        Laboratory.answer_days,
        Laboratory.architect_id,
        Laboratory.renews_id,
        _district_ids().label("district_ids"),
        _happenings().label("happenings"),
        User.display_name.label("architect_name"),
    ).outerjoin(User, User.id == Laboratory.architect_id)
    row = session().execute(statement.where(Laboratory.slug == slug)).one_or_none()
    if row is None:
        raise NotFoundError
    [base] = _as_rows([row])
    return LaboratoryDetail(
        **vars(base),
        description=row.description,
        version=row.version,
        answer_days=row.answer_days,
        architect_id=row.architect_id,
        renews_id=row.renews_id,
        architect_name=short_name(row.architect_name) if row.architect_name else None,
        facts=LaboratoryFacts(id=base.id, district_ids=frozenset(row.district_ids or ())),
        happenings=tuple(_as_happening(step) for step in row.happenings or ()),
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
    return Page(_as_rows(rows), number, total, PER_PAGE)


def list_open_laboratories(limit: int) -> list[LaboratoryRow]:
    """Return at most `limit` laboratories where a proposal can be written today."""
    statement = _laboratories().where(_is_open()).order_by(*_open_first()).limit(limit)
    return _as_rows(session().execute(statement))


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
    return _as_rows(session().execute(statement))


def district_names() -> ScalarSelect[list[str]]:
    """Return the subquery that gives the names of a laboratory's districts, in order."""
    return (
        select(array_agg(aggregate_order_by(District.name, District.name, District.id)))
        .join(laboratory_district, laboratory_district.c.district_id == District.id)
        .where(laboratory_district.c.laboratory_id == Laboratory.id)
        .correlate(Laboratory)
        .scalar_subquery()
    )


def _laboratories(*more: Any) -> Select[Any]:  # noqa: ANN401 - columns of any kind
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
        Laboratory.archived_at,
        district_names().label("districts"),
        published.label("proposals"),
        _phases().label("phases"),
        *more,
    )


def _as_rows(rows: Iterable[Row[Any]]) -> list[LaboratoryRow]:
    return [
        LaboratoryRow(
            id=row.id,
            slug=row.slug,
            title=row.title,
            summary=row.summary,
            phase=row.phase,
            phases=tuple(_as_phase(phase) for phase in row.phases),
            is_archived=row.archived_at is not None,
            districts=tuple(row.districts or ()),
            proposals=row.proposals,
        )
        for row in rows
    ]


def _phases() -> ScalarSelect[Any]:
    # With the laboratories themselves: a list then asks once, however long it is.
    one = func.jsonb_build_object(
        "kind",
        LaboratoryPhase.kind,
        "starts_on",
        LaboratoryPhase.starts_on,
        "ends_on",
        LaboratoryPhase.ends_on,
        "allows",
        LaboratoryPhase.allows,
        "name",
        LaboratoryPhase.name,
        "words",
        LaboratoryPhase.words,
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, LaboratoryPhase.position)))
        .where(LaboratoryPhase.laboratory_id == Laboratory.id)
        .correlate(Laboratory)
        .scalar_subquery()
    )


def _as_phase(phase: Mapping[str, Any]) -> PhaseFacts:
    starts_on, ends_on = phase["starts_on"], phase["ends_on"]
    return PhaseFacts(
        kind=Phase(phase["kind"]),
        starts_on=date.fromisoformat(starts_on) if starts_on else None,
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
        allows=frozenset(Ability(ability) for ability in phase["allows"]),
        name=phase["name"],
        words=phase["words"],
    )


def _happenings() -> ScalarSelect[Any]:
    one = func.jsonb_build_object(
        "at",
        HistoryEntry.at,
        "action",
        HistoryEntry.action,
        "phase",
        HistoryEntry.to_state,
        "note",
        HistoryEntry.note,
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, HistoryEntry.id.desc())))
        .where(
            HistoryEntry.subject_kind == HISTORY,
            HistoryEntry.subject_id == Laboratory.id,
            HistoryEntry.to_state.is_not(None),
        )
        .correlate(Laboratory)
        .scalar_subquery()
    )


def _as_happening(step: Mapping[str, Any]) -> HappeningRow:
    at = datetime.fromisoformat(step["at"])
    return HappeningRow(at, step["action"], Phase(step["phase"]), step["note"])


def _district_ids() -> ScalarSelect[list[int]]:
    return (
        select(array_agg(laboratory_district.c.district_id))
        .where(laboratory_district.c.laboratory_id == Laboratory.id)
        .correlate(Laboratory)
        .scalar_subquery()
    )


def _current(ability: Ability) -> Select[Any]:
    # The same rule as `find_window`, for the database; a test compares the two.
    today = local_today()
    return select(LaboratoryPhase.ends_on).where(
        LaboratoryPhase.laboratory_id == Laboratory.id,
        LaboratoryPhase.kind == Laboratory.phase,
        LaboratoryPhase.allows.contains([str(ability)]),
        or_(LaboratoryPhase.starts_on.is_(None), LaboratoryPhase.starts_on <= today),
        or_(LaboratoryPhase.ends_on.is_(None), LaboratoryPhase.ends_on >= today),
    )


def _is_open() -> ColumnElement[bool]:
    return and_(
        Laboratory.archived_at.is_(None),
        _current(Ability.PROPOSE).correlate(Laboratory).exists(),
    )


def _open_first() -> tuple[Any, ...]:
    return (
        case((_is_open(), 0), (Laboratory.archived_at.is_(None), 1), else_=2),
        _current(Ability.PROPOSE).correlate(Laboratory).scalar_subquery().asc().nulls_last(),
        Laboratory.created_at.desc(),
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
