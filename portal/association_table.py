"""What each feature tells of an association, and what becomes of it in a merger (ADR 0018)."""

from portal.laboratories import queries as laboratories
from portal.laboratories.services import reassign_agreements, reassign_proposals
from portal.places import queries as places
from portal.places.services import reassign_places
from portal.registry.ties import AssociationTie, FactKind
from portal.volunteering import queries as volunteering
from portal.volunteering.services import reassign_projects

ASSOCIATION_TABLE: tuple[AssociationTie, ...] = (
    AssociationTie(
        kind=FactKind.MISSING_PEOPLE,
        door="door-help",
        icon="door-hand",
        list_links=volunteering.list_shift_links,
        count=volunteering.count_missing_people_of,
        reassign=reassign_projects,
    ),
    AssociationTie(
        kind=FactKind.PROPOSALS,
        door="door-lab",
        icon="door-pact",
        list_links=laboratories.list_proposal_links,
        count=laboratories.count_proposals_of,
        reassign=reassign_proposals,
    ),
    AssociationTie(
        kind=FactKind.AGREEMENTS,
        door="door-lab",
        icon="door-pact",
        list_links=laboratories.list_agreement_links,
        count=laboratories.count_agreements_of,
        reassign=reassign_agreements,
    ),
    AssociationTie(
        kind=FactKind.PLACES,
        door="door-place",
        icon="door-house",
        list_links=places.list_place_links,
        count=places.count_places_of,
        reassign=reassign_places,
    ),
)
"""In the order of the page."""
