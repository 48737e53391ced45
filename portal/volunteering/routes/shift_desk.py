"""Shifts of a project, for the office: to come and past, added, changed, cancelled."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.shifts import ShiftForm, written_shift
from portal.volunteering.forms.steps import ClosingForm
from portal.volunteering.queries import ProjectDeskRow, ShiftDeskRow
from portal.volunteering.routes.blueprint import volunteering

SHIFTS = "/gestione/volontariato/progetti/<int:project_id>/turni"
SHIFT = f"{SHIFTS}/<int:shift_id>"
PAST = "passati"
UNPROCESSABLE, CONFLICT = 422, 409


@volunteering.get(SHIFTS)
@requires(Permission.PROJECT_ADMINISTER)
def list_project_shifts(project_id: int) -> Response:
    """Show the shifts of a project: to come, or past."""
    is_past = requested_choice("vista", {PAST}) == PAST
    return render_page(
        "volunteering/shift_desk_list.html",
        partial="volunteering/_shift_desk_results.html",
        project=queries.get_project_desk(project_id),
        page=queries.list_shifts_of_project(project_id, is_past=is_past, page=requested_page()),
        is_past=is_past,
    )


@volunteering.get(f"{SHIFTS}/nuovo")
@requires(Permission.PROJECT_ADMINISTER)
def new_shift(project_id: int) -> Response:
    """Show an empty form."""
    return _form_page(queries.get_project_desk(project_id), ShiftForm())


@volunteering.post(f"{SHIFTS}/nuovo")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def create_shift(project_id: int) -> BaseResponse:
    """Plan one shift."""
    project, form = queries.get_project_desk(project_id), ShiftForm()
    if not form.validate_on_submit():
        return _form_page(project, form, status=UNPROCESSABLE)
    try:
        services.add_shift(actor=current_actor(), project_id=project_id, content=form.content())
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(project, form, status=UNPROCESSABLE)
    _say_overnight(form, _("The shift is planned."))
    return redirect_after_post(_list_address(project_id))


@volunteering.get(SHIFT)
@requires(Permission.PROJECT_ADMINISTER)
def edit_shift(project_id: int, shift_id: int) -> Response:
    """Show the form with what is said of a shift; what is over or cancelled is only read."""
    shift = queries.get_shift_desk(project_id, shift_id)
    project = queries.get_project_desk(project_id)
    return _form_page(project, ShiftForm(data=written_shift(shift)), shift)


@volunteering.post(SHIFT)
@requires(Permission.PROJECT_ADMINISTER)
@writes
def save_shift(project_id: int, shift_id: int) -> BaseResponse:
    """Write what is said of a shift, and tell who is signed up of another time or place."""
    shift = queries.get_shift_desk(project_id, shift_id)
    project, form = queries.get_project_desk(project_id), ShiftForm()
    if not form.validate_on_submit():
        return _form_page(project, form, shift, status=UNPROCESSABLE)
    try:
        told = services.change_shift(
            actor=current_actor(),
            project_id=project_id,
            shift_id=shift_id,
            seen_version=form.version.data,
            content=form.content(shift),
        )
    except services.ShiftChangedError as error:
        form.version.data = error.version
        return _form_page(project, form, shift, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(project, form, shift, status=UNPROCESSABLE)
    _say_overnight(form, _told_words(told) if told else _("Saved."))
    return redirect_after_post(_list_address(project_id))


@volunteering.get(f"{SHIFT}/annulla")
@requires(Permission.PROJECT_ADMINISTER)
def edit_cancellation(project_id: int, shift_id: int) -> Response:
    """Ask why a shift does not take place, and say who will be told."""
    shift = queries.get_shift_desk(project_id, shift_id)
    project = queries.get_project_desk(project_id)
    return _cancel_page(project, shift, ClosingForm(data={"version": shift.version}))


@volunteering.post(f"{SHIFT}/annulla")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def cancel_shift(project_id: int, shift_id: int) -> BaseResponse:
    """Call a shift off, with a reason."""
    shift = queries.get_shift_desk(project_id, shift_id)
    project, form = queries.get_project_desk(project_id), ClosingForm()
    if not form.validate_on_submit():
        return _cancel_page(project, shift, form, status=UNPROCESSABLE)
    told = services.cancel_shift(
        actor=current_actor(),
        project_id=project_id,
        shift_id=shift_id,
        seen_version=form.version.data,
        reason=form.reason.data,
    )
    flash(_told_words(told) if told else _("The shift is cancelled: nobody was signed up."), "yes")
    return redirect_after_post(_list_address(project_id))


def _list_address(project_id: int) -> str:
    return url_for("volunteering.list_project_shifts", project_id=project_id)


def _told_words(told: int) -> str:
    return ngettext(
        "Done: one person has been told by mail.",
        "Done: %(num)s people have been told by mail.",
        told,
    )


def _say_overnight(form: ShiftForm, words: str) -> None:
    """Say that the end is on the day after, where it is: nobody should be surprised."""
    if form.ends_time.data < form.starts_time.data:
        words = f"{words} {_('It ends on the day after.')}"
    flash(words, "yes")


def _form_page(
    project: ProjectDeskRow,
    form: ShiftForm,
    shift: ShiftDeskRow | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    history = list_history(subject_kind="shift", subject_id=shift.id) if shift else []
    return render_page(
        "volunteering/shift_form.html",
        status=status,
        project=project,
        form=form,
        shift=shift,
        is_changed=is_changed,
        history=history,
    )


def _cancel_page(
    project: ProjectDeskRow, shift: ShiftDeskRow, form: ClosingForm, *, status: int = 200
) -> Response:
    return render_page(
        "volunteering/shift_cancel.html", status=status, project=project, shift=shift, form=form
    )
