"""One shift, one project; taking and leaving a place; a shift for one's own calendar."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import can, current_actor, requires
from portal.core.calendar import calendar_response, calendar_text
from portal.core.htmx import redirect_after_post, render_page, wants_partial
from portal.core.origins import find_origin
from portal.core.pagination import requested_page
from portal.core.sign_ups import SignUpState
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.calendars import shift_event
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services.projects import HISTORY
from portal.volunteering.shift_filters import ShiftFilters
from portal.volunteering.states import ProjectState, SignUpRefusal

SHIFT = "/volontariato/turni/<int:shift_id>"
CONFLICT = 409


@volunteering.get("/volontariato/progetti/<slug>")
@requires(Permission.PORTAL_READ)
def show_project(slug: str) -> Response:
    """Show a project and its shifts to come."""
    project = queries.get_project(slug, with_names=can(Permission.TUTOR_READ))
    page = queries.list_shifts(ShiftFilters(project_id=project.id), page=requested_page())
    is_closed = project.state is ProjectState.CLOSED
    return render_page(
        "volunteering/project_detail.html",
        partial="volunteering/_project_shifts.html",
        project=project,
        page=page,
        decisions=queries.decide_for(current_actor(), page.rows),
        outcome=queries.get_project_outcome(project.id) if is_closed else None,
        origin=find_origin(HISTORY, project.id),
    )


@volunteering.get(SHIFT)
@requires(Permission.PORTAL_READ)
def show_shift(shift_id: int) -> Response:
    """Show one shift and what the person looking can do."""
    return _render_shift(shift_id)


@volunteering.get(f"{SHIFT}/turno.ics")
@requires(Permission.PORTAL_READ)
def download_shift_calendar(shift_id: int) -> Response:
    """Send one shift for one's own calendar; a cancelled one says so."""
    shift = queries.get_shift(shift_id, with_names=False)
    return calendar_response(calendar_text([shift_event(shift)], name=shift.title))


@volunteering.get(f"{SHIFT}/<any(partecipo, lascio, 'ci-sono'):_step>")
@requires(Permission.PORTAL_READ)
def show_shift_again(shift_id: int, _step: str) -> BaseResponse:
    """Lead to the shift who comes back to the address of a button (after signing in)."""
    return redirect_after_post(url_for("volunteering.show_shift", shift_id=shift_id))


@volunteering.post(f"{SHIFT}/partecipo")
@requires(Permission.SHIFT_TAKE_PLACE)
@writes
def take_place(shift_id: int) -> BaseResponse:
    """Take a place, or one on the waiting list; a second tap answers like the first."""
    decision = services.take_place(actor=current_actor(), shift_id=shift_id)
    if decision.refusal not in (None, SignUpRefusal.ALREADY_SIGNED_UP):
        # The page says why by the reason that stands in place of the button.
        return _render_shift(shift_id, status=CONFLICT, is_answer=True)
    if wants_partial():
        return _render_shift(shift_id, is_answer=True)
    if decision.outcome is SignUpState.WAITING:
        flash(_("You are on the waiting list: we have sent you a mail."), "wait")
    else:
        flash(_("Your place is confirmed: we have sent you a mail. Thank you!"), "yes")
    return redirect_after_post(url_for("volunteering.show_shift", shift_id=shift_id))


@volunteering.post(f"{SHIFT}/ci-sono")
@requires(Permission.SHIFT_TAKE_PLACE)
@writes
def confirm_attendance(shift_id: int) -> BaseResponse:
    """Say that one is coming, as "ci sei?" asks."""
    services.confirm_own_attendance(actor=current_actor(), shift_id=shift_id)
    flash(_("Thank you: see you there!"), "yes")
    return redirect_after_post(url_for("volunteering.show_shift", shift_id=shift_id))


@volunteering.post(f"{SHIFT}/lascio")
@requires(Permission.SHIFT_LEAVE_PLACE)
@writes
def leave_place(shift_id: int) -> BaseResponse:
    """Give a place back, or leave the waiting list."""
    services.leave_place(actor=current_actor(), shift_id=shift_id)
    if wants_partial():
        return _render_shift(shift_id, is_answer=True, has_left=True)
    flash(_("You have given the place back. Thank you for saying so in time."), "yes")
    return redirect_after_post(url_for("volunteering.show_shift", shift_id=shift_id))


def _render_shift(
    shift_id: int, *, status: int = 200, is_answer: bool = False, has_left: bool = False
) -> Response:
    shift = queries.get_shift(shift_id, with_names=can(Permission.TUTOR_READ))
    return render_page(
        "volunteering/shift_detail.html",
        partial="volunteering/_shift_action.html",
        status=status,
        shift=shift,
        standing=queries.find_standing(current_actor(), shift),
        is_answer=is_answer,
        has_left=has_left,
    )
