"""Where in the city: the neighbourhoods a proposal can name, and the map it is marked on."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import literal, or_, select, union_all

from portal.core.clock import local_today
from portal.core.database import session
from portal.laboratories.models import Proposal
from portal.laboratories.spot_map import Area, Spot, SpotMap, draw_map
from portal.laboratories.states import ProposalState
from portal.territory.models import District, Municipality, Neighbourhood
from portal.territory.queries import CITY_CODE


@dataclass(frozen=True)
class NeighbourhoodRow:
    """A neighbourhood as a choice in a form."""

    id: int
    name: str
    district: str


@dataclass(frozen=True)
class SpotRow:
    """A published proposal on the map of its laboratory."""

    proposal_id: int
    title: str
    neighbourhood: str | None
    place_words: str | None
    x: int | None
    y: int | None

    @property
    def spot(self) -> Spot | None:
        """Return where it is on the map, if that is marked."""
        return None if self.x is None or self.y is None else (self.x, self.y)


def list_neighbourhoods_of(district_ids: Collection[int]) -> list[NeighbourhoodRow]:
    """Return today's neighbourhoods of these districts; of all where none are named."""
    today = local_today()
    statement = (
        select(Neighbourhood.id, Neighbourhood.name, District.name)
        .join(District, District.id == Neighbourhood.district_id)
        .where(
            Neighbourhood.valid_from <= today,
            or_(Neighbourhood.valid_until.is_(None), Neighbourhood.valid_until > today),
        )
        .order_by(District.name, Neighbourhood.name, Neighbourhood.id)
    )
    if district_ids:
        statement = statement.where(District.id.in_(district_ids))
    return [NeighbourhoodRow(*row) for row in session().execute(statement)]


def get_city_map(district_ids: Collection[int] = ()) -> SpotMap | None:
    """Return the map of the city, with the outlines of these districts where they are known."""
    municipalities = select(
        Municipality.istat_code.label("code"), Municipality.name, Municipality.outline
    ).where(Municipality.outline.is_not(None))
    districts = select(literal("").label("code"), District.name, District.outline).where(
        District.id.in_(district_ids), District.outline.is_not(None)
    )
    drawn = union_all(municipalities, districts).subquery()
    rows = session().execute(select(drawn).order_by(drawn.c.name, drawn.c.code)).all()
    city = next((Area(row.name, row.outline) for row in rows if row.code == CITY_CODE), None)
    if city is None:
        return None
    return draw_map(
        city=city,
        around=[Area(r.name, r.outline) for r in rows if r.code not in ("", CITY_CODE)],
        districts=[Area(row.name, row.outline) for row in rows if not row.code],
    )


def list_spots(laboratory_id: int) -> list[SpotRow]:
    """Return the published proposals of a laboratory that say where, by title."""
    rows = session().execute(
        select(
            Proposal.id,
            Proposal.title,
            Neighbourhood.name,
            Proposal.place_words,
            Proposal.map_x,
            Proposal.map_y,
        )
        .outerjoin(Neighbourhood, Neighbourhood.id == Proposal.neighbourhood_id)
        .where(
            Proposal.laboratory_id == laboratory_id,
            Proposal.state == ProposalState.PUBLISHED,
            or_(
                Proposal.map_x.is_not(None),
                Proposal.neighbourhood_id.is_not(None),
                Proposal.place_words.is_not(None),
            ),
        )
        .order_by(Proposal.title, Proposal.id)
    )
    return [SpotRow(*row) for row in rows]
