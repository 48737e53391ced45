"""A class, a family, a company signs up together, with one contact person."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import can, current_actor, requires
from portal.core.errors import NotFoundError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.sign_ups import SignUpState
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.sign_ups import GroupForm
from portal.volunteering.policies import SignUpDecision
from portal.volunteering.queries import ShiftDetailRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services import Group
from portal.volunteering.states import SignUpRefusal

GROUP = "/volontariato/turni/<int:shift_id>/gruppo"
CONFLICT, UNPROCESSABLE = 409, 422


@volunteering.get(GROUP)
@requires(Permission.SHIFT_TAKE_PLACE)
def edit_group(shift_id: int) -> Response:
    """Ask who comes together."""
    return _render(_get(shift_id), GroupForm())


@volunteering.post(GROUP)
@requires(Permission.SHIFT_TAKE_PLACE)
@writes
def sign_up_group(shift_id: int) -> BaseResponse:
    """Take places for a group, or put it on the waiting list."""
    shift, form = _get(shift_id), GroupForm()
    if not form.validate():
        return _render(shift, form, status=UNPROCESSABLE)
    group = Group(form.people.data, form.name.data, form.members.data or None)
    decision = services.take_place(actor=current_actor(), shift_id=shift_id, group=group)
    if decision.refusal not in (None, SignUpRefusal.ALREADY_SIGNED_UP):
        return _render(shift, form, status=CONFLICT, decision=decision)
    if decision.outcome is SignUpState.WAITING:
        flash(_("Your group is on the waiting list: we have sent you a mail."), "wait")
    else:
        flash(_("The places of your group are confirmed: we have sent you a mail."), "yes")
    return redirect_after_post(url_for("volunteering.show_shift", shift_id=shift_id))


def _get(shift_id: int) -> ShiftDetailRow:
    """Return a shift that takes groups; where it does not, there is no such page."""
    shift = queries.get_shift(shift_id, with_names=can(Permission.TUTOR_READ))
    if shift.group_cap is None:
        raise NotFoundError
    return shift


def _render(
    shift: ShiftDetailRow,
    form: GroupForm,
    *,
    status: int = 200,
    decision: SignUpDecision | None = None,
) -> Response:
    return render_page(
        "volunteering/group_form.html", status=status, shift=shift, form=form, decision=decision
    )
