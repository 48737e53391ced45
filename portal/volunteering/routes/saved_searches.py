"""Alerts: searches that tell when something fits, and the link that ends their mails."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.extensions import csrf
from portal.core.forms import invalid_form, is_one_click
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.territory.queries import list_districts
from portal.volunteering import queries, services
from portal.volunteering.emails.saved_searches import read_stop_link
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.shift_filters import read_query

SEARCHES = "/area-personale/avvisi-turni"
STOP = "/volontariato/avvisi/<token>"


@volunteering.post("/volontariato/avvisami")
@requires(Permission.SAVED_SEARCH_EDIT)
@writes
def save_search() -> BaseResponse:
    """Keep the filters of the list one comes from, and go back there."""
    codes = {d.code for d in list_districts()}
    filters = read_query(request.form.get("filtri", ""), district_codes=codes)
    try:
        services.save_search(actor=current_actor(), filters=filters)
    except RuleBrokenError as error:
        flash(str(error.sentence), "wait")
        return redirect_after_post(url_for("volunteering.list_saved_searches"))
    flash(
        _("Done: we write to you in the morning when a new shift fits, once a day at most."), "yes"
    )
    path = url_for("volunteering.list_shifts")
    return redirect_after_post(f"{path}?{filters.query}" if filters.query else path)


@volunteering.get(SEARCHES)
@requires(Permission.SAVED_SEARCH_EDIT)
def list_saved_searches() -> Response:
    """Show what one hears about."""
    districts = list_districts()
    codes = {d.code: d.name for d in districts}
    rows = [
        (row, read_query(row.query, district_codes=codes))
        for row in queries.list_saved_searches(current_actor().account_id)
    ]
    return render_page("volunteering/saved_search_list.html", rows=rows, district_names=codes)


@volunteering.post(f"{SEARCHES}/<int:search_id>/togli")
@requires(Permission.SAVED_SEARCH_EDIT)
@writes
def remove_saved_search(search_id: int) -> BaseResponse:
    """No longer hear about one search."""
    services.remove_search(actor=current_actor(), search_id=search_id)
    flash(_("You no longer hear about these shifts."), "yes")
    return redirect_after_post(url_for("volunteering.list_saved_searches"))


@volunteering.get(STOP)
@requires(Permission.LINK_ANSWER)
def show_alert_stop(token: str) -> Response:
    """Show the button that ends the mails: programs that scan mail follow links."""
    _user_of(token)
    return render_page("volunteering/alert_stop.html", token=token, is_done=False)


# Mail programs press it by themselves (RFC 8058): they have no session, and follow no redirection.
@volunteering.post(STOP)
@csrf.exempt
@requires(Permission.LINK_ANSWER)
@writes
def stop_alerts(token: str) -> Response:
    """End the mails about new shifts, for whom the link was signed.

    Only what says that it wants to (RFC 8058, 3.1) does; anything else gets the button.
    """
    if not is_one_click():
        return invalid_form("volunteering/alert_stop.html", token=token, is_done=False)
    services.stop_searches(user_id=_user_of(token))
    return render_page("volunteering/alert_stop.html", token=token, is_done=True)


def _user_of(token: str) -> int:
    user_id = read_stop_link(token)
    if user_id is None:
        raise NotFoundError
    return user_id
