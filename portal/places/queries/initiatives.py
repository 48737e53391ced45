"""What happens in places: lists, one initiative, its times, what its desks show."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, or_, select, true

from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.search import sort_name, text_query
from portal.places.models import Initiative, Occurrence, Place
from portal.places.policies import CaredScope
from portal.places.states import InitiativeState, OccurrenceState
from portal.registry.models import Association
from portal.registry.states import AssociationState

MOST_COMING, MOST_PAST = 50, 6
"""Initiatives that the page of a place shows."""
MOST_ON_DESK = 200

_DETAILS: tuple[Any, ...] = (
    Initiative.description,
    Initiative.for_whom,
    Initiative.cost,
    Initiative.how_to_join,
    Initiative.organiser_name,
    Initiative.organiser_association_id,
    Association.slug.label("organiser_slug"),
    Initiative.cancelled_reason,
    Initiative.version,
    Place.address,
    Place.district_id,
    Place.managing_association_id,
    Place.managing_body,
)


@dataclass(frozen=True)
class InitiativeRow:
    """An initiative in a list."""

    id: int
    place_slug: str
    place_name: str
    title: str
    summary: str
    state: InitiativeState
    published_at: datetime | None
    next_starts_at: datetime | None
    """Of the next time at which it takes place, or takes place now; None: of none."""
    next_ends_at: datetime | None
    last_starts_at: datetime | None
    """Of the last time that was not called off."""
    coming: int
    """Times still to come."""
    held: int
    """Times at which people came."""
    attendance: int
    """People who came, each time counted anew."""
    uncounted: int
    """Times gone by of which nobody has said how many came."""

    @property
    def is_cancelled(self) -> bool:
        """Say whether it does not take place after all."""
        return self.state is InitiativeState.CANCELLED

    @property
    def is_public(self) -> bool:
        """Say whether everybody reads of it."""
        return self.published_at is not None

    @property
    def is_over(self) -> bool:
        """Say whether its last time has gone by; where all were called off there was none."""
        return not self.coming and self.last_starts_at is not None


@dataclass(frozen=True)
class InitiativeDetail(InitiativeRow):
    """An initiative on its own page; None is what nobody has said."""

    description: str | None
    for_whom: str | None
    cost: str | None
    how_to_join: str | None
    organiser_name: str
    organiser_association_id: int | None
    organiser_slug: str | None
    """Of the public profile of who runs it, where the registry has one."""
    cancelled_reason: str | None
    version: int
    address: str | None
    """Of the place."""
    district_id: int | None
    """Of the place, for who may write."""
    managing_association_id: int | None
    managing_body: str | None


@dataclass(frozen=True)
class OrganiserChoice:
    """An association that may run an initiative."""

    id: int
    name: str


@dataclass(frozen=True)
class OccurrenceRow:
    """A time at which an initiative takes place."""

    id: int
    starts_at: datetime
    ends_at: datetime
    state: OccurrenceState
    attendance: int | None
    is_past: bool
    has_begun: bool

    @property
    def is_cancelled(self) -> bool:
        """Say whether it does not take place that time."""
        return self.state is OccurrenceState.CANCELLED

    @property
    def waits_for_count(self) -> bool:
        """Say whether it is over and nobody has said how many came."""
        return self.is_past and not self.is_cancelled and self.attendance is None


@dataclass(frozen=True)
class PlaceInitiatives:
    """What everybody reads on the page of a place."""

    coming: Sequence[InitiativeRow] = ()
    """Soonest first; what was cancelled stays until its time has gone by."""
    past: Sequence[InitiativeRow] = ()
    """Latest first."""


@dataclass(frozen=True)
class CaredPlace:
    """A place with what waits for who looks after it."""

    slug: str
    name: str
    coming: int
    """Initiatives that take place again."""
    drafts: int
    uncounted: int
    """Times of which nobody has said how many came."""


def list_initiatives_of_place(place_id: int) -> PlaceInitiatives:
    """Return what happens and what has happened in a place, in one statement."""
    times = _times()
    found = _read(
        _initiatives(times)
        .where(Initiative.place_id == place_id, Initiative.published_at.is_not(None))
        .order_by(*_soonest_first(times))
        .limit(MOST_COMING + MOST_PAST)
    )
    return PlaceInitiatives(
        coming=[row for row in found if row.coming][:MOST_COMING],
        past=[row for row in found if row.is_over and not row.is_cancelled][:MOST_PAST],
    )


def search_initiatives(text: str, *, limit: int) -> list[InitiativeRow]:
    """Return at most `limit` initiatives to come that fit what somebody typed, the best first."""
    query = text_query(text)
    if query is None:
        return []
    times, document = _times(), Initiative.search_document
    return _read(
        _initiatives(times)
        .where(document.op("@@")(query), Initiative.state == InitiativeState.PUBLISHED)
        .where(times.c.coming > 0)
        .order_by(func.ts_rank(document, query).desc(), Initiative.id)
        .limit(limit)
    )


def list_initiatives_for_desk(place_id: int) -> list[InitiativeRow]:
    """Return every initiative of a place, drafts too: what comes first, soonest first."""
    times = _times()
    return _read(
        _initiatives(times)
        .where(Initiative.place_id == place_id)
        .order_by(*_soonest_first(times))
        .limit(MOST_ON_DESK)
    )


def get_initiative(slug: str, initiative_id: int) -> InitiativeDetail:
    """Return an initiative of a place, drafts too; raises `NotFoundError`."""
    is_public = and_(
        Association.id == Initiative.organiser_association_id,
        Association.state != AssociationState.REMOVED,
    )
    row = (
        session()
        .execute(
            _initiatives(_times(), *_DETAILS)
            .outerjoin(Association, is_public)
            .where(Place.slug == slug, Initiative.id == initiative_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return InitiativeDetail(**row._asdict())


def get_public_initiative(slug: str, initiative_id: int) -> InitiativeDetail:
    """Return an initiative that everybody reads of; raises `NotFoundError`."""
    initiative = get_initiative(slug, initiative_id)
    if not initiative.is_public:
        raise NotFoundError
    return initiative


def list_occurrences(initiative_id: int) -> list[OccurrenceRow]:
    """Return the times of an initiative, earliest first."""
    now = utc_now()
    rows = session().execute(
        select(
            Occurrence.id,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.state,
            Occurrence.attendance,
            (Occurrence.ends_at <= now).label("is_past"),
            (Occurrence.starts_at <= now).label("has_begun"),
        )
        .where(Occurrence.initiative_id == initiative_id)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return [OccurrenceRow(**row._asdict()) for row in rows]


def list_organisers(ids: Collection[int | None]) -> list[OrganiserChoice]:
    """Return those of some associations that the registry shows, by name."""
    rows = session().execute(
        select(Association.id, Association.name)
        .where(Association.id.in_(ids), Association.state != AssociationState.REMOVED)
        .order_by(sort_name(Association.name), Association.id)
    )
    return [OrganiserChoice(*row) for row in rows]


def list_cared_places(scope: CaredScope) -> list[CaredPlace]:
    """Return the places that somebody looks after, what waits first, then by name."""
    times = _times()
    is_draft = Initiative.state == InitiativeState.DRAFT
    is_held = Initiative.state == InitiativeState.PUBLISHED
    drafts = func.count(Initiative.id).filter(is_draft)
    # PostgreSQL adds up counts as `numeric`.
    uncounted = cast(func.coalesce(func.sum(times.c.uncounted).filter(is_held), 0), BigInteger)
    rows = session().execute(
        select(
            Place.slug,
            Place.name,
            func.count(Initiative.id).filter(is_held, times.c.coming > 0).label("coming"),
            drafts.label("drafts"),
            uncounted.label("uncounted"),
        )
        .select_from(Place)
        .outerjoin(Initiative, Initiative.place_id == Place.id)
        .outerjoin(times, true())
        .where(_is_cared_for(scope))
        .group_by(Place.id)
        .order_by((drafts + uncounted > 0).desc(), sort_name(Place.name), Place.id)
    )
    return [CaredPlace(**row._asdict()) for row in rows]


def filter_cared(ids: Collection[int], scope: CaredScope) -> frozenset[int]:
    """Return those of some initiatives that stand in places which somebody looks after."""
    if not ids:
        return frozenset()
    statement = (
        select(Initiative.id)
        .join(Place, Place.id == Initiative.place_id)
        .where(Initiative.id.in_(ids), _is_cared_for(scope))
    )
    return frozenset(session().scalars(statement))


def _is_cared_for(scope: CaredScope) -> ColumnElement[bool]:
    if scope.has_all:
        return true()
    return or_(
        Place.district_id.in_(scope.district_ids),
        Place.managing_association_id.in_(scope.association_ids),
    )


def _times() -> Any:  # noqa: ANN401 - a lateral of many columns
    """Return what the times of an initiative come to, beside its row."""
    now = utc_now()
    planned = Occurrence.state == OccurrenceState.PLANNED
    coming = and_(planned, Occurrence.ends_at > now)
    waits = and_(planned, Occurrence.ends_at <= now, Occurrence.attendance.is_(None))
    return (
        # Planned times of one initiative never overlap: the first to begin is the first to end.
        select(
            func.min(Occurrence.starts_at).filter(coming).label("next_starts_at"),
            func.min(Occurrence.ends_at).filter(coming).label("next_ends_at"),
            func.max(Occurrence.starts_at).filter(planned).label("last_starts_at"),
            func.count().filter(coming).label("coming"),
            func.count().filter(Occurrence.attendance > 0).label("held"),
            func.coalesce(func.sum(Occurrence.attendance), 0).label("attendance"),
            func.count().filter(waits).label("uncounted"),
        )
        .where(Occurrence.initiative_id == Initiative.id)
        .correlate(Initiative)
        .lateral("times")
    )


def _initiatives(times: Any, *more: Any) -> Select[Any]:  # noqa: ANN401 - see _times
    columns = (
        Initiative.id,
        Place.slug.label("place_slug"),
        Place.name.label("place_name"),
        Initiative.title,
        Initiative.summary,
        Initiative.state,
        Initiative.published_at,
        *times.c,
        *more,
    )
    return (
        select(*columns)
        .select_from(Initiative)
        .join(Place, Place.id == Initiative.place_id)
        .join(times, true())
    )


def _soonest_first(times: Any) -> tuple[Any, ...]:  # noqa: ANN401 - see _times
    return (
        times.c.next_starts_at.asc().nulls_last(),
        times.c.last_starts_at.desc().nulls_last(),
        Initiative.id.desc(),
    )


def _read(statement: Select[Any]) -> list[InitiativeRow]:
    return [InitiativeRow(**row._asdict()) for row in session().execute(statement)]
