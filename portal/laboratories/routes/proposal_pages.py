"""The form of a proposal, as several views show it."""

from typing import Any

from flask import Response, request, url_for

from portal.core.access import authorize, current_actor
from portal.core.htmx import render_page
from portal.core.text import short_name
from portal.laboratories import queries
from portal.laboratories.forms.proposals import MYSELF, IdeaForm, ProposalForm
from portal.laboratories.queries import LaboratoryDetail, ProposalDetail
from portal.laboratories.queries.neighbourhoods import get_city_map, list_neighbourhoods_of
from portal.laboratories.spot_map import Move, SpotMap
from portal.laboratories.states import ProposalState
from portal.permissions import Permission
from portal.registry.queries import list_associations_of

LONGEST_PIXEL = 5
"""Digits; a picture has a few hundred pixels."""


def proposal_address(proposal: ProposalDetail) -> str:
    """Return the address of a proposal's page."""
    return url_for(
        "laboratories.show_proposal", slug=proposal.laboratory_slug, proposal_id=proposal.id
    )


def own_proposal(slug: str, proposal_id: int) -> ProposalDetail:
    """Return a proposal of the person asking; 404 for everybody else."""
    proposal = queries.get_proposal(
        current_actor(), slug=slug, proposal_id=proposal_id, with_steps=False
    )
    authorize(Permission.PROPOSAL_EDIT, proposal.facts)
    return proposal


def can_write(proposal: ProposalDetail, laboratory: LaboratoryDetail) -> bool:
    """Say whether the author may rewrite it today: a draft, or what everybody reads."""
    if proposal.merged_into_id is not None:
        return False
    may_change = proposal.is_editable or proposal.state is ProposalState.PUBLISHED
    return may_change and laboratory.writing(proposal.state).is_open


def proposal_form(
    laboratory: LaboratoryDetail, proposal: ProposalDetail | None = None
) -> ProposalForm:
    """Return the form, filled with what was sent, or with what `proposal` says."""
    voices = list_associations_of(current_actor().account_id)
    form = ProposalForm() if proposal is None else ProposalForm(data=written(proposal))
    form.offer_voices(voices)
    form.offer_neighbourhoods(list_neighbourhoods_of(laboratory.facts.district_ids))
    return form


def written(proposal: ProposalDetail) -> dict[str, Any]:
    """Return what a proposal says, as its form holds it."""
    x, y = proposal.spot or ("", "")
    return {
        "title": proposal.title,
        "text": proposal.text,
        "needs": proposal.needs,
        "what_i_offer": proposal.what_i_offer,
        "category": proposal.category or "",
        "neighbourhood": str(proposal.neighbourhood_id or ""),
        "place_words": proposal.place_words,
        "map_x": str(x),
        "map_y": str(y),
        "listed_project": str(proposal.listed_project_id or ""),
        "on_behalf_of": str(proposal.association_id or MYSELF),
        "version": str(proposal.version),
    }


def form_page(
    form: ProposalForm,
    laboratory: LaboratoryDetail,
    proposal: ProposalDetail | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
    partial: str | None = None,
) -> Response:
    """Return the page of the form."""
    return render_page(
        "laboratories/proposal_form.html",
        partial=partial,
        status=status,
        form=form,
        laboratory=laboratory,
        proposal=proposal,
        public_name=short_name(current_actor().name),
        is_changed=is_changed,
        **idea_context(form, laboratory),
    )


def idea_context(form: IdeaForm, laboratory: LaboratoryDetail) -> dict[str, Any]:
    """Return what the parts of the form about the idea and its place need besides the form."""
    return {
        "city_map": get_city_map(laboratory.facts.district_ids),
        # Found while the title is typed, or on the page where it is read again.
        "similar": (),
        "listed_project": queries.find_listed_project(laboratory.id, form.listed_project_id),
    }


def take_spot(form: IdeaForm, city_map: SpotMap | None) -> None:
    """Move the form's spot where the picture was tapped, or where a button says.

    What no browser sends (letters, a pixel beyond any picture) leaves the spot where it is.
    """
    form.keep_what_was_typed()
    if city_map is None:
        return
    move = request.form.get("sposta", "")
    if move in set(Move):
        form.set_spot(city_map.move(form.spot, Move(move)))
        return
    x, y = _pixel("spot.x"), _pixel("spot.y")
    if x is not None and y is not None:
        form.set_spot(city_map.spot_of_tap(x, y))


def _pixel(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_PIXEL
    return int(text) if is_number else None
