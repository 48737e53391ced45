"""Comments on a proposal: reading them, writing, finding useful, taking back."""

from functools import partial
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.htmx import redirect_after_post
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.policies import find_comment_refusal, speaks_for_office
from portal.laboratories.queries import ProposalDetail
from portal.laboratories.queries.windows import LaboratoryWindows, get_windows
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.supports import PROPOSAL
from portal.laboratories.routes.talk_places import TalkPlace, send_comment, talk_context
from portal.laboratories.states import Ability, ProposalState, Topic
from portal.permissions import Permission


def proposal_talk_context(proposal: ProposalDetail, windows: LaboratoryWindows) -> dict[str, Any]:
    """Return what the page of a proposal shows of its talk."""
    is_shown = proposal.published_at is not None and not proposal.is_trace
    context = talk_context(proposal_talk(proposal, windows), is_shown=is_shown)
    return {**context, "comment_count": proposal.comment_count}


def proposal_talk(proposal: ProposalDetail, windows: LaboratoryWindows | None = None) -> TalkPlace:
    """Return where people talk about a proposal."""
    window = (windows or get_windows(proposal.laboratory_slug)).window(Ability.COMMENT)
    actor, author_id = current_actor(), proposal.facts.author_id
    return TalkPlace(
        topic=Topic(proposal_id=proposal.id),
        slug=proposal.laboratory_slug,
        laboratory_title=proposal.laboratory_title,
        title=proposal.title,
        author_ids=() if author_id is None else (author_id,),
        window=window,
        refusal=find_comment_refusal(
            is_public=proposal.state is ProposalState.PUBLISHED,
            is_open=window.is_open,
            waiting=0,
        ),
        is_for_office=actor.is_signed_in and speaks_for_office(actor, proposal.facts),
        text=proposal.text,
    )


@laboratories.post(f"{PROPOSAL}/commenta")
@requires(Permission.COMMENT_WRITE)
@writes
def write_comment(slug: str, proposal_id: int) -> BaseResponse:
    """Send a comment; whatever is wrong, the text is kept."""
    place = _get_place(slug, proposal_id)
    return send_comment(place, partial(services.write_comment, proposal_id=proposal_id))


@laboratories.get(f"{PROPOSAL}/commenti/<int:comment_id>")
@requires(Permission.PROPOSAL_READ)
def show_comment(slug: str, proposal_id: int, comment_id: int) -> BaseResponse:
    """Lead to where a comment stands, on whatever page of the talk."""
    return redirect(_get_place(slug, proposal_id).find_comment(comment_id))


@laboratories.post(f"{PROPOSAL}/commenti/<int:comment_id>/utile")
@requires(Permission.COMMENT_WRITE)
@writes
def find_comment_useful(slug: str, proposal_id: int, comment_id: int) -> BaseResponse:
    """Find a comment useful, or no longer."""
    address = _get_place(slug, proposal_id).find_comment(comment_id)
    judge_comment(comment_id)
    return redirect_after_post(address)


@laboratories.post(f"{PROPOSAL}/commenti/<int:comment_id>/ritira")
@requires(Permission.COMMENT_WRITE)
@writes
def withdraw_comment(slug: str, proposal_id: int, comment_id: int) -> BaseResponse:
    """Take one's own comment back."""
    place = _get_place(slug, proposal_id)
    return withdraw_from(place, comment_id)


@laboratories.get(f"{PROPOSAL}/commenti/<int:comment_id>/<any(utile, ritira):_step>")
@requires(Permission.PROPOSAL_READ)
def show_comment_again(slug: str, proposal_id: int, comment_id: int, _step: str) -> BaseResponse:
    """Lead a way back from signing in to the comment itself."""
    return show_comment(slug, proposal_id, comment_id)


@laboratories.get(f"{PROPOSAL}/<any(sostieni, 'non-sostengo', commenta):_step>")
@requires(Permission.PROPOSAL_READ)
def show_proposal_again(slug: str, proposal_id: int, _step: str) -> BaseResponse:
    """Lead a reloaded answer, or a way back from signing in, to the proposal itself."""
    return redirect(_get_place(slug, proposal_id).page())


def judge_comment(comment_id: int) -> None:
    """Find a comment useful, or no longer, as the form sent says."""
    is_taken_back = request.form.get("togli") == "1"
    act = services.find_no_longer_useful if is_taken_back else services.find_useful
    act(actor=current_actor(), comment_id=comment_id)


def withdraw_from(place: TalkPlace, comment_id: int) -> BaseResponse:
    """Take one's own comment back, which is of this talk."""
    place.find_comment(comment_id)
    services.withdraw_comment(actor=current_actor(), comment_id=comment_id)
    flash(_("You have taken your comment back."), "yes")
    return redirect_after_post(f"{place.page()}#talk")


def _get_place(slug: str, proposal_id: int) -> TalkPlace:
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    authorize(Permission.PROPOSAL_READ, proposal.facts)
    return proposal_talk(proposal)
