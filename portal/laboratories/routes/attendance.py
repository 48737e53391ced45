"""The day of a meeting: the list on the phone, and the code shown on the spot."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import utc_now
from portal.core.errors import RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.mail import absolute_url
from portal.core.qr import qr_drawing
from portal.core.sign_ups import SignUpState
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.forms.meetings import (
    AttendanceForm,
    AttendeeForm,
    CodeForm,
    NameChoiceForm,
    WithoutNameForm,
)
from portal.laboratories.policies.meetings import (
    CODE_AROUND,
    MARKS_BEFORE,
    MeetingCode,
    takes_attendance,
)
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.attendance import (
    code_of_meeting,
    find_meeting_by_code,
    find_meeting_check_in,
    list_attendees,
)
from portal.laboratories.queries.meetings import MeetingDetail
from portal.laboratories.queries.registrations import list_registered
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import INVALID
from portal.laboratories.routes.meeting_desk import MEETING, led_meeting
from portal.permissions import Permission

HERE = "/incontri/qui"
ATTENDANCE = f"{MEETING}/presenze"
NOT_FOUND, CONFLICT = 404, 409


@laboratories.get(ATTENDANCE)
@requires(Permission.LABORATORY_OPEN)
def show_attendance_list(slug: str, meeting_id: int) -> Response:
    """Show who is registered with a box for each, who came besides, and how many left no name."""
    return _list_page(*led_meeting(slug, meeting_id))


@laboratories.post(ATTENDANCE)
@requires(Permission.LABORATORY_OPEN)
@writes
def save_attendance(slug: str, meeting_id: int) -> BaseResponse:
    """Write down who of those registered came."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = AttendanceForm()
    if not form.validate_on_submit():
        return _list_page(laboratory, meeting, status=INVALID)
    changed = services.mark_attendance(
        actor=current_actor(),
        meeting_id=meeting.id,
        shown=_ids("shown"),
        present=_ids("present"),
    )
    flash(
        ngettext("One presence saved.", "%(num)s presences saved.", changed)
        if changed
        else _("Nothing had changed: everything is saved."),
        "yes",
    )
    return redirect_after_post(_list_address(slug, meeting.id))


@laboratories.post(f"{ATTENDANCE}/persona")
@requires(Permission.LABORATORY_OPEN)
@writes
def add_attendee(slug: str, meeting_id: int) -> BaseResponse:
    """Write down somebody who came and has no account."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = AttendeeForm()
    if not form.validate_on_submit():
        return _list_page(laboratory, meeting, attendee_form=form, status=INVALID)
    try:
        services.add_attendee(
            actor=current_actor(),
            meeting_id=meeting.id,
            full_name=form.full_name.data,
            contact=form.contact.data or None,
            on_behalf_of=form.on_behalf_of.data or None,
            shows_name=form.shows_name.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _list_page(laboratory, meeting, attendee_form=form, status=INVALID)
    flash(_("%(name)s is in the list.", name=form.full_name.data), "yes")
    return redirect_after_post(f"{_list_address(slug, meeting.id)}#inpiu")


@laboratories.post(f"{ATTENDANCE}/senza-nome")
@requires(Permission.LABORATORY_OPEN)
@writes
def count_without_name(slug: str, meeting_id: int) -> BaseResponse:
    """Note how many came and left no name."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = WithoutNameForm()
    if not form.validate_on_submit():
        return _list_page(laboratory, meeting, number_form=form, status=INVALID)
    services.count_without_name(
        actor=current_actor(), meeting_id=meeting.id, people=form.people_without_name.data
    )
    flash(_("Saved."), "yes")
    return redirect_after_post(f"{_list_address(slug, meeting.id)}#senzanome")


@laboratories.post(f"{ATTENDANCE}/<int:attendee_id>/togli")
@requires(Permission.LABORATORY_OPEN)
@writes
def remove_attendee(slug: str, meeting_id: int, attendee_id: int) -> BaseResponse:
    """Take back somebody written down by mistake."""
    _laboratory, meeting = led_meeting(slug, meeting_id)
    services.remove_attendee(actor=current_actor(), meeting_id=meeting.id, attendee_id=attendee_id)
    flash(_("Taken off the list."), "yes")
    return redirect_after_post(_list_address(slug, meeting.id))


