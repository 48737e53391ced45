"""Being in the register: what one changes by oneself, the guardian's link sent again, leaving."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.enrolments import ContactsForm
from portal.volunteering.queries import EnrolmentRow
from portal.volunteering.queries.enrolments import find_membership
from portal.volunteering.queries.sign_ups import list_held_shift_ids
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.routes.enrolment import ENROLMENT
from portal.volunteering.states import EnrolmentState

UNPROCESSABLE = 422


@volunteering.get(f"{ENROLMENT}/recapiti")
@requires(Permission.ENROLMENT_REQUEST)
def edit_contacts() -> BaseResponse:
    """Show the telephone number, and whether one may be asked for help."""
    enrolment = _enrolled()
    if enrolment is None:
        return _back()
    return _render_contacts(ContactsForm(obj=enrolment))


@volunteering.post(f"{ENROLMENT}/recapiti")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def save_contacts() -> BaseResponse:
    """Keep them."""
    form = ContactsForm()
    if not form.validate():
        return _render_contacts(form, status=UNPROCESSABLE)
    services.change_contacts(
        actor=current_actor(), phone=form.phone.data, wants_calls=form.wants_calls.data
    )
    flash(_("Saved."), "yes")
    return _back()


@volunteering.post(f"{ENROLMENT}/chi-autorizza/rimanda")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def resend_guardian_link() -> BaseResponse:
    """Mail the link once more to who is asked to authorise."""
    services.resend_guardian_link(actor=current_actor())
    flash(_("Sent again: let them look among the unwanted mails too."), "yes")
    return _back()


@volunteering.get(f"{ENROLMENT}/lascio")
@requires(Permission.ENROLMENT_REQUEST)
def confirm_leaving() -> BaseResponse:
    """Say what leaving means, with the one button."""
    if _enrolled() is None:
        return _back()
    user_id = current_actor().account_id
    return render_page(
        "volunteering/enrolment_leaving.html",
        membership=find_membership(user_id),
        places=len(list_held_shift_ids(user_id)),
    )


@volunteering.post(f"{ENROLMENT}/lascio")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def leave_register() -> BaseResponse:
    """Leave the register."""
    services.leave_enrolment(actor=current_actor())
    flash(_("You have left the register. Thank you for the time you gave."), "yes")
    return _back()


def _enrolled() -> EnrolmentRow | None:
    enrolment = queries.find_enrolment_of(current_actor().account_id)
    is_in = enrolment is not None and enrolment.state is EnrolmentState.ACCEPTED
    return enrolment if is_in else None


def _render_contacts(form: ContactsForm, *, status: int = 200) -> Response:
    return render_page("volunteering/enrolment_contacts.html", status=status, form=form)


def _back() -> BaseResponse:
    return redirect_after_post(url_for("volunteering.show_enrolment"))
