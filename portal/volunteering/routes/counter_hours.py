"""Hours, certificates and expenses at the front desk, for who has no e-mail."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.expenses import ExpenseForm
from portal.volunteering.forms.hours import CertificateForm, HoursForm
from portal.volunteering.queries.counter import get_counter_person
from portal.volunteering.queries.hours import list_declarable_projects
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.routes.counter import PERSON
from portal.volunteering.routes.expenses import content_of

UNPROCESSABLE = 422


@volunteering.get(f"{PERSON}/ore")
@requires(Permission.COUNTER_SERVE)
def edit_counter_hours(user_id: int) -> Response:
    """Ask how many hours the person gave."""
    return _render(user_id, "hours", _hours_form(user_id, is_filled=False))


@volunteering.post(f"{PERSON}/ore")
@requires(Permission.COUNTER_SERVE)
@writes
def declare_counter_hours(user_id: int) -> BaseResponse:
    """Note hours for the person; a tutor verifies them as those of everybody."""
    get_counter_person(user_id)
    form = _hours_form(user_id)
    minutes = form.time.minutes
    if not form.validate() or form.worked_on.data is None or minutes is None:
        return _render(user_id, "hours", form)
    try:
        services.declare_hours(
            actor=current_actor(),
            user_id=user_id,
            project_id=form.project.data,
            worked_on=form.worked_on.data,
            minutes=minutes,
            note=form.note.data or "",
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(user_id, "hours", form)
    flash(_("Written down: they count once who follows the project has confirmed them."), "yes")
    return _back(user_id)


@volunteering.get(f"{PERSON}/attestato")
@requires(Permission.COUNTER_SERVE)
def edit_counter_certificate(user_id: int) -> Response:
    """Ask for the period of a certificate."""
    today = local_today()
    period = {"from_on": today.replace(month=1, day=1), "until_on": today}
    return _render(user_id, "certificate", CertificateForm(formdata=None, data=period))


@volunteering.post(f"{PERSON}/attestato")
@requires(Permission.COUNTER_SERVE)
@writes
def make_counter_certificate(user_id: int) -> BaseResponse:
    """Make the certificate of the person's hours, to be printed."""
    get_counter_person(user_id)
    form = CertificateForm()
    if not form.validate() or form.from_on.data is None or form.until_on.data is None:
        return _render(user_id, "certificate", form)
    try:
        made = services.make_certificate(
            actor=current_actor(),
            user_id=user_id,
            from_on=form.from_on.data,
            until_on=form.until_on.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(user_id, "certificate", form)
    return redirect_after_post(url_for("volunteering.download_certificate", certificate_id=made.id))


@volunteering.get(f"{PERSON}/rimborso")
@requires(Permission.COUNTER_SERVE)
def edit_counter_expense(user_id: int) -> Response:
    """Ask what the person spent."""
    return _render(user_id, "expense", _expense_form(user_id, is_filled=False))


@volunteering.post(f"{PERSON}/rimborso")
@requires(Permission.COUNTER_SERVE)
@writes
def claim_counter_expense(user_id: int) -> BaseResponse:
    """Hand in an expense of the person, whose receipt the office keeps on paper."""
    get_counter_person(user_id)
    form = _expense_form(user_id)
    if not form.validate():
        return _render(user_id, "expense", form)
    try:
        services.claim_expense(
            actor=current_actor(),
            user_id=user_id,
            content=content_of(form),
            receipt=form.receipt.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(user_id, "expense", form)
    flash(_("Handed in: a colleague answers it through the queue."), "yes")
    return _back(user_id)


def _hours_form(user_id: int, *, is_filled: bool = True) -> HoursForm:
    form = HoursForm() if is_filled else HoursForm(formdata=None)
    form.offer(list_declarable_projects(user_id))
    return form


def _expense_form(user_id: int, *, is_filled: bool = True) -> ExpenseForm:
    form = ExpenseForm() if is_filled else ExpenseForm(formdata=None)
    form.offer(list_declarable_projects(user_id))
    return form


def _render(user_id: int, about: str, form: PortalForm) -> Response:
    return render_page(
        "volunteering/counter_form.html",
        status=UNPROCESSABLE if form.error_list else 200,
        person=get_counter_person(user_id),
        about=about,
        form=form,
    )


def _back(user_id: int) -> BaseResponse:
    return redirect_after_post(url_for("volunteering.show_counter_person", user_id=user_id))
