"""Where help is needed, one shift, one project; taking and leaving a place."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import can, current_actor, requires
from portal.core.caching import HoldsFor, revalidated
from portal.core.clock import local_today
from portal.core.htmx import redirect_after_post, render_page, wants_partial
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.territory.queries import DistrictRow, list_districts
from portal.volunteering import queries, services
from portal.volunteering.queries import ShiftFilters
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import DayPart, Sector, SignUpRefusal, SignUpState, Weekday

Choice = TypeVar("Choice", bound=StrEnum)

SHIFT = "/volontariato/turni/<int:shift_id>"
CONFLICT = 409


@volunteering.get("/volontariato/")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.MINUTE)
def list_shifts() -> Response:
    """Show where help is needed, soonest first."""
    districts = list_districts()
    filters = _requested_filters(districts)
    page = queries.list_shifts(filters, page=requested_page())
    return render_page(
        "volunteering/shift_list.html",
        partial="volunteering/_results.html",
        page=page,
        decisions=queries.decide_for(current_actor(), page.rows),
        filters=filters,
        districts=districts,
        sectors=list(Sector),
        weekdays=list(Weekday),
        day_parts=list(DayPart),
        today=local_today(),
        tomorrow=local_today() + timedelta(days=1),
    )


@volunteering.get("/volontariato/progetti/<slug>")
@requires(Permission.PORTAL_READ)
def show_project(slug: str) -> Response:
    """Show a project and its shifts to come."""
    project = queries.get_project(slug, with_names=can(Permission.TUTOR_READ))
    page = queries.list_shifts(ShiftFilters(project_id=project.id), page=requested_page())
    return render_page(
        "volunteering/project_detail.html",
        partial="volunteering/_project_shifts.html",
        project=project,
        page=page,
        decisions=queries.decide_for(current_actor(), page.rows),
    )


@volunteering.get(SHIFT)
@requires(Permission.PORTAL_READ)
def show_shift(shift_id: int) -> Response:
    """Show one shift and what the person looking can do."""
    return _render_shift(shift_id)


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


def _requested_filters(districts: list[DistrictRow]) -> ShiftFilters:
    return ShiftFilters(
        text=requested_text(),
        sectors=_requested_choices("settore", Sector),
        district_code=requested_choice("ambito", {d.code for d in districts}),
        weekdays=_requested_choices("giorno", Weekday),
        day_parts=_requested_choices("parte", DayPart),
    )


def _requested_choices(name: str, known: type[Choice]) -> frozenset[Choice]:
    """Return the filters of the address that exist; others are ignored."""
    wanted: set[Any] = set(request.args.getlist(name))
    return frozenset(choice for choice in known if choice.value in wanted)
