"""Answers by the link of a mail, without signing in: GET shows, POST acts, once."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import requires
from portal.core.errors import ForbiddenStepError
from portal.core.extensions import csrf
from portal.core.forms import is_one_click
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.sign_ups import AnswerForm
from portal.volunteering.queries.answers import (
    AnswerLink,
    LinkState,
    find_attendance_link,
    find_calls_link,
    find_offer_link,
)
from portal.volunteering.routes.blueprint import volunteering

OFFER = "/volontariato/offerta/<token>"
ATTENDANCE = "/volontariato/ci-sei/<token>"
CALLS = "/volontariato/chiamate/<token>"
NOT_FOUND, CONFLICT, UNPROCESSABLE = 404, 409, 422


@volunteering.get(OFFER)
@requires(Permission.LINK_ANSWER)
def show_offer(token: str) -> Response:
    """Show the place that is kept, and the two buttons; a mail scanner takes none."""
    return _render_offer(token)


@volunteering.post(OFFER)
@requires(Permission.LINK_ANSWER)
@writes
def answer_offer(token: str) -> BaseResponse:
    """Take the offered place, or leave it to the next."""
    form = AnswerForm()
    if not form.validate():
        return _render_offer(token, status=UNPROCESSABLE)
    link = find_offer_link(token)
    try:
        if form.says_yes:
            decision = services.accept_offer(link=link)
            if not decision.is_allowed:
                return _render_offer(token, status=CONFLICT, decision=decision)
        else:
            services.decline_offer(link=link)
    except ForbiddenStepError:
        return _render_offer(token, status=CONFLICT)
    return redirect_after_post(url_for("volunteering.show_offer", token=token))


@volunteering.get(ATTENDANCE)
@requires(Permission.LINK_ANSWER)
def show_attendance(token: str) -> Response:
    """Show the shift that "ci sei?" asks about, and the two buttons."""
    return _render_attendance(token)


@volunteering.post(ATTENDANCE)
@requires(Permission.LINK_ANSWER)
@writes
def answer_attendance(token: str) -> BaseResponse:
    """Say that one is coming, or give the place back."""
    form = AnswerForm()
    if not form.validate():
        return _render_attendance(token, status=UNPROCESSABLE)
    link = find_attendance_link(token)
    try:
        if form.says_yes:
            services.confirm_attendance(link=link)
        else:
            services.refuse_attendance(link=link)
    except ForbiddenStepError:
        return _render_attendance(token, status=CONFLICT)
    return redirect_after_post(url_for("volunteering.show_attendance", token=token))


@volunteering.get(CALLS)
@requires(Permission.LINK_ANSWER)
def show_calls(token: str) -> Response:
    """Show the button that ends calls for help."""
    return _render_calls(token)


# Mail programs press it by themselves (RFC 8058): they have no session, and follow no redirection.
@volunteering.post(CALLS)
@csrf.exempt
@requires(Permission.LINK_ANSWER)
@writes
def end_calls(token: str) -> Response:
    """End calls for help; only a post that says it wants to does (RFC 8058, 3.1)."""
    if not is_one_click():
        return _render_calls(token, status=UNPROCESSABLE)
    link = find_calls_link(token)
    if link.user_id:
        services.end_calls(link=link)
    return _render_calls(token)


def _render_offer(token: str, *, status: int = 200, decision: object = None) -> Response:
    return _render("volunteering/offer.html", find_offer_link(token), token, status, decision)


def _render_attendance(token: str, *, status: int = 200) -> Response:
    return _render("volunteering/attendance.html", find_attendance_link(token), token, status)


def _render(
    template: str, link: AnswerLink, token: str, status: int, decision: object = None
) -> Response:
    is_dead = link.state is LinkState.DEAD
    return render_page(
        template,
        status=NOT_FOUND if is_dead else status,
        link=link,
        token=token,
        shift=None if is_dead else queries.get_shift(link.shift_id, with_names=True),
        form=AnswerForm() if request.method == "POST" else AnswerForm(formdata=None),
        decision=decision,
    )


def _render_calls(token: str, *, status: int = 200) -> Response:
    link = find_calls_link(token)
    return render_page(
        "volunteering/calls.html",
        status=status if link.user_id or status == UNPROCESSABLE else NOT_FOUND,
        link=link,
        token=token,
    )