@laboratories.get(f"{MEETING}/codice")
@requires(Permission.LABORATORY_OPEN)
def show_meeting_code(slug: str, meeting_id: int) -> Response:
    """Show the code as large as the screen, for people to scan."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    code = code_of_meeting(meeting.id)
    address = absolute_url("laboratories.show_meeting_check_in", code=code)
    return render_page(
        "laboratories/meeting_code.html",
        laboratory=laboratory,
        meeting=meeting,
        letters=code,
        qr=qr_drawing(address, _("QR code of this meeting")),
        typed_at=absolute_url("laboratories.enter_meeting_code").split("://", 1)[-1],
        from_at=meeting.starts_at - CODE_AROUND,
        until_at=meeting.ends_at + CODE_AROUND,
    )


@laboratories.get(HERE)
@requires(Permission.MEETING_ATTEND)
def enter_meeting_code() -> BaseResponse:
    """Ask for the code on the screen, and lead to the meeting it is of."""
    if "codice" not in request.args:
        return render_page("laboratories/enter_meeting_code.html", form=CodeForm(formdata=None))
    form = CodeForm(formdata=request.args)
    if form.validate():
        meeting_id = find_meeting_by_code(form.codice.data)
        if meeting_id is not None:
            code = code_of_meeting(meeting_id)
            return redirect_after_post(url_for("laboratories.show_meeting_check_in", code=code))
        form.codice.errors = [_("No meeting of these days has this code: read it once more.")]
    return render_page("laboratories/enter_meeting_code.html", status=INVALID, form=form)


@laboratories.get(f"{HERE}/<code>")
@requires(Permission.MEETING_ATTEND)
def show_meeting_check_in(code: str) -> Response:
    """Show the meeting whose code was scanned, and the button; scanning alone marks nobody."""
    return _check_in_page(code)


@laboratories.post(f"{HERE}/<code>")
@requires(Permission.MEETING_ATTEND)
@writes
def check_in_to_meeting(code: str) -> BaseResponse:
    """Write down that the person is there."""
    meeting_id = find_meeting_by_code(code)
    if meeting_id is None:
        return _check_in_page(code)
    state = services.check_in_to_meeting(
        actor=current_actor(),
        meeting_id=meeting_id,
        shows_name=NameChoiceForm().shows_name.data,
    )
    if state is not MeetingCode.MARKED:
        return _check_in_page(code, status=CONFLICT)
    return redirect_after_post(url_for("laboratories.show_meeting_check_in", code=code))


def _ids(name: str) -> set[int]:
    """Return the ids of people that the list sent; whatever is no number is left out."""
    return {
        int(value)
        for value in request.form.getlist(name)
        if value.isascii() and value.isdigit() and len(value) <= len("999999999")
    }


def _list_address(slug: str, meeting_id: int) -> str:
    return url_for("laboratories.show_attendance_list", slug=slug, meeting_id=meeting_id)


def _list_page(
    laboratory: LaboratoryDetail,
    meeting: MeetingDetail,
    *,
    status: int = 200,
    attendee_form: AttendeeForm | None = None,
    number_form: WithoutNameForm | None = None,
) -> Response:
    registered = [r for r in list_registered(meeting.id) if r.state is SignUpState.CONFIRMED]
    return render_page(
        "laboratories/attendance_list.html",
        status=status,
        laboratory=laboratory,
        meeting=meeting,
        registered=registered,
        attendees=list_attendees(meeting.id),
        takes_attendance=takes_attendance(meeting, utc_now()),
        marks_from=meeting.starts_at - MARKS_BEFORE,
        attendee_form=attendee_form or AttendeeForm(formdata=None),
        number_form=number_form
        or WithoutNameForm(formdata=None, people_without_name=meeting.people_without_name),
        refused=attendee_form or number_form,
        button=PortalForm(formdata=None),
    )


def _check_in_page(code: str, *, status: int = 200) -> Response:
    page = find_meeting_check_in(code, current_actor().account_id)
    is_unknown = page.state is MeetingCode.UNKNOWN
    return render_page(
        "laboratories/meeting_check_in.html",
        status=NOT_FOUND if is_unknown else status,
        page=page,
        code=code,
        form=NameChoiceForm(formdata=None, shows_name=page.shows_name),
    )
