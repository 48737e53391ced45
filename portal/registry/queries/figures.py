"""The registry in numbers, for staff and the council."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, Integer, cast, func, select, text

from portal.core.clock import local_today
from portal.core.database import session
from portal.moderation.models import Case
from portal.moderation.states import CaseKind, CaseState
from portal.registry.freshness import Freshness, freshness
from portal.registry.models import Association, AssociationChange, Claim, RemovalNotice
from portal.registry.states import (
    OPEN_REQUEST_STATES,
    AssociationState,
    ChangeState,
    NoticeState,
)
from portal.territory.models import Municipality

PERIOD_DAYS = 365
"""What is shown unless other days are asked for: the last year."""
EARLIEST = date(1990, 1, 1)
"""Before it there is nothing to count, whatever an address asks."""
ROME = "Europe/Rome"


@dataclass(frozen=True)
class Period:
    """From one day to another, both of them in it."""

    first: date
    last: date


@dataclass(frozen=True)
class TimesTaken:
    """How long requests took that ended in a period, without the days the term stood still."""

    ended: int
    mean_days: float | None
    ninth_days: float | None
    """Nine in ten took at most so long."""
    longest_days: int | None
    late: int
    """Ended after their term."""


@dataclass(frozen=True)
class OpenNow:
    """What waits today."""

    requests_late: int
    requests_suspended: int
    requests_noticed: int
    claims: int
    edits: int
    removals: int
    next_removal_on: date | None


@dataclass(frozen=True)
class PlaceRow:
    """A municipality (or an area of activity) and how many associations it has."""

    name: str | None
    enrolled: int
    listed: int

    @property
    def total(self) -> int:
        """All that are public."""
        return self.enrolled + self.listed


@dataclass(frozen=True)
class RegistryFigures:
    """Everything the page of figures shows."""

    period: Period
    enrolled: int
    listed: int
    requests: Mapping[CaseState, int]
    """Received in the period, by the state they are in today."""
    times: TimesTaken
    now: OpenNow
    freshness: Mapping[Freshness, int]
    """Of enrolled associations."""
    places: list[PlaceRow]
    """The most associations first."""

    @property
    def received(self) -> int:
        """Requests received in the period."""
        return sum(self.requests.values())


def period_between(first: date | None, last: date | None) -> Period:
    """Return the period asked for; open ends are a year before, and today. Turned round: mended."""
    end = max(last or local_today(), EARLIEST)
    start = first or end - timedelta(days=PERIOD_DAYS - 1)
    return Period(min(start, end), max(start, end))


def load_figures(period: Period) -> RegistryFigures:
    """Return the figures of the registry, and of the procedures of a period."""
    states = _count_states()
    return RegistryFigures(
        period=period,
        enrolled=states.get(AssociationState.ENROLLED, 0),
        listed=states.get(AssociationState.LISTED, 0),
        requests=_count_requests(period),
        times=_measure(period),
        now=count_open(),
        freshness=_count_freshness(),
        places=list_places(),
    )


def _count_states() -> Mapping[AssociationState, int]:
    rows = session().execute(select(Association.state, func.count()).group_by(Association.state))
    return {state: number for state, number in rows}  # noqa: C416 - rows are no pairs to mypy


def _count_requests(period: Period) -> Mapping[CaseState, int]:
    rows = session().execute(
        select(Case.state, func.count())
        .where(
            Case.kind == CaseKind.REGISTRY_REQUEST,
            Case.received_on.between(period.first, period.last),
        )
        .group_by(Case.state)
    )
    found = {state: number for state, number in rows}  # noqa: C416 - as above
    return {state: found[state] for state in CaseState if state in found}


# A term stands still on the days between `starts_on` and `resumes_on`, at most until the end: the
# day of asking still counts (`moderation/deadlines.py`).
_TIMES = text(
    """
    WITH ended AS (
        SELECT id, received_on, due_on, (decided_at AT TIME ZONE :zone)::date AS ended_on
        FROM moderation_case
        WHERE kind = 'registry_request' AND state IN ('accepted', 'refused', 'archived')
    ), taken AS (
        SELECT ended_on - received_on - coalesce((
            SELECT sum(greatest(0, least(resumes_on, ended_on + 1) - starts_on - 1))
            FROM case_suspension WHERE case_id = ended.id AND starts_on < ended_on
        ), 0) AS days, ended_on > due_on AS is_late
        FROM ended WHERE ended_on BETWEEN :first AND :last
    )
    SELECT count(*), avg(days)::float,
        percentile_cont(0.9) WITHIN GROUP (ORDER BY days)::float, max(days)::integer,
        count(*) FILTER (WHERE is_late)
    FROM taken
    """
)


def _measure(period: Period) -> TimesTaken:
    row = (
        session().execute(_TIMES, {"zone": ROME, "first": period.first, "last": period.last}).one()
    )
    return TimesTaken(*row)


def count_open() -> OpenNow:
    """Return what waits today about associations."""
    request = Case.kind == CaseKind.REGISTRY_REQUEST
    waits = Case.state.in_((CaseState.WAITING, CaseState.IN_CHARGE))

    def requests(*conditions: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's conditions
        return select(func.count()).where(request, *conditions).scalar_subquery()

    row = (
        session()
        .execute(
            select(
                requests(waits, Case.due_on < local_today()),
                requests(Case.state == CaseState.SUSPENDED),
                requests(Case.state == CaseState.NOTICED),
                select(func.count(Claim.id))
                .where(Claim.state.in_(OPEN_REQUEST_STATES))
                .scalar_subquery(),
                select(func.count(AssociationChange.id))
                .where(AssociationChange.state == ChangeState.PENDING)
                .scalar_subquery(),
                select(func.count(RemovalNotice.id))
                .where(RemovalNotice.state == NoticeState.PENDING)
                .scalar_subquery(),
                select(cast(func.min(RemovalNotice.effective_on), Date))
                .where(RemovalNotice.state == NoticeState.PENDING)
                .scalar_subquery(),
            )
        )
        .one()
    )
    return OpenNow(*row)


def _count_freshness() -> Mapping[Freshness, int]:
    """Count by day and let the rule itself say what a day means."""
    today = local_today()
    counts = dict.fromkeys(Freshness, 0)
    rows = session().execute(
        select(Association.profile_updated_on, func.count())
        .where(Association.state == AssociationState.ENROLLED)
        .group_by(Association.profile_updated_on)
    )
    for day, number in rows:
        counts[freshness(day, today)] += number
    return counts


def list_places() -> list[PlaceRow]:
    """Return the municipalities with public associations, the most first; None: seat unknown."""
    is_enrolled = Association.state == AssociationState.ENROLLED
    enrolled = func.count().filter(is_enrolled)
    total = func.count()
    rows = session().execute(
        select(Municipality.name, enrolled, cast(total - enrolled, Integer))
        .select_from(Association)
        .outerjoin(Municipality, Municipality.istat_code == Association.municipality_code)
        .where(Association.state != AssociationState.REMOVED)
        .group_by(Municipality.name)
        .order_by(total.desc(), Municipality.name)
    )
    return [PlaceRow(*row) for row in rows]
