"""The address of one's own calendar, and what programs read there."""

from flask import Blueprint, Response, flash, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import queries as accounts
from portal.accounts import services
from portal.core.access import current_actor, requires
from portal.core.calendar import calendar_response, calendar_text
from portal.core.errors import NotFoundError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.mail import absolute_url
from portal.core.unit_of_work import writes
from portal.home.calendar import list_events_of
from portal.permissions import Permission

own_calendar = Blueprint("own_calendar", __name__)

PAGE = "/area-personale/calendario"


@own_calendar.get(PAGE)
@requires(Permission.PERSONAL_AREA_READ)
def show_page() -> Response:
    """Show the address of one's own calendar, or how to get one."""
    key = accounts.find_calendar_key(current_actor().account_id)
    address = absolute_url("own_calendar.show_calendar", key=key) if key else None
    return render_page("home/own_calendar.html", address=address)


@own_calendar.post(PAGE)
@requires(Permission.PERSONAL_AREA_EDIT)
@writes
def renew_key() -> BaseResponse:
    """Make the address, or another one in its place."""
    services.renew_calendar_key(actor=current_actor())
    flash(_("Here is your new address. An older one no longer works."), "yes")
    return redirect_after_post(url_for("own_calendar.show_page"))


@own_calendar.post(f"{PAGE}/spegni")
@requires(Permission.PERSONAL_AREA_EDIT)
@writes
def drop_key() -> BaseResponse:
    """Let there be no address any more."""
    services.drop_calendar_key(actor=current_actor())
    flash(_("The address no longer works: programs that read it find nothing."), "yes")
    return redirect_after_post(url_for("own_calendar.show_page"))


# The key in the address is what lets one in: whoever reads calendars cannot sign in.
@own_calendar.get("/calendario/<key>.ics")
@requires(Permission.LINK_ANSWER)
def show_calendar(key: str) -> Response:
    """Send everything the owner of the key has promised to be at."""
    owner = accounts.find_calendar_owner(key)
    if owner is None:
        raise NotFoundError
    with force_locale(owner.locale):
        text = calendar_text(list_events_of(owner.user_id), name=_("My commitments in the city"))
    response = calendar_response(text)
    response.headers["Cache-Control"] = "no-store"
    return response
