"""Introductory talks, for the office: times opened, taken back, how they went."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.interviews import OutcomeForm, SlotCancelForm, SlotsForm
from portal.volunteering.queries.interviews import (
    SlotRow,
    count_interviews,
    find_last_place,
    get_booked_slot,
    list_slots,
    list_slots_at,
)
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services import SlotPlace
from portal.volunteering.states import InterviewResult

INTERVIEWS = "/gestione/volontariato/colloqui"
UNPROCESSABLE = 422


@volunteering.get(INTERVIEWS)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def list_interviews() -> Response:
    """Show the times to come with who booked them, or past talks."""
    return _render_list(SlotCancelForm(formdata=None))


@volunteering.get(f"{INTERVIEWS}/nuovi")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def new_slots() -> Response:
    """Ask for a day and its hours."""
    last = find_last_place(current_actor().account_id)
    known = {"place_name": last[0], "address": last[1]} if last else {}
    return _render_form(SlotsForm(formdata=None, data=known))


@volunteering.post(f"{INTERVIEWS}/nuovi/anteprima")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def preview_slots() -> Response:
    """Show which times would be opened, and which are in the way."""
    form = SlotsForm()
    if not form.validate():
        return _render_form(form, status=UNPROCESSABLE)
    return _render_form(form, is_preview=True)


@volunteering.post(f"{INTERVIEWS}/nuovi")
@requires(Permission.VOLUNTEERS_ADMINISTER)
@writes
def open_slots() -> BaseResponse:
    """Open all times of the range."""
    form = SlotsForm()
    if not form.validate():
        return _render_form(form, status=UNPROCESSABLE)
    place = SlotPlace(form.place_name.data, form.address.data or None)
    try:
        made = services.open_slots(actor=current_actor(), times=form.times, place=place)
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_form(form, is_preview=True, status=UNPROCESSABLE)
    words = ngettext(
        "One time is open: people can book it.",
        "%(num)s times are open: people can book them.",
        len(made),
    )
    flash(words, "yes")
    return redirect_after_post(url_for("volunteering.list_interviews"))


@volunteering.post(f"{INTERVIEWS}/<int:slot_id>/togli")
@requires(Permission.VOLUNTEERS_ADMINISTER)
@writes
def cancel_slot(slot_id: int) -> BaseResponse:
    """Take a time back."""
    form = SlotCancelForm()
    if not form.validate():
        return _render_list(form, cancelling=slot_id, status=UNPROCESSABLE)
    had_booked = services.cancel_slot(
        actor=current_actor(), slot_id=slot_id, reason=form.reason.data or ""
    )
    if had_booked:
        flash(_("Taken back: who had booked it has been told how to choose another one."), "yes")
    else:
        flash(_("Taken back: nobody had booked it."), "yes")
    return redirect_after_post(url_for("volunteering.list_interviews"))


@volunteering.get(f"{INTERVIEWS}/prenotazioni/<int:booking_id>")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def edit_outcome(booking_id: int) -> Response:
    """Ask how a talk went."""
    return _render_outcome(get_booked_slot(booking_id), OutcomeForm(formdata=None))


@volunteering.post(f"{INTERVIEWS}/prenotazioni/<int:booking_id>")
@requires(Permission.VOLUNTEERS_ADMINISTER)
@writes
def record_interview(booking_id: int) -> BaseResponse:
    """Write how it went."""
    form = OutcomeForm()
    if not form.validate():
        return _render_outcome(get_booked_slot(booking_id), form, status=UNPROCESSABLE)
    services.record_interview(
        actor=current_actor(),
        booking_id=booking_id,
        result=InterviewResult(form.result.data),
        note=form.note.data or "",
    )
    flash(_("Written down."), "yes")
    return redirect_after_post(url_for("volunteering.list_interviews", vista="passati"))


def _render_list(form: SlotCancelForm, *, cancelling: int = 0, status: int = 200) -> Response:
    is_past = requested_choice("vista", {"passati"}) == "passati"
    return render_page(
        "volunteering/interview_list.html",
        status=status,
        form=form,
        cancelling=cancelling,
        is_past=is_past,
        page=list_slots(is_past=is_past, page=requested_page()),
        counts=count_interviews(),
        today=local_today(),
    )


def _render_form(form: SlotsForm, *, is_preview: bool = False, status: int = 200) -> Response:
    times = form.times if is_preview else []
    taken = list_slots_at(current_actor().account_id, times)
    return render_page(
        "volunteering/interview_slots_form.html",
        status=status,
        form=form,
        planned=[
            (starts, ends, any(a < ends and starts < b for a, b in taken)) for starts, ends in times
        ],
    )


def _render_outcome(slot: SlotRow, form: OutcomeForm, *, status: int = 200) -> Response:
    return render_page("volunteering/interview_outcome.html", status=status, slot=slot, form=form)
