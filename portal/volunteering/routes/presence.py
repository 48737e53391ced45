"""The day of a shift, on the tutor's phone: who is there, who came besides."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.clock import local_today, utc_now
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.mail import absolute_url
from portal.core.qr import qr_drawing
from portal.core.text import without_forbidden_characters
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.presence import (
    ButtonForm,
    PresenceForm,
    WalkInForm,
    WalkInIdentityForm,
    shown_word,
)
from portal.volunteering.policies import (
    CODE_AROUND,
    MARKS_BEFORE,
    PHONES_AROUND,
    shows_phones,
    takes_marks,
    takes_walk_ins,
)
from portal.volunteering.queries import ComingRow, PresenceShiftRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services import MarksSaved, Person

SHIFT = "/volontariato/tutor/turni/<int:shift_id>"
WALK_IN = f"{SHIFT}/arrivi/<int:walk_in_id>"
UNPROCESSABLE = 422


@volunteering.get(SHIFT)
@requires(Permission.PROJECT_TUTOR)
def show_presence(shift_id: int) -> Response:
    """Show who comes, with a mark for each from half an hour before."""
    return _render(_get_shift(shift_id))


@volunteering.post(SHIFT)
@requires(Permission.PROJECT_TUTOR)
@writes
def save_presence(shift_id: int) -> BaseResponse:
    """Write down who came; only what was touched."""
    shift = _get_shift(shift_id)
    form = PresenceForm()
    saved = _save(form, shift)
    if saved is None:
        return _render(shift, marks_form=form)
    flash(_words_of(saved), "yes" if saved.changed or not saved.kept else "wait")
    return redirect_after_post(url_for("volunteering.show_presence", shift_id=shift_id))


@volunteering.post(f"{SHIFT}/segni")
@requires(Permission.PROJECT_TUTOR)
@writes
def send_presence(shift_id: int) -> BaseResponse:
    """Take marks from the page's script, and answer how each person stands now."""
    shift = _get_shift(shift_id)
    form = PresenceForm()
    if _save(form, shift) is None:
        return jsonify(problems=[str(words) for _field, words in form.error_list]), UNPROCESSABLE  # type: ignore[return-value]
    people = queries.list_coming(shift)
    return jsonify(marks={p.sign_up_id: p.presence for p in people if not p.has_left})


@volunteering.post(f"{SHIFT}/arrivi")
@requires(Permission.PROJECT_TUTOR)
@writes
def add_walk_in(shift_id: int) -> BaseResponse:
    """Add somebody who came without a place."""
    shift = _get_shift(shift_id)
    form = WalkInForm()
    if not form.validate():
        return _render(shift, walk_in_form=form)
    services.add_walk_in(
        actor=current_actor(),
        shift_id=shift_id,
        full_name=form.full_name.data,
        contact=form.contact.data,
    )
    flash(_("%(name)s is in the list.", name=form.full_name.data), "yes")
    address = url_for("volunteering.show_presence", shift_id=shift_id)
    return redirect_after_post(f"{address}#inpiu")


@volunteering.get(WALK_IN)
@requires(Permission.PROJECT_TUTOR)
def edit_walk_in(shift_id: int, walk_in_id: int) -> Response:
    """Ask who a walk-in is, for the register and the insurance."""
    return _render_walk_in(_get_shift(shift_id), walk_in_id, WalkInIdentityForm(formdata=None))


