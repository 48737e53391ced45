"""The front desk: find or add a person, sign them up to shifts, print receipts."""

from collections.abc import Sequence

from flask import Response, flash, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.services import give_person_email
from portal.core.access import current_actor, requires
from portal.core.downloads import made_response
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_page, requested_text
from portal.core.sign_ups import SignUpState
from portal.core.unit_of_work import writes
from portal.moderation.queries import find_case_of
from portal.moderation.states import CaseKind
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.counter import EmailForm, NewPersonForm
from portal.volunteering.forms.interviews import BookingForm
from portal.volunteering.policies import EnrolmentStep, SignUpDecision, find_interview_refusal
from portal.volunteering.queries import EnrolmentRow, ShiftRow
from portal.volunteering.queries.counter import (
    SHORTEST_SEARCH,
    CounterPersonRow,
    find_likely_same,
    find_people,
    get_counter_file,
    get_counter_person,
)
from portal.volunteering.queries.counter import list_to_phone as find_calls
from portal.volunteering.queries.enrolments import find_membership
from portal.volunteering.queries.interviews import find_interview_standing, list_free_slots
from portal.volunteering.queries.sign_ups import SignUpRow
from portal.volunteering.receipts import enrolment_receipt, sign_up_receipt
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.routes.enrolment_pages import EnrolmentPages, next_step
from portal.volunteering.shift_filters import ShiftFilters
from portal.volunteering.states import EDITABLE_ENROLMENTS, EnrolmentState, SignUpRefusal

COUNTER = "/gestione/sportello"
PERSON = f"{COUNTER}/<int:user_id>"
OF_SHIFT = f"{PERSON}/turni/<int:shift_id>"
CONFLICT, UNPROCESSABLE = 409, 422


@volunteering.get(f"{COUNTER}/")
@requires(Permission.COUNTER_SERVE)
def show_counter() -> Response:
    """Find a person by name, telephone or e-mail."""
    text = requested_text()
    return render_page(
        "volunteering/counter.html",
        text=text,
        is_too_short=bool(text)
        and not text.isdigit()
        and len("".join(text.split())) < SHORTEST_SEARCH,
        people=find_people(text),
    )


@volunteering.get(f"{COUNTER}/nuova-persona")
@requires(Permission.COUNTER_SERVE)
def edit_new_person() -> Response:
    """Ask who the person without e-mail is."""
    return _render_new(NewPersonForm(formdata=None))


@volunteering.post(f"{COUNTER}/nuova-persona")
@requires(Permission.COUNTER_SERVE)
@writes
def add_person() -> BaseResponse:
    """Add a person without e-mail."""
    form = NewPersonForm()
    if not form.validate():
        return _render_new(form, status=UNPROCESSABLE)
    known = find_likely_same(full_name=form.full_name.data, phone=form.phone.data)
    if known and not form.is_somebody_else.data:
        return _render_new(form, known, status=CONFLICT)
    person = services.add_person(
        actor=current_actor(), full_name=form.full_name.data, phone=form.phone.data
    )
    return _back(person.id)


@volunteering.get(f"{COUNTER}/da-telefonare")
@requires(Permission.COUNTER_SERVE)
def list_to_phone() -> Response:
    """Show whom to call, and what to tell them."""
    return render_page("volunteering/phone_list.html", calls=find_calls())


@volunteering.post(f"{COUNTER}/da-telefonare/<int:message_id>/detto")
@requires(Permission.COUNTER_SERVE)
@writes
def note_told(message_id: int) -> BaseResponse:
    """Note that somebody was told."""
    services.note_told(actor=current_actor(), message_id=message_id)
    flash(_("Noted: they know."), "yes")
    return redirect_after_post(url_for("volunteering.list_to_phone"))


@volunteering.post(f"{PERSON}/colloquio")
@requires(Permission.COUNTER_SERVE)
@writes
def book_interview_at_counter(user_id: int) -> BaseResponse:
    """Book a talk for the person, or move it."""
    get_counter_person(user_id)
    form = BookingForm()
    form.offer(())
    if not form.validate():
        return _render(user_id, booking=form, status=UNPROCESSABLE)
    try:
        services.book_interview(actor=current_actor(), user_id=user_id, slot_id=form.slot_id)
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(user_id, booking=form, status=CONFLICT)
    flash(_("Booked: tell the person day, hour and place."), "yes")
    return _back(user_id)


@volunteering.post(f"{PERSON}/colloquio/annulla")
@requires(Permission.COUNTER_SERVE)
@writes
def cancel_interview_at_counter(user_id: int) -> BaseResponse:
    """Give back the time of the person's talk."""
    get_counter_person(user_id)
    services.cancel_interview(actor=current_actor(), user_id=user_id)
    flash(_("The time is free again."), "yes")
    return _back(user_id)


@volunteering.get(PERSON)
@requires(Permission.COUNTER_SERVE)
def show_counter_person(user_id: int) -> Response:
    """Show what a person has, and what can be done for them."""
    return _render(user_id)


