"""Weekly series of shifts, for the office: looked at before they are made or changed."""

from datetime import date
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.translation import language
from portal.core.unit_of_work import writes
from portal.core.working_calendar import holiday_name
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.shifts import SeriesForm, written_series
from portal.volunteering.forms.steps import VersionForm
from portal.volunteering.policies import Touch
from portal.volunteering.queries import ProjectDeskRow, SeriesRow
from portal.volunteering.routes.blueprint import volunteering

ALL_SERIES = "/gestione/volontariato/progetti/<int:project_id>/serie/"
SERIES = f"{ALL_SERIES}<int:series_id>"
UNPROCESSABLE, CONFLICT = 422, 409


@volunteering.get(ALL_SERIES)
@requires(Permission.PROJECT_ADMINISTER)
def list_series(project_id: int) -> Response:
    """Show the weekly series of a project, and what is left of those that were undone."""
    rows = queries.list_series(project_id)
    return render_page(
        "volunteering/series_list.html",
        project=queries.get_project_desk(project_id),
        series=rows,
        kept=queries.list_kept_shifts([row.id for row in rows if row.undone_at]),
        forms={
            row.id: VersionForm(formdata=None, data={"version": row.version})
            for row in rows
            if not row.undone_at
        },
    )


@volunteering.get(f"{ALL_SERIES}nuova")
@requires(Permission.PROJECT_ADMINISTER)
def new_series(project_id: int) -> Response:
    """Show an empty form."""
    return _form_page(queries.get_project_desk(project_id), SeriesForm())


@volunteering.post(f"{ALL_SERIES}nuova/anteprima")
@requires(Permission.PROJECT_ADMINISTER)
def preview_series(project_id: int) -> Response:
    """Show how many shifts there would be, from when to when, and which holidays they hit."""
    project, form = queries.get_project_desk(project_id), SeriesForm()
    if not form.validate_on_submit():
        return _form_page(project, form, status=UNPROCESSABLE)
    try:
        days = services.check_pattern(pattern=form.pattern)
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(project, form, status=UNPROCESSABLE)
    return _form_page(project, form, days=days, holidays=_holidays_of(days))


@volunteering.post(f"{ALL_SERIES}nuova")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def create_series(project_id: int) -> BaseResponse:
    """Make a series with all its shifts."""
    project, form = queries.get_project_desk(project_id), SeriesForm()
    if not form.validate_on_submit():
        return _form_page(project, form, status=UNPROCESSABLE)
    try:
        made = services.create_series(
            actor=current_actor(), project_id=project_id, pattern=form.pattern
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(project, form, status=UNPROCESSABLE)
    flash(ngettext("One shift is planned.", "%(num)s shifts are planned.", made.shifts), "yes")
    return redirect_after_post(_list_address(project_id))


@volunteering.get(SERIES)
@requires(Permission.PROJECT_ADMINISTER)
def edit_series(project_id: int, series_id: int) -> Response:
    """Show the form with what the series says now."""
    series = queries.get_series(project_id, series_id)
    project = queries.get_project_desk(project_id)
    return _form_page(project, SeriesForm(data=written_series(series)), series)


@volunteering.post(f"{SERIES}/anteprima")
@requires(Permission.PROJECT_ADMINISTER)
def preview_series_change(project_id: int, series_id: int) -> Response:
    """Show what a change would touch, before it does."""
    series = queries.get_series(project_id, series_id)
    project, form = queries.get_project_desk(project_id), SeriesForm()
    if not form.validate_on_submit():
        return _form_page(project, form, series, status=UNPROCESSABLE)
    return _plan_page(project, form, series)


@volunteering.post(SERIES)
@requires(Permission.PROJECT_ADMINISTER)
@writes
def save_series(project_id: int, series_id: int) -> BaseResponse:
    """Change a series and let its shifts follow, as it was shown."""
    series = queries.get_series(project_id, series_id)
    project, form = queries.get_project_desk(project_id), SeriesForm()
    if not form.validate_on_submit():
        return _form_page(project, form, series, status=UNPROCESSABLE)
    try:
        change = services.change_series(
            actor=current_actor(),
            project_id=project_id,
            series_id=series_id,
            seen=services.SeenSeries(form.version.data, form.seen.data or ""),
            pattern=form.pattern,
            reason=form.reason.data,
        )
    except services.SeriesChangedError:
        form.version.data = series.version
        return _plan_page(project, form, series, status=CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return _plan_page(project, form, series, status=UNPROCESSABLE)
    told = change.people_of(Touch.MOVED) + change.people_of(Touch.CANCELLED)
    if told:
        flash(_("The series is changed; who is signed up has been told by mail."), "yes")
    else:
        flash(_("The series is changed."), "yes")
    return redirect_after_post(_list_address(project_id))


@volunteering.post(f"{SERIES}/disfa")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def undo_series(project_id: int, series_id: int) -> BaseResponse:
    """Take back the shifts to come of a series for which nobody signed up."""
    undone = services.undo_series(
        actor=current_actor(),
        project_id=project_id,
        series_id=series_id,
        seen_version=VersionForm().version.data,
    )
    words = ngettext("One shift is gone.", "%(num)s shifts are gone.", undone.deleted)
    if undone.kept:
        stays = ngettext(
            "One stays, because somebody signed up: you find it below.",
            "%(num)s stay, because somebody signed up: you find them below.",
            undone.kept,
        )
        words = f"{words} {stays}"
    flash(words, "yes")
    return redirect_after_post(_list_address(project_id))


def _list_address(project_id: int) -> str:
    return url_for("volunteering.list_series", project_id=project_id)


def _holidays_of(days: list[date]) -> list[tuple[date, str]]:
    named = ((day, holiday_name(day, language())) for day in days)
    return [(day, name) for day, name in named if name]


def _plan_page(
    project: ProjectDeskRow, form: SeriesForm, series: SeriesRow, *, status: int = 200
) -> Response:
    """Show what a change would touch now; with it the button that does it."""
    change = None
    try:
        change = services.plan_change(series_id=series.id, pattern=form.pattern)
    except RuleBrokenError as error:
        if not form.form_errors and not form.errors:
            form.take_error(error)
        status = UNPROCESSABLE
    if change is not None:
        form.seen.data = change.fingerprint
    return _form_page(project, form, series, status=status, change=change)


def _form_page(
    project: ProjectDeskRow,
    form: SeriesForm,
    series: SeriesRow | None = None,
    *,
    status: int = 200,
    **preview: Any,  # noqa: ANN401 - what the preview shows
) -> Response:
    return render_page(
        "volunteering/series_form.html",
        status=status,
        project=project,
        form=form,
        series=series,
        is_moved=status == CONFLICT,
        **{"change": None, "days": None, "holidays": [], **preview},
    )
