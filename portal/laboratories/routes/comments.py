"""Comments on a proposal: reading them, writing, finding useful, taking back."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.extensions import limiter
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_number, requested_page
from portal.core.text import short_name
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.talk import CommentForm
from portal.laboratories.policies import speaks_for_office
from portal.laboratories.queries import ProposalDetail
from portal.laboratories.queries.talk import (
    TalkPage,
    find_comment,
    find_page_of,
    list_comments,
)
from portal.laboratories.queries.windows import LaboratoryWindows
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.supports import PROPOSAL
from portal.laboratories.services import CommentRefusedError
from portal.laboratories.states import Ability, CommentOrder, CommentState
from portal.permissions import Permission

HTTP_CONFLICT, HTTP_INVALID, HTTP_TOO_MANY = 409, 422, 429
COMMENTS_PER_PERSON = "20 per minute"
LARGEST_ID = 10**9 - 1


def talk_context(proposal: ProposalDetail, windows: LaboratoryWindows) -> dict[str, Any]:
    """Return the page of comments the address asks for, and the form below them."""
    order = CommentOrder(requested_choice("commenti", set(CommentOrder)) or CommentOrder.NEWEST)
    actor = current_actor()
    talk = (
        list_comments(
            actor,
            proposal_id=proposal.id,
            proposer_id=proposal.facts.author_id,
            order=order,
            page=requested_page(),
        )
        if proposal.published_at and not proposal.is_trace
        else None
    )
    return {
        "talk": talk,
        "comment_orders": tuple(CommentOrder),
        "comment_window": windows.window(Ability.COMMENT),
        "answered": _find_answered(talk),
        "comment_form": CommentForm(formdata=None, parent_id=_answered_id()),
        "comment_name": short_name(actor.name),
        "is_for_office": actor.is_signed_in and speaks_for_office(actor, proposal.facts),
    }


@laboratories.post(f"{PROPOSAL}/commenta")
@requires(Permission.COMMENT_WRITE)
@writes
def write_comment(slug: str, proposal_id: int) -> BaseResponse:
    """Send a comment; whatever is wrong, the text is kept."""
    proposal = _get_readable(slug, proposal_id)
    form = CommentForm()
    if not form.validate():
        return _form_page(form, proposal, HTTP_INVALID)
    try:
        with limiter.limit(
            COMMENTS_PER_PERSON, key_func=lambda: f"account:{current_actor().account_id}"
        ):
            comment = services.write_comment(
                actor=current_actor(),
                proposal_id=proposal_id,
                text=form.text.data,
                form_key=form.form_key.data,
                parent_id=form.parent_id.data or None,
            )
    except RateLimitExceeded:
        form.form_errors.append(_("That was many comments in a minute: wait a moment, then send."))
        return _form_page(form, proposal, HTTP_TOO_MANY)
    except CommentRefusedError as error:
        form.form_errors.append(error.sentence)
        return _form_page(form, proposal, HTTP_CONFLICT)
    if comment.state is CommentState.PUBLISHED:
        flash(_("Your comment is public."), "yes")
    else:
        flash(_("Your comment has arrived. The office reads it first, you get a mail."), "yes")
    return redirect_after_post(_place(proposal, comment.id))


@laboratories.get(f"{PROPOSAL}/commenti/<int:comment_id>")
@requires(Permission.PROPOSAL_READ)
def show_comment(slug: str, proposal_id: int, comment_id: int) -> BaseResponse:
    """Lead to where a comment stands, on whatever page of the talk."""
    proposal = _get_readable(slug, proposal_id)
    number = find_page_of(current_actor(), proposal_id=proposal_id, comment_id=comment_id)
    return redirect(_place(proposal, comment_id, number))


@laboratories.post(f"{PROPOSAL}/commenti/<int:comment_id>/utile")
@requires(Permission.COMMENT_WRITE)
@writes
def find_comment_useful(slug: str, proposal_id: int, comment_id: int) -> BaseResponse:
    """Find a comment useful, or no longer."""
    proposal = _get_readable(slug, proposal_id)
    number = find_page_of(current_actor(), proposal_id=proposal_id, comment_id=comment_id)
    is_taken_back = request.form.get("togli") == "1"
    act = services.find_no_longer_useful if is_taken_back else services.find_useful
    act(actor=current_actor(), comment_id=comment_id)
    return redirect_after_post(_place(proposal, comment_id, number))


@laboratories.post(f"{PROPOSAL}/commenti/<int:comment_id>/ritira")
@requires(Permission.COMMENT_WRITE)
@writes
def withdraw_comment(slug: str, proposal_id: int, comment_id: int) -> BaseResponse:
    """Take one's own comment back."""
    proposal = _get_readable(slug, proposal_id)
    find_page_of(current_actor(), proposal_id=proposal_id, comment_id=comment_id)
    services.withdraw_comment(actor=current_actor(), comment_id=comment_id)
    flash(_("You have taken your comment back."), "yes")
    return redirect_after_post(f"{_page(proposal)}#talk")


@laboratories.get(f"{PROPOSAL}/commenti/<int:comment_id>/<any(utile, ritira):_step>")
@requires(Permission.PROPOSAL_READ)
def show_comment_again(slug: str, proposal_id: int, comment_id: int, _step: str) -> BaseResponse:
    """Lead a way back from signing in to the comment itself."""
    return show_comment(slug, proposal_id, comment_id)


@laboratories.get(f"{PROPOSAL}/<any(sostieni, 'non-sostengo', commenta):_step>")
@requires(Permission.PROPOSAL_READ)
def show_proposal_again(slug: str, proposal_id: int, _step: str) -> BaseResponse:
    """Lead a reloaded answer, or a way back from signing in, to the proposal itself."""
    return redirect(_page(_get_readable(slug, proposal_id)))


def _answered_id() -> int:
    return requested_number("rispondi", default=0, least=1, most=LARGEST_ID)


def _find_answered(talk: TalkPage | None) -> str | None:
    """Return whose comment of this page the form answers to, if it is one."""
    wanted = _answered_id()
    rows = talk.rows if talk else []
    return next((row.author for row in rows if row.id == wanted and row.is_public), None)


def _form_page(form: CommentForm, proposal: ProposalDetail, status: int) -> Response:
    answered = find_comment(proposal.id, form.parent_id.data)
    return render_page(
        "laboratories/comment_form.html",
        status=status,
        form=form,
        proposal=proposal,
        answered=answered,
        comment_name=short_name(current_actor().name),
    )


def _get_readable(slug: str, proposal_id: int) -> ProposalDetail:
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    authorize(Permission.PROPOSAL_READ, proposal.facts)
    return proposal


def _page(proposal: ProposalDetail) -> str:
    return url_for(
        "laboratories.show_proposal", slug=proposal.laboratory_slug, proposal_id=proposal.id
    )


def _place(proposal: ProposalDetail, comment_id: int, number: int = 1) -> str:
    query = f"?pagina={number}" if number > 1 else ""
    return f"{_page(proposal)}{query}#commento-{comment_id}"
