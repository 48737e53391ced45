"""Marking oneself by the code on the spot, and being marked by one's own code."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.clock import utc_now
from portal.core.errors import NotFoundError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.mail import absolute_url
from portal.core.qr import qr_drawing
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.presence import ButtonForm, CodeForm
from portal.volunteering.policies import CodeState, takes_marks
from portal.volunteering.queries import OwnCodeRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services import Mark
from portal.volunteering.states import Presence

CODE = "/volontariato/qui/<code>"
OWN_CODE = "/volontariato/tutor/codice/<token>"
NOT_FOUND, CONFLICT, UNPROCESSABLE = 404, 409, 422


@volunteering.get("/qui")
@requires(Permission.SHIFT_CHECK_IN)
def enter_code() -> BaseResponse:
    """Ask for the code on the tutor's screen, and lead to the shift it is of."""
    if "codice" not in request.args:
        return render_page("volunteering/enter_code.html", form=CodeForm(formdata=None))
    form = CodeForm(formdata=request.args)
    if form.validate():
        shift_id = queries.find_shift_by_code(form.codice.data)
        if shift_id is not None:
            code = queries.code_of_shift(shift_id)
            return redirect_after_post(url_for("volunteering.show_check_in", code=code))
        form.codice.errors = [_("No shift of these days has this code: read it once more.")]
    return render_page("volunteering/enter_code.html", status=UNPROCESSABLE, form=form)


@volunteering.get(CODE)
@requires(Permission.SHIFT_CHECK_IN)
def show_check_in(code: str) -> Response:
    """Show the shift whose code was scanned, and the button; scanning alone marks nobody."""
    return _render(code)


@volunteering.post(CODE)
@requires(Permission.SHIFT_CHECK_IN)
@writes
def check_in(code: str) -> BaseResponse:
    """Mark the person as present."""
    shift_id = queries.find_shift_by_code(code)
    if shift_id is None:
        return _render(code)
    state = services.check_in(actor=current_actor(), shift_id=shift_id)
    if state is not CodeState.MARKED:
        return _render(code, status=CONFLICT)
    return redirect_after_post(url_for("volunteering.show_check_in", code=code))


@volunteering.get("/volontariato/turni/<int:shift_id>/mio-codice")
@requires(Permission.SHIFT_CHECK_IN)
def show_own_code(shift_id: int) -> Response:
    """Show a person's own code, for the tutor to scan."""
    shift = queries.get_shift(shift_id, with_names=False)
    token = queries.find_own_code(shift_id, current_actor().account_id)
    if token is None:
        raise NotFoundError
    address = absolute_url("volunteering.show_person_code", token=token)
    return render_page(
        "volunteering/own_code.html",
        shift=shift,
        qr=qr_drawing(address, _("Your QR code for this shift")),
    )


@volunteering.get(OWN_CODE)
@requires(Permission.PROJECT_TUTOR)
def show_person_code(token: str) -> Response:
    """Show a tutor whose code was scanned, and the button."""
    return _render_person(_get_person(token), token)


@volunteering.post(OWN_CODE)
@requires(Permission.PROJECT_TUTOR)
@writes
def mark_person(token: str) -> BaseResponse:
    """Mark the person whose code was scanned as present."""
    row = _get_person(token)
    mark = Mark(row.sign_up_id, Presence.PRESENT)
    services.mark_presence(actor=current_actor(), shift_id=row.shift_id, marks=[mark])
    flash(_("%(name)s is there.", name=row.name), "yes")
    return redirect_after_post(url_for("volunteering.show_presence", shift_id=row.shift_id))


def _get_person(token: str) -> OwnCodeRow:
    row = queries.find_by_own_code(token)
    if row is None:
        raise NotFoundError
    authorize(Permission.PROJECT_TUTOR, row)
    return row


def _render(code: str, *, status: int = 200) -> Response:
    page = queries.find_check_in(code, current_actor().account_id)
    is_unknown = page.state is CodeState.UNKNOWN
    return render_page(
        "volunteering/check_in.html",
        status=NOT_FOUND if is_unknown else status,
        page=page,
        code=code,
        form=ButtonForm(formdata=None),
    )


def _render_person(row: OwnCodeRow, token: str) -> Response:
    return render_page(
        "volunteering/person_code.html",
        row=row,
        token=token,
        takes_marks=takes_marks(row, utc_now()),
        form=ButtonForm(formdata=None),
    )
