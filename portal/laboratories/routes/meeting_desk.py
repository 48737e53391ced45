"""The desk of meetings: planned, changed, cancelled; who is registered."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import utc_now
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_text
from portal.core.sign_ups import SignUpState
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.forms.meetings import (
    CancelMeetingForm,
    MeetingForm,
    RegisterPersonForm,
    written_meeting,
)
from portal.laboratories.policies.meetings import (
    RegistrationDecision,
    find_meeting_code,
    takes_attendance,
)
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.meetings import MeetingDetail, get_meeting, list_meetings
from portal.laboratories.queries.registrations import find_people_to_register, list_registered
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import CONFLICT, DESK, INVALID, led_laboratory
from portal.laboratories.services import MeetingChangedError
from portal.laboratories.states import MeetingRefusal
from portal.permissions import Permission
from portal.places.queries import list_place_choices

MEETINGS = f"{DESK}<slug>/incontri/"
MEETING = f"{MEETINGS}<int:meeting_id>"
HISTORY = "laboratory_meeting"


def led_meeting(slug: str, meeting_id: int) -> tuple[LaboratoryDetail, MeetingDetail]:
    """Return a laboratory that the actor leads, and one of its meetings; 403 for all others."""
    return led_laboratory(slug), get_meeting(slug, meeting_id)


@laboratories.get(MEETINGS)
@requires(Permission.LABORATORY_OPEN)
def list_meetings_desk(slug: str) -> Response:
    """Show the meetings of a laboratory, and what waits for each."""
    laboratory = led_laboratory(slug)
    return render_page(
        "laboratories/meeting_desk_list.html",
        laboratory=laboratory,
        meetings=list_meetings(laboratory.id),
    )


@laboratories.get(f"{MEETINGS}nuovo")
@requires(Permission.LABORATORY_OPEN)
def new_meeting(slug: str) -> Response:
    """Show an empty form."""
    return _form_page(led_laboratory(slug), _with_places(MeetingForm()))


@laboratories.post(f"{MEETINGS}nuovo")
@requires(Permission.LABORATORY_OPEN)
@writes
def create_meeting(slug: str) -> BaseResponse:
    """Plan a meeting."""
    laboratory, form = led_laboratory(slug), _with_places(MeetingForm())
    if not form.validate_on_submit():
        return _form_page(laboratory, form, status=INVALID)
    try:
        meeting = services.plan_meeting(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            form_key=form.form_key.data,
            content=form.content,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(laboratory, form, status=INVALID)
    flash(_("The meeting is on the page of the laboratory."), "yes")
    return redirect_after_post(_desk_address(slug, meeting.id))


@laboratories.get(MEETING)
@requires(Permission.LABORATORY_OPEN)
def show_meeting_desk(slug: str, meeting_id: int) -> Response:
    """Show who is registered and what there is to do for a meeting."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    return _desk_page(laboratory, meeting)


