"""Taking part in a laboratory, following it, and ending its mails."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.extensions import csrf
from portal.core.forms import is_one_click
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.laboratories import JoinForm
from portal.laboratories.queries.people import find_follow_link, find_own_part
from portal.laboratories.routes.blueprint import laboratories
from portal.permissions import Permission

END_OF_NEWS = "/laboratori/notizie/fine/<token>"
NOT_FOUND, UNPROCESSABLE = 404, 422


@laboratories.get("/laboratori/<slug>/partecipa")
@requires(Permission.LABORATORY_JOIN)
def show_own_part(slug: str) -> Response:
    """Show how one is in a laboratory."""
    laboratory = queries.get_laboratory(slug)
    part = find_own_part(current_actor().account_id, laboratory.id)
    return render_page(
        "laboratories/join_form.html", laboratory=laboratory, form=JoinForm(data=vars(part))
    )


@laboratories.post("/laboratori/<slug>/partecipa")
@requires(Permission.LABORATORY_JOIN)
@writes
def join_laboratory(slug: str) -> BaseResponse:
    """Take part, follow, be named, or none of these."""
    laboratory, form = queries.get_laboratory(slug), JoinForm()
    if not form.validate_on_submit():
        return render_page(
            "laboratories/join_form.html", status=UNPROCESSABLE, laboratory=laboratory, form=form
        )
    services.join_laboratory(
        actor=current_actor(),
        laboratory_id=laboratory.id,
        takes_part=form.takes_part.data,
        follows=form.follows.data,
        shows_name=form.shows_name.data,
    )
    flash(_("Saved: you can change it at any time."), "yes")
    return redirect_after_post(url_for("laboratories.show_laboratory", slug=slug))


@laboratories.get(END_OF_NEWS)
@requires(Permission.LINK_ANSWER)
def show_end_of_news(token: str) -> Response:
    """Show the button that ends the mails of a laboratory."""
    return _render_end(token)


# Mail programs press it by themselves (RFC 8058): they have no session, and follow no redirection.
@laboratories.post(END_OF_NEWS)
@csrf.exempt
@requires(Permission.LINK_ANSWER)
@writes
def end_news(token: str) -> Response:
    """End the mails of a laboratory; only a post that says it wants to does (RFC 8058, 3.1)."""
    if not is_one_click():
        return _render_end(token, status=UNPROCESSABLE)
    link = find_follow_link(token)
    if link.user_id:
        services.stop_following(link=link)
    return _render_end(token)


def _render_end(token: str, *, status: int = 200) -> Response:
    link = find_follow_link(token)
    return render_page(
        "laboratories/end_of_news.html",
        status=status if link.user_id or status == UNPROCESSABLE else NOT_FOUND,
        link=link,
        token=token,
    )