@volunteering.post(f"{PERSON}/email")
@requires(Permission.COUNTER_SERVE)
@writes
def give_email(user_id: int) -> BaseResponse:
    """Give an address to who had none, so that they can sign in."""
    form = EmailForm()
    get_counter_person(user_id)
    if form.validate():
        try:
            give_person_email(actor=current_actor(), user_id=user_id, email=form.email.data)
        except RuleBrokenError as error:
            form.take_error(error)
        else:
            flash(_("We have sent a link to confirm the address."), "yes")
            return _back(user_id)
    return _render(user_id, form=form, status=UNPROCESSABLE)


@volunteering.post(f"{OF_SHIFT}/partecipa")
@requires(Permission.COUNTER_SERVE)
@writes
def take_place_at_counter(user_id: int, shift_id: int) -> BaseResponse:
    """Take a place for the person, or one on the waiting list."""
    get_counter_person(user_id)
    decision = services.take_place_for(actor=current_actor(), user_id=user_id, shift_id=shift_id)
    if decision.refusal not in (None, SignUpRefusal.ALREADY_SIGNED_UP):
        refused = (queries.get_shift(shift_id, with_names=True), decision)
        return _render(user_id, refused=refused, status=CONFLICT)
    if decision.outcome is SignUpState.WAITING:
        flash(_("On the waiting list: print the receipt."), "wait")
    else:
        flash(_("The place is taken: print the receipt."), "yes")
    return _back(user_id)


@volunteering.post(f"{OF_SHIFT}/lascia")
@requires(Permission.COUNTER_SERVE)
@writes
def leave_place_at_counter(user_id: int, shift_id: int) -> BaseResponse:
    """Give back the place of the person."""
    get_counter_person(user_id)
    services.leave_place(actor=current_actor(), shift_id=shift_id, user_id=user_id)
    flash(_("The place is given back."), "yes")
    return _back(user_id)


@volunteering.get(f"{OF_SHIFT}/ricevuta.pdf")
@requires(Permission.COUNTER_SERVE)
def download_sign_up_receipt(user_id: int, shift_id: int) -> Response:
    """Print the receipt of a place."""
    person = get_counter_person(user_id)
    rows = queries.list_sign_ups_of(user_id)
    sign_up = next((row for row in rows if row.shift_id == shift_id), None)
    if sign_up is None:
        raise NotFoundError
    with force_locale("it"):
        content = sign_up_receipt(person, sign_up, clerk=current_actor().name)
    return made_response(f"ricevuta-turno-{shift_id}.pdf", content)


@volunteering.get(f"{PERSON}/ricevuta-iscrizione.pdf")
@requires(Permission.COUNTER_SERVE)
def download_enrolment_receipt(user_id: int) -> Response:
    """Print the receipt of a request that was handed in."""
    person = get_counter_person(user_id)
    enrolment = queries.find_enrolment_of(user_id)
    case = find_case_of(CaseKind.ENROLMENT, enrolment.id) if enrolment else None
    if enrolment is None or case is None:
        raise NotFoundError
    with force_locale("it"):
        content = enrolment_receipt(person, enrolment, case, clerk=current_actor().name)
    return made_response(f"ricevuta-iscrizione-{case.case_number}.pdf", content)


def _render_new(
    form: NewPersonForm, known: Sequence[CounterPersonRow] = (), *, status: int = 200
) -> Response:
    return render_page(
        "volunteering/counter_new_person.html", status=status, form=form, known=known
    )


def _render(
    user_id: int,
    *,
    form: EmailForm | None = None,
    booking: BookingForm | None = None,
    refused: tuple[ShiftRow, SignUpDecision] | None = None,
    status: int = 200,
) -> Response:
    found = get_counter_file(user_id)
    person, enrolment = found.person, found.enrolment
    is_in_register = person.enrolment is EnrolmentState.ACCEPTED
    text = requested_text("turno")
    page = queries.list_shifts(ShiftFilters(text=text), page=requested_page())
    standing = find_interview_standing(user_id)
    slots = [] if find_interview_refusal(standing.facts) else list_free_slots()
    booking = booking or BookingForm(formdata=None)
    booking.offer(slots)
    return render_page(
        "volunteering/counter_person.html",
        partial="volunteering/_counter_shifts.html",
        status=status,
        person=person,
        enrolment=enrolment,
        case=found.case,
        next_step=_step_to_fill_in(enrolment),
        membership=find_membership(user_id) if is_in_register else None,
        pages=EnrolmentPages(user_id, person.name, is_counter=True),
        sign_ups=_to_come(queries.list_sign_ups_of(user_id)),
        text=text,
        page=page,
        decisions=queries.decide_each(queries.find_facts_of(user_id), page.rows),
        form=form or EmailForm(formdata=None),
        booking=booking,
        refused=refused,
        slots=slots,
        interview=standing.booked,
        calls=[] if person.email else find_calls(user_id=user_id),
    )


def _step_to_fill_in(enrolment: EnrolmentRow | None) -> EnrolmentStep | None:
    if enrolment is not None and enrolment.state not in EDITABLE_ENROLMENTS:
        return None
    return next_step(enrolment, queries.find_register_rules())


def _to_come(rows: list[SignUpRow]) -> list[SignUpRow]:
    return [row for row in rows if not row.is_past]


def _back(user_id: int) -> BaseResponse:
    return redirect_after_post(url_for("volunteering.show_counter_person", user_id=user_id))
