"""Booking the introductory talk."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.interviews import BookingForm
from portal.volunteering.forms.steps import VersionForm
from portal.volunteering.policies import find_interview_refusal
from portal.volunteering.queries.interviews import find_interview_standing, list_free_slots
from portal.volunteering.routes.blueprint import volunteering

INTERVIEW = "/volontariato/colloquio"
CONFLICT, UNPROCESSABLE = 409, 422


@volunteering.get(INTERVIEW)
@requires(Permission.ENROLMENT_REQUEST)
def show_interview() -> Response:
    """Show the talk I have booked, and the times that are free."""
    return _render(BookingForm(formdata=None))


@volunteering.post(INTERVIEW)
@requires(Permission.ENROLMENT_REQUEST)
@writes
def book_interview() -> BaseResponse:
    """Book a time, or move to it."""
    form = BookingForm()
    form.offer(())
    if not form.validate():
        return _render(form, status=UNPROCESSABLE)
    try:
        services.book_interview(actor=current_actor(), slot_id=form.slot_id)
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(form, status=CONFLICT)
    flash(_("Booked: we have also written to you, with the entry for your calendar."), "yes")
    return redirect_after_post(url_for("volunteering.show_interview"))


@volunteering.post(f"{INTERVIEW}/annulla")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def cancel_interview() -> BaseResponse:
    """Give the time back."""
    services.cancel_interview(actor=current_actor())
    flash(_("The time is free again. Choose another one whenever you like."), "yes")
    return redirect_after_post(url_for("volunteering.show_interview"))


def _render(form: BookingForm, *, status: int = 200) -> Response:
    standing = find_interview_standing(current_actor().account_id)
    refusal = find_interview_refusal(standing.facts)
    slots = [] if refusal else list_free_slots()
    form.offer(slots)
    return render_page(
        "volunteering/interview.html",
        status=status,
        form=form,
        cancel_form=VersionForm(formdata=None),
        interview=standing.booked,
        refusal=refusal,
        slots=slots,
    )