@volunteering.post(WALK_IN)
@requires(Permission.PROJECT_TUTOR)
@writes
def identify_walk_in(shift_id: int, walk_in_id: int) -> BaseResponse:
    """Keep who a walk-in is, and enter them in the register of that day."""
    shift = _get_shift(shift_id)
    form = WalkInIdentityForm()
    if not form.validate():
        return _render_walk_in(shift, walk_in_id, form)
    person = Person(
        full_name="",
        tax_code=form.tax_code.data or None,
        born_on=form.born_on.data,
        birth_place=form.birth_place.data or None,
    )
    try:
        services.identify_walk_in(
            actor=current_actor(), shift_id=shift_id, walk_in_id=walk_in_id, person=person
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_walk_in(shift, walk_in_id, form)
    flash(_("Done: they are in the register of today's volunteers."), "yes")
    return redirect_after_post(url_for("volunteering.show_presence", shift_id=shift_id))


@volunteering.post(f"{WALK_IN}/togli")
@requires(Permission.PROJECT_TUTOR)
@writes
def remove_walk_in(shift_id: int, walk_in_id: int) -> BaseResponse:
    """Take back somebody added by mistake."""
    _get_shift(shift_id)
    services.remove_walk_in(actor=current_actor(), shift_id=shift_id, walk_in_id=walk_in_id)
    flash(_("Taken off the list."), "yes")
    return redirect_after_post(url_for("volunteering.show_presence", shift_id=shift_id))


@volunteering.get(f"{SHIFT}/codice")
@requires(Permission.PROJECT_TUTOR)
def show_shift_code(shift_id: int) -> Response:
    """Show the code as large as the screen, for people to scan."""
    shift = _get_shift(shift_id)
    return render_page("volunteering/shift_code.html", shift=shift, code=_code_of(shift))


def _get_shift(shift_id: int) -> PresenceShiftRow:
    shift = queries.get_presence_shift(shift_id)
    authorize(Permission.PROJECT_TUTOR, shift)
    return shift


def _save(form: PresenceForm, shift: PresenceShiftRow) -> MarksSaved | None:
    """Save the marks sent; None, with the errors in the form, where one cannot be read."""
    is_valid = form.validate()
    marks = form.read_marks(queries.list_coming(shift), request.form)
    if not is_valid or form.form_errors:
        return None
    return services.mark_presence(actor=current_actor(), shift_id=shift.id, marks=marks)


def _words_of(saved: MarksSaved) -> str:
    if saved.changed:
        return ngettext("One presence saved.", "%(num)s presences saved.", saved.changed)
    if saved.kept:
        return _("The hours are verified already: correct them from the page of the hours.")
    return _("Nothing had changed: everything is saved.")


def _render(
    shift: PresenceShiftRow,
    *,
    marks_form: PresenceForm | None = None,
    walk_in_form: WalkInForm | None = None,
) -> Response:
    now = utc_now()
    people = queries.list_coming(shift)
    return render_page(
        "volunteering/presence.html",
        status=UNPROCESSABLE if marks_form or walk_in_form else 200,
        shift=shift,
        people=people,
        walk_ins=queries.list_walk_ins(shift.id),
        counts=_count(people),
        marks_form=marks_form or PresenceForm(formdata=None),
        shown=" ".join(
            shown_word(p.sign_up_id, p.presence, p.present_people) for p in people if p.presence
        ),
        walk_in_form=walk_in_form or WalkInForm(formdata=None),
        button_form=ButtonForm(formdata=None),
        today=local_today(),
        sent={name: without_forbidden_characters(v) for name, v in request.form.items()},
        shows_phones=shows_phones(shift, now),
        phones_from=shift.starts_at - PHONES_AROUND,
        phones_until=shift.ends_at + PHONES_AROUND,
        takes_marks=takes_marks(shift, now),
        marks_from=shift.starts_at - MARKS_BEFORE,
        takes_walk_ins=takes_walk_ins(shift, now),
        code=_code_of(shift),
    )


def _count(people: list[ComingRow]) -> dict[str, int]:
    """Return how many are there, are not, and are still to be marked."""
    absent = sum(person.is_absent for person in people)
    marked = sum(person.presence is not None or person.has_left for person in people)
    return {"there": marked - absent, "absent": absent, "open": len(people) - marked}


@dataclass(frozen=True)
class ShiftCode:
    """The code of a shift, as pages show it."""

    letters: str
    qr: Markup
    typed_at: str
    """Where it is typed, as people read an address."""
    from_at: datetime
    until_at: datetime


def _code_of(shift: PresenceShiftRow) -> ShiftCode:
    code = queries.code_of_shift(shift.id)
    address = absolute_url("volunteering.show_check_in", code=code)
    return ShiftCode(
        letters=code,
        qr=qr_drawing(address, _("QR code of today's presences")),
        typed_at=absolute_url("volunteering.enter_code").split("://", 1)[-1],
        from_at=shift.starts_at - CODE_AROUND,
        until_at=shift.ends_at + CODE_AROUND,
    )


def _render_walk_in(shift: PresenceShiftRow, walk_in_id: int, form: WalkInIdentityForm) -> Response:
    return render_page(
        "volunteering/walk_in_form.html",
        status=UNPROCESSABLE if form.errors or form.form_errors else 200,
        shift=shift,
        walk_in=queries.get_walk_in(shift.id, walk_in_id),
        form=form,
        takes_walk_ins=takes_walk_ins(shift, utc_now()),
    )
