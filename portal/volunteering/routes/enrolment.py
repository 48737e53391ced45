"""Enrolling in the register of volunteers, step by step."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.moderation.queries import find_case_of
from portal.moderation.states import CaseKind
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms import (
    EnrolmentPersonForm,
    EnrolmentSendForm,
    EnrolmentTimesForm,
    RestartForm,
)
from portal.volunteering.policies import (
    YOUNGEST_VOLUNTEER,
    enrolment_has_person,
    enrolment_is_complete,
    find_interview_refusal,
)
from portal.volunteering.queries import EnrolmentRow
from portal.volunteering.queries.interviews import find_interview_standing
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import EDITABLE_ENROLMENTS, DayPart, Residence, Weekday

ENROLMENT = "/volontariato/iscrizione"
UNPROCESSABLE = 422


@volunteering.get(ENROLMENT)
@requires(Permission.PORTAL_READ)
def show_enrolment() -> Response:
    """Show what the register is, how to enrol, and where one's own request is."""
    actor = current_actor()
    enrolment = queries.find_enrolment_of(actor.account_id) if actor.is_signed_in else None
    case = find_case_of(CaseKind.ENROLMENT, enrolment.id) if enrolment else None
    standing = find_interview_standing(actor.account_id) if enrolment else None
    return render_page(
        "volunteering/enrolment_detail.html",
        enrolment=enrolment,
        case=case,
        next_step=_next_step(enrolment),
        youngest=YOUNGEST_VOLUNTEER,
        form=RestartForm() if enrolment else None,
        interview=standing.booked if standing else None,
        can_book_interview=standing is not None and find_interview_refusal(standing.facts) is None,
    )


@volunteering.get(f"{ENROLMENT}/chi-sei")
@requires(Permission.ENROLMENT_REQUEST)
def edit_enrolment_person() -> BaseResponse:
    """Ask who the person is."""
    enrolment = queries.find_enrolment_of(current_actor().account_id)
    if not _is_editable(enrolment):
        return redirect_after_post(url_for("volunteering.show_enrolment"))
    return _render_person(EnrolmentPersonForm(obj=enrolment), enrolment)


@volunteering.post(f"{ENROLMENT}/chi-sei")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def save_enrolment_person() -> BaseResponse:
    """Keep who the person is, and go on."""
    form = EnrolmentPersonForm()
    if form.validate() and form.born_on.data is not None:
        try:
            services.save_enrolment_person(
                actor=current_actor(),
                born_on=form.born_on.data,
                residence=Residence(form.residence.data),
                phone=form.phone.data,
            )
        except RuleBrokenError as error:
            form.take_error(error)
        else:
            return redirect_after_post(url_for("volunteering.edit_enrolment_times"))
    return _render_person(form, queries.find_enrolment_of(current_actor().account_id))


@volunteering.get(f"{ENROLMENT}/quando")
@requires(Permission.ENROLMENT_REQUEST)
def edit_enrolment_times() -> BaseResponse:
    """Ask when the person has time."""
    enrolment = queries.find_enrolment_of(current_actor().account_id)
    if enrolment is None or not _is_editable(enrolment):
        return redirect_after_post(url_for("volunteering.show_enrolment"))
    return _render_times(EnrolmentTimesForm(obj=enrolment), enrolment)


@volunteering.post(f"{ENROLMENT}/quando")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def save_enrolment_times() -> BaseResponse:
    """Keep when the person has time, and go on."""
    form = EnrolmentTimesForm()
    if not form.validate():
        return _render_times(form, queries.find_enrolment_of(current_actor().account_id))
    services.save_enrolment_times(
        actor=current_actor(),
        availability=form.availability.data,
        motivation=form.motivation.data or "",
    )
    return redirect_after_post(url_for("volunteering.show_enrolment_summary"))


@volunteering.get(f"{ENROLMENT}/riepilogo")
@requires(Permission.ENROLMENT_REQUEST)
def show_enrolment_summary() -> BaseResponse:
    """Show everything on one screen before it is sent."""
    enrolment = queries.find_enrolment_of(current_actor().account_id)
    if enrolment is None or not _is_editable(enrolment) or not enrolment_is_complete(enrolment):
        return redirect_after_post(url_for(_next_step(enrolment) or "volunteering.show_enrolment"))
    return render_page(
        "volunteering/enrolment_summary.html", enrolment=enrolment, form=EnrolmentSendForm()
    )


@volunteering.post(f"{ENROLMENT}/riepilogo")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def submit_enrolment() -> BaseResponse:
    """Hand the request in."""
    services.submit_enrolment(actor=current_actor())
    flash(_("Your request has been sent: we have also written to you by mail."), "yes")
    return redirect_after_post(url_for("volunteering.show_enrolment"))


@volunteering.post(f"{ENROLMENT}/ricomincia")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def restart_enrolment() -> BaseResponse:
    """Ask again after a refusal."""
    services.restart_enrolment(actor=current_actor())
    return redirect_after_post(url_for("volunteering.edit_enrolment_person"))


def _is_editable(enrolment: EnrolmentRow | None) -> bool:
    return enrolment is None or enrolment.state in EDITABLE_ENROLMENTS


def _next_step(enrolment: EnrolmentRow | None) -> str | None:
    """Return the endpoint of what is still to be filled in or sent; None once it is sent."""
    if not _is_editable(enrolment):
        return None
    if enrolment is None or not enrolment_has_person(enrolment):
        return "volunteering.edit_enrolment_person"
    if not enrolment_is_complete(enrolment):
        return "volunteering.edit_enrolment_times"
    return "volunteering.show_enrolment_summary"


def _render_person(form: EnrolmentPersonForm, enrolment: EnrolmentRow | None) -> Response:
    is_invalid = form.errors or form.form_errors
    return render_page(
        "volunteering/enrolment_person_form.html",
        status=UNPROCESSABLE if is_invalid else 200,
        form=form,
        enrolment=enrolment,
    )


def _render_times(form: EnrolmentTimesForm, enrolment: EnrolmentRow | None) -> Response:
    return render_page(
        "volunteering/enrolment_times_form.html",
        status=UNPROCESSABLE if form.errors else 200,
        form=form,
        enrolment=enrolment,
        weekdays=list(Weekday),
        day_parts=list(DayPart),
    )