@laboratories.get(f"{MEETING}/modifica")
@requires(Permission.LABORATORY_OPEN)
def edit_meeting(slug: str, meeting_id: int) -> Response:
    """Show the form with what is said now."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    return _form_page(laboratory, _with_places(MeetingForm(data=written_meeting(meeting))), meeting)


@laboratories.post(f"{MEETING}/modifica")
@requires(Permission.LABORATORY_OPEN)
@writes
def save_meeting(slug: str, meeting_id: int) -> BaseResponse:
    """Change a meeting; who is registered is told of another time or place."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = _with_places(MeetingForm())
    if not form.validate_on_submit():
        return _form_page(laboratory, form, meeting, status=INVALID)
    try:
        told = services.change_meeting(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            meeting_id=meeting.id,
            version=form.version.data,
            content=form.content,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(laboratory, form, meeting, status=INVALID)
    except MeetingChangedError as error:
        # Saving once more is then a choice made with open eyes.
        form.version.data = error.version
        return _form_page(laboratory, form, meeting, status=CONFLICT, is_changed=True)
    flash(_saved_words(told), "yes")
    return redirect_after_post(_desk_address(slug, meeting.id))


@laboratories.get(f"{MEETING}/annulla")
@requires(Permission.LABORATORY_OPEN)
def edit_cancellation(slug: str, meeting_id: int) -> Response:
    """Ask why the meeting does not take place."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = CancelMeetingForm(formdata=None, version=str(meeting.version))
    return _cancellation_page(laboratory, meeting, form)


@laboratories.post(f"{MEETING}/annulla")
@requires(Permission.LABORATORY_OPEN)
@writes
def cancel_meeting(slug: str, meeting_id: int) -> BaseResponse:
    """Call a meeting off and tell who is registered."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = CancelMeetingForm()
    if not form.validate_on_submit():
        return _cancellation_page(laboratory, meeting, form, status=INVALID)
    try:
        told = services.cancel_meeting(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            meeting_id=meeting.id,
            version=form.version.data,
            reason=form.reason.data,
        )
    except ForbiddenStepError as error:
        form.version.data = meeting.version
        form.form_errors.append(error.sentence)
        return _cancellation_page(laboratory, meeting, form, status=CONFLICT)
    flash(
        ngettext(
            "The meeting is cancelled: %(num)s person has been told.",
            "The meeting is cancelled: %(num)s people have been told.",
            told,
        ),
        "yes",
    )
    return redirect_after_post(_desk_address(slug, meeting.id))


@laboratories.post(f"{MEETING}/iscrivi")
@requires(Permission.LABORATORY_OPEN)
@writes
def register_person(slug: str, meeting_id: int) -> BaseResponse:
    """Register somebody who telephoned."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = RegisterPersonForm()
    if not form.validate_on_submit():
        return _desk_page(laboratory, meeting, form=form, status=INVALID)
    decision = services.register_person(
        actor=current_actor(),
        user_id=form.person_id,
        meeting_id=meeting.id,
        people=form.number,
    )
    if decision.refusal not in (None, MeetingRefusal.ALREADY_SIGNED_UP):
        return _desk_page(laboratory, meeting, decision=decision, status=CONFLICT)
    is_waiting = decision.outcome is SignUpState.WAITING
    words = _("On the waiting list: they are told.") if is_waiting else _("Registered.")
    flash(words, "wait" if is_waiting else "yes")
    return redirect_after_post(_desk_address(slug, meeting.id))


@laboratories.post(f"{MEETING}/iscritti/<int:user_id>/togli")
@requires(Permission.LABORATORY_OPEN)
@writes
def unregister_person(slug: str, meeting_id: int, user_id: int) -> BaseResponse:
    """Give back the place of somebody who telephoned."""
    _laboratory, meeting = led_meeting(slug, meeting_id)
    services.leave_meeting(actor=current_actor(), meeting_id=meeting.id, user_id=user_id)
    flash(_("The place is free: who waits is offered it."), "yes")
    return redirect_after_post(_desk_address(slug, meeting.id))


def _desk_address(slug: str, meeting_id: int) -> str:
    return url_for("laboratories.show_meeting_desk", slug=slug, meeting_id=meeting_id)


def _saved_words(told: int) -> str:
    if not told:
        return _("Saved.")
    return ngettext(
        "Saved: %(num)s person has been told by mail.",
        "Saved: %(num)s people have been told by mail.",
        told,
    )


def _with_places(form: MeetingForm) -> MeetingForm:
    form.offer(list_place_choices())
    return form


def _form_page(
    laboratory: LaboratoryDetail,
    form: MeetingForm,
    meeting: MeetingDetail | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/meeting_form.html",
        status=status,
        laboratory=laboratory,
        meeting=meeting,
        form=form,
        is_changed=is_changed,
    )


def _cancellation_page(
    laboratory: LaboratoryDetail,
    meeting: MeetingDetail,
    form: CancelMeetingForm,
    *,
    status: int = 200,
) -> Response:
    return render_page(
        "laboratories/meeting_cancel.html",
        status=status,
        laboratory=laboratory,
        meeting=meeting,
        form=form,
    )


def _desk_page(
    laboratory: LaboratoryDetail,
    meeting: MeetingDetail,
    *,
    status: int = 200,
    form: RegisterPersonForm | None = None,
    decision: RegistrationDecision | None = None,
) -> Response:
    now, text = utc_now(), requested_text()
    return render_page(
        "laboratories/meeting_desk.html",
        status=status,
        laboratory=laboratory,
        meeting=meeting,
        registered=list_registered(meeting.id),
        text=text,
        people=find_people_to_register(text),
        form=form or RegisterPersonForm(formdata=None),
        decision=decision,
        button=PortalForm(formdata=None),
        takes_attendance=takes_attendance(meeting, now),
        code_state=find_meeting_code(meeting, now),
        has_begun=meeting.starts_at <= now,
        history=list_history(subject_kind=HISTORY, subject_id=meeting.id),
    )
