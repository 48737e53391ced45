"""My year as numbers, and the page of thanks worth sharing."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.mail import absolute_url
from portal.core.pagination import requested_number
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.thanks import ThanksForm
from portal.volunteering.queries import my_year as queries
from portal.volunteering.queries.my_year import ThanksRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services import ThanksContent

THANKS = "/area-personale/grazie"
UNPROCESSABLE = 422


@volunteering.get("/area-personale/il-mio-anno")
@requires(Permission.PERSONAL_AREA_READ)
def show_my_year() -> Response:
    """Show a year of mine as numbers."""
    user_id = current_actor().account_id
    years = sorted({*queries.list_years_of(user_id), local_today().year}, reverse=True)
    mine = queries.load_my_year(user_id, _requested_year(years))
    return render_page(
        "volunteering/my_year.html",
        years=years,
        mine=mine,
        given=mine.given,
        thanks=queries.find_thanks_of(user_id),
    )


@volunteering.get(THANKS)
@requires(Permission.PERSONAL_AREA_READ)
def edit_thanks() -> Response:
    """Show what my page of thanks shows, to be made, changed or ended."""
    thanks = queries.find_thanks_of(current_actor().account_id)
    written = _written(thanks) if thanks else {"year": request.args.get("anno")}
    return _render_edit(_offered(ThanksForm(formdata=None, data=written)), thanks)


@volunteering.post(f"{THANKS}/anteprima")
@requires(Permission.PERSONAL_AREA_READ)
def preview_thanks() -> BaseResponse:
    """Show the page as it would be; nothing is kept."""
    actor, form = current_actor(), _offered(ThanksForm())
    thanks = queries.find_thanks_of(actor.account_id)
    if not form.validate():
        return _render_edit(form, thanks)
    content = _content(form)
    try:
        services.check_name(actor=actor, shown_name=content.shown_name)
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_edit(form, thanks)
    return _render_edit(form, thanks, ThanksRow(actor.account_id, key="", **vars(content)))


@volunteering.post(THANKS)
@requires(Permission.PERSONAL_AREA_READ)
@writes
def share_thanks() -> BaseResponse:
    """Make the page, or change what it shows."""
    actor, form = current_actor(), _offered(ThanksForm())
    if not form.validate():
        return _render_edit(form, queries.find_thanks_of(actor.account_id))
    try:
        services.share_thanks(actor=actor, content=_content(form))
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_edit(form, queries.find_thanks_of(actor.account_id))
    flash(_("Your page is there: who has its address can read it."), "yes")
    return redirect_after_post(url_for("volunteering.edit_thanks"))


@volunteering.post(f"{THANKS}/togli")
@requires(Permission.PERSONAL_AREA_READ)
@writes
def end_thanks() -> BaseResponse:
    """Take the page away."""
    services.end_thanks(actor=current_actor())
    flash(_("Your page is gone: its address leads nowhere from now on."), "yes")
    return redirect_after_post(url_for("volunteering.edit_thanks"))


@volunteering.get("/grazie/<key>")
@requires(Permission.PORTAL_READ)
def show_thanks(key: str) -> Response:
    """Show a page of thanks to who has its address."""
    page = queries.get_thanks_page(key)
    response = render_page("volunteering/thanks.html", page=page)
    # Ended pages end at once, and no search engine keeps one.
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _written(thanks: ThanksRow) -> dict[str, object]:
    return {
        "year": str(thanks.year),
        "name": thanks.shown_name or "",
        "hours": thanks.shows_hours,
        "projects": thanks.shows_projects,
        "places": thanks.shows_places,
    }


def _content(form: ThanksForm) -> ThanksContent:
    return ThanksContent(
        year=int(form.year.data),
        shown_name=form.name.data or None,
        shows_hours=form.hours.data,
        shows_projects=form.projects.data,
        shows_places=form.places.data,
    )


def _offered(form: ThanksForm) -> ThanksForm:
    form.offer(queries.list_years_of(current_actor().account_id))
    return form


def _render_edit(
    form: ThanksForm, thanks: ThanksRow | None, draft: ThanksRow | None = None
) -> Response:
    return render_page(
        "volunteering/thanks_form.html",
        status=UNPROCESSABLE if form.error_list else 200,
        form=form,
        thanks=thanks,
        address=absolute_url("volunteering.show_thanks", key=thanks.key) if thanks else None,
        preview=queries.draw_thanks(draft) if draft else None,
        may_name=queries.is_known_adult(current_actor().account_id),
    )


def _requested_year(years: list[int]) -> int:
    """Return the year of the address, if something was done in it; else the present one."""
    year = requested_number("anno", default=years[0], least=2000, most=years[0])
    return year if year in years else years[0]
