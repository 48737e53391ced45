"""My hours: what counts, what waits, declaring more."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_number, requested_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.hours import HoursForm
from portal.volunteering.queries.hours import (
    list_declarable_projects,
    list_hours_of,
    list_hours_totals,
    sum_hours,
)
from portal.volunteering.routes.blueprint import volunteering

HOURS = "/area-personale/ore"
UNPROCESSABLE = 422


@volunteering.get(HOURS)
@requires(Permission.HOURS_DECLARE)
def list_my_hours() -> Response:
    """Show the hours of a year, what they add up to, and the form to declare more."""
    return _render(HoursForm(formdata=None))


@volunteering.post(HOURS)
@requires(Permission.HOURS_DECLARE)
@writes
def declare_hours() -> BaseResponse:
    """Declare hours."""
    form = HoursForm()
    form.offer(list_declarable_projects(current_actor().account_id))
    minutes = form.time.minutes
    if not form.validate() or form.worked_on.data is None or minutes is None:
        return _render(form, status=UNPROCESSABLE)
    try:
        services.declare_hours(
            actor=current_actor(),
            project_id=form.project.data,
            worked_on=form.worked_on.data,
            minutes=minutes,
            note=form.note.data or "",
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(form, status=UNPROCESSABLE)
    flash(_("Written down: they count once who follows the project has confirmed them."), "yes")
    year = form.worked_on.data.year
    return redirect_after_post(url_for("volunteering.list_my_hours", anno=year))


@volunteering.post(f"{HOURS}/<int:entry_id>/togli")
@requires(Permission.HOURS_DECLARE)
@writes
def withdraw_hours(entry_id: int) -> BaseResponse:
    """Take back hours that nobody has verified."""
    services.withdraw_hours(actor=current_actor(), entry_id=entry_id)
    flash(_("Taken back."), "yes")
    return redirect_after_post(url_for("volunteering.list_my_hours"))


def _render(form: HoursForm, *, status: int = 200) -> Response:
    user_id, this_year = current_actor().account_id, local_today().year
    year = requested_number("anno", default=this_year, least=2000, most=this_year)
    projects = list_declarable_projects(user_id)
    form.offer(projects)
    totals = list_hours_totals(user_id)
    return render_page(
        "volunteering/my_hours.html",
        status=status,
        form=form,
        projects=projects,
        totals=[t for t in totals if t.year == year],
        year=year,
        years=sorted({this_year, *(t.year for t in totals)}, reverse=True),
        sum=sum_hours(totals, year),
        page=list_hours_of(user_id, year=year, page=requested_page()),
    )
