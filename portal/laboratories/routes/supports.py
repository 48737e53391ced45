"""Supporting a proposal: the bar at the end of its page."""

from typing import Any

from flask import url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.htmx import redirect_after_post, render_page, wants_partial
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.policies import SupportFacts, find_support_refusal
from portal.laboratories.queries import ProposalDetail
from portal.laboratories.queries.talk import is_supported_by
from portal.laboratories.queries.windows import LaboratoryWindows, get_windows
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.states import Ability, ProposalState
from portal.permissions import Permission

PROPOSAL = "/laboratori/<slug>/proposte/<int:proposal_id>"


def support_context(proposal: ProposalDetail, windows: LaboratoryWindows) -> dict[str, Any]:
    """Return what the bar shows to who is asking."""
    window = windows.window(Ability.SUPPORT)
    facts = SupportFacts(
        is_public=proposal.state is ProposalState.PUBLISHED,
        is_open=window.is_open,
        author_id=proposal.facts.author_id,
    )
    return {
        "support_window": window,
        "support_refusal": find_support_refusal(current_actor(), facts),
        "is_supported": facts.is_public and is_supported_by(current_actor(), proposal.id),
    }


@laboratories.post(f"{PROPOSAL}/sostieni")
@requires(Permission.PROPOSAL_SUPPORT)
@writes
def support_proposal(slug: str, proposal_id: int) -> BaseResponse:
    """Support a proposal."""
    _get_readable(slug, proposal_id)
    services.support_proposal(actor=current_actor(), proposal_id=proposal_id)
    return _bar(slug, proposal_id)


@laboratories.post(f"{PROPOSAL}/non-sostengo")
@requires(Permission.PROPOSAL_SUPPORT)
@writes
def withdraw_support(slug: str, proposal_id: int) -> BaseResponse:
    """Take the support back."""
    _get_readable(slug, proposal_id)
    services.withdraw_support(actor=current_actor(), proposal_id=proposal_id)
    return _bar(slug, proposal_id)


def _get_readable(slug: str, proposal_id: int) -> ProposalDetail:
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    authorize(Permission.PROPOSAL_READ, proposal.facts)
    return proposal


def _bar(slug: str, proposal_id: int) -> BaseResponse:
    if not wants_partial():
        page = url_for("laboratories.show_proposal", slug=slug, proposal_id=proposal_id)
        return redirect_after_post(f"{page}#support")
    proposal = _get_readable(slug, proposal_id)
    return render_page(
        "laboratories/_support.html",
        proposal=proposal,
        is_answer=True,
        **support_context(proposal, get_windows(slug)),
    )
