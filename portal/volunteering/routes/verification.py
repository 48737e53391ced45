"""Hours that wait for a tutor: verify, correct, refuse."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, can, current_actor, requires
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.verification import (
    CorrectHoursForm,
    RefuseHoursForm,
    VerifyHoursForm,
)
from portal.volunteering.queries import HoursToVerifyRow, TutorDesk
from portal.volunteering.routes.blueprint import volunteering

HOURS = "/volontariato/tutor/ore"
ENTRY = f"{HOURS}/<int:entry_id>"
UNPROCESSABLE = 422


@volunteering.get(HOURS)
@requires(Permission.PROJECT_TUTOR)
def list_hours_to_verify() -> Response:
    """Show the hours that wait, oldest first."""
    return _render(_projects_of_actor())


@volunteering.post(HOURS)
@requires(Permission.PROJECT_TUTOR)
@writes
def verify_hours() -> BaseResponse:
    """Verify what was ticked, or all that was shown."""
    projects = _projects_of_actor()
    form = VerifyHoursForm()
    chosen = form.chosen
    if form.wants_all:
        chosen = frozenset(row.id for row in queries.list_hours_to_verify(projects))
    if not form.validate() or not chosen:
        form.form_errors.append(_("Tick what you want to verify."))
        return _render(projects, form=form, status=UNPROCESSABLE)
    number = services.verify_hours(actor=current_actor(), entry_ids=chosen, project_ids=projects)
    if number:
        words = ngettext("One entry verified: it counts.", "%(num)s entries verified.", number)
        flash(words, "yes")
    else:
        flash(_("Somebody has dealt with these entries already."), "wait")
    return redirect_after_post(url_for("volunteering.list_hours_to_verify"))


@volunteering.get(ENTRY)
@requires(Permission.PROJECT_TUTOR)
def edit_hours(entry_id: int) -> Response:
    """Show one entry, to change its minutes or refuse it."""
    return _render_entry(_get_entry(entry_id))


@volunteering.post(f"{ENTRY}/correggi")
@requires(Permission.PROJECT_TUTOR)
@writes
def correct_hours(entry_id: int) -> BaseResponse:
    """Verify other minutes than the entry says."""
    entry = _get_entry(entry_id)
    form = CorrectHoursForm()
    if not form.validate():
        return _render_entry(entry, correct=form)
    services.correct_hours(
        actor=current_actor(), entry_id=entry_id, minutes=form.minutes, reason=form.reason.data
    )
    flash(_("The hours are corrected and verified."), "yes")
    return redirect_after_post(url_for("volunteering.list_hours_to_verify"))


@volunteering.post(f"{ENTRY}/rifiuta")
@requires(Permission.PROJECT_TUTOR)
@writes
def refuse_hours(entry_id: int) -> BaseResponse:
    """Say that the entry does not count, and why."""
    entry = _get_entry(entry_id)
    form = RefuseHoursForm(prefix="rifiuto-")
    if not form.validate():
        return _render_entry(entry, refuse=form)
    services.refuse_hours(actor=current_actor(), entry_id=entry_id, reason=form.reason.data)
    flash(_("The entry does not count; the person has been told why."), "yes")
    return redirect_after_post(url_for("volunteering.list_hours_to_verify"))


def _projects_of_actor() -> list[int] | None:
    """Return the projects whose hours the actor sees; None: all, for who looks after volunteers."""
    if can(Permission.VOLUNTEERS_ADMINISTER):
        return None
    projects = queries.list_tutor_projects(current_actor().account_id)
    mine = frozenset({current_actor().account_id} if projects else ())
    authorize(Permission.PROJECT_TUTOR, TutorDesk(mine))
    return [project.id for project in projects]


def _get_entry(entry_id: int) -> HoursToVerifyRow:
    entry = queries.get_hours_entry(entry_id)
    authorize(Permission.PROJECT_TUTOR, entry)
    return entry


def _render(
    projects: list[int] | None, *, form: VerifyHoursForm | None = None, status: int = 200
) -> Response:
    return render_page(
        "volunteering/hours_to_verify.html",
        status=status,
        rows=queries.list_hours_to_verify(projects),
        total=queries.count_hours_to_verify(projects),
        form=form or VerifyHoursForm(formdata=None),
        me=current_actor().account_id,
    )


def _render_entry(
    entry: HoursToVerifyRow,
    *,
    correct: CorrectHoursForm | None = None,
    refuse: RefuseHoursForm | None = None,
) -> Response:
    typed = f"{entry.minutes // 60}:{entry.minutes % 60:02}"
    return render_page(
        "volunteering/hours_form.html",
        status=UNPROCESSABLE if correct or refuse else 200,
        entry=entry,
        correct=correct or CorrectHoursForm(formdata=None, data={"hours": typed}),
        refuse=refuse or RefuseHoursForm(formdata=None, prefix="rifiuto-"),
        is_own=entry.user_id == current_actor().account_id,
    )
