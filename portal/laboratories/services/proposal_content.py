"""What a proposal says, and what is checked before it is written down."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import RuleBrokenError
from portal.laboratories.models import ListedProject, Proposal
from portal.laboratories.queries.neighbourhoods import list_neighbourhoods_of
from portal.laboratories.states import ProposalCategory
from portal.registry.queries import get_association


@dataclass(frozen=True)
class ProposalContent:
    """What an author writes."""

    title: str
    text: str = ""
    what_i_offer: str | None = None
    place_words: str | None = None
    association_id: int | None = None
    """On whose behalf; None for oneself."""
    needs: str | None = None
    category: ProposalCategory | None = None
    neighbourhood_id: int | None = None
    spot: tuple[int, int] | None = None
    """On the city's map, in its units."""
    listed_project_id: int | None = None


def write_content(proposal: Proposal, content: ProposalContent) -> None:
    """Write what the author says into `proposal`.

    Raises `RuleBrokenError` for a neighbourhood that is not of the laboratory today, or a listed
    project that cannot be adopted any more, unless it stood there before.
    """
    check_neighbourhood(proposal, content.neighbourhood_id)
    _check_listed_project(proposal, content.listed_project_id)
    write_words(proposal, content)
    proposal.listed_project_id = content.listed_project_id
    proposal.association_id = content.association_id
    proposal.association_name = (
        get_association(content.association_id).name if content.association_id else None
    )


def write_words(proposal: Proposal, content: ProposalContent) -> None:
    """Write what may change after publication: not on whose behalf, nor which project."""
    proposal.title = content.title
    proposal.text = content.text
    proposal.needs = content.needs or None
    proposal.what_i_offer = content.what_i_offer or None
    proposal.category = content.category
    proposal.place_words = content.place_words or None
    proposal.neighbourhood_id = content.neighbourhood_id
    proposal.map_x, proposal.map_y = content.spot or (None, None)


def check_represents(*, actor: Actor, association_id: int | None) -> None:
    """Raise `RuleBrokenError` unless the actor represents the association, if one is named."""
    if association_id is not None and association_id not in actor.association_ids:
        raise RuleBrokenError(
            _l("You do not represent this association: choose one of the list, or yourself."),
            "on_behalf_of",
        )


def check_neighbourhood(proposal: Proposal, neighbourhood_id: int | None) -> None:
    """Raise `RuleBrokenError` unless it is one of the laboratory's today, or stood there."""
    if neighbourhood_id in (None, proposal.neighbourhood_id):
        return
    districts = [district.id for district in proposal.laboratory.districts]
    if neighbourhood_id not in {row.id for row in list_neighbourhoods_of(districts)}:
        raise RuleBrokenError(
            _l("This neighbourhood is not one of the laboratory: choose one of the list."),
            "neighbourhood",
        )


def _check_listed_project(proposal: Proposal, project_id: int | None) -> None:
    if project_id in (None, proposal.listed_project_id):
        return
    is_open = session().scalar(
        select(ListedProject.id).where(
            ListedProject.id == project_id,
            ListedProject.laboratory_id == proposal.laboratory.id,
            ListedProject.withdrawn_at.is_(None),
            ListedProject.adopt_until >= local_today(),
        )
    )
    if is_open is None:
        raise RuleBrokenError(
            _l("This project can no longer be adopted. Your idea can still be sent by itself."),
            "listed_project",
        )
