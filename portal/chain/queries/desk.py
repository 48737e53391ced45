"""What the desk of a sheet's openings shows: what it may open, from what a form starts."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.chain.models import SheetInitiative, SheetProject
from portal.chain.policies import OpeningFacts
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.search import sort_name
from portal.laboratories.models import Agreement, ProjectSheet, sheet_place
from portal.laboratories.openings import OpeningKind
from portal.laboratories.queries.sheet_details import SheetDetail
from portal.places.models import Initiative, Place
from portal.places.queries.initiatives import OrganiserChoice
from portal.places.states import InitiativeState
from portal.territory.models import District
from portal.territory.queries import DistrictRow
from portal.volunteering.models import VolunteeringProject
from portal.volunteering.states import ProjectState

MOST_CHOICES = 500


@dataclass(frozen=True)
class FreeChoice:
    """A project or an initiative that comes from no sheet yet."""

    kind: OpeningKind
    id: int
    title: str


@dataclass(frozen=True)
class StartingPoint:
    """What a sheet says that a project or an initiative can begin with, beside its texts."""

    place_id: int | None
    place_name: str
    address: str | None
    district_id: int | None
    partner_id: int | None


def get_opening_facts(sheet_id: int) -> OpeningFacts:
    """Return what the decision asks of a sheet; raises `NotFoundError`."""
    row = (
        session()
        .execute(
            select(ProjectSheet.state, Agreement.state.label("agreement"))
            .outerjoin(Agreement, Agreement.id == ProjectSheet.agreement_id)
            .where(ProjectSheet.id == sheet_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return OpeningFacts(row.state, row.agreement)


def list_free_choices() -> list[FreeChoice]:
    """Return the projects and then the initiatives that come from no sheet, by title.

    Without those that were refused or cancelled.
    """
    projects = (
        select(VolunteeringProject.id, VolunteeringProject.title)
        .outerjoin(SheetProject, SheetProject.project_id == VolunteeringProject.id)
        .where(SheetProject.id.is_(None), VolunteeringProject.state != ProjectState.REFUSED)
        .order_by(sort_name(VolunteeringProject.title), VolunteeringProject.id)
        .limit(MOST_CHOICES)
    )
    initiatives = (
        select(Initiative.id, func.concat(Initiative.title, " · ", Place.name))
        .join(Place, Place.id == Initiative.place_id)
        .outerjoin(SheetInitiative, SheetInitiative.initiative_id == Initiative.id)
        .where(SheetInitiative.id.is_(None), Initiative.state != InitiativeState.CANCELLED)
        .order_by(sort_name(Initiative.title), Initiative.id)
        .limit(MOST_CHOICES)
    )
    return [
        FreeChoice(kind, *row)
        for kind, statement in (
            (OpeningKind.PROJECT, projects),
            (OpeningKind.INITIATIVE, initiatives),
        )
        for row in session().execute(statement)
    ]


def list_partners(sheet: SheetDetail) -> list[OrganiserChoice]:
    """Return the associations of a sheet that the registry lists, in its order."""
    found = {
        party.association_id: party.name
        for party in sheet.parties
        if party.association_id is not None and party.association_slug is not None
    }
    return [OrganiserChoice(*one) for one in found.items()]


def find_starting_point(sheet: SheetDetail, districts: Sequence[DistrictRow]) -> StartingPoint:
    """Return where what the sheet opens would be and with whom.

    The district is that of the first place, or the only one of the laboratory that is there
    today.
    """
    place = session().execute(
        select(Place.id, Place.name, Place.address, District.id.label("district_id"))
        .join(sheet_place, sheet_place.c.place_id == Place.id)
        .outerjoin(District, District.id == Place.district_id)
        .where(sheet_place.c.sheet_id == sheet.id)
        .order_by(Place.id)
        .limit(1)
    ).one_or_none()  # fmt: skip
    today = {district.id for district in districts}
    led = sheet.facts.district_ids & today
    own = place.district_id if place and place.district_id in today else None
    partners = list_partners(sheet)
    return StartingPoint(
        place_id=place.id if place else None,
        place_name=place.name if place else _first_line(sheet.texts["spaces"]),
        address=place.address if place else None,
        district_id=own or (min(led) if len(led) == 1 else None),
        partner_id=partners[0].id if len(partners) == 1 else None,
    )


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip().removesuffix(".")
