"""Insurance of volunteers, for the office: policies, who is not covered, the insurer's file."""

from datetime import date

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.spreadsheet import csv_response
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.register import InsuredDayForm, PolicyForm
from portal.volunteering.queries.insurance import (
    WARNS_BEFORE,
    count_uncovered,
    find_end_of_cover,
    list_insured,
    list_policies,
    list_uncovered,
)
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import RegisterSection

INSURANCE = "/gestione/volontariato/assicurazione"
UNPROCESSABLE = 422


@volunteering.get(INSURANCE)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def show_insurance() -> Response:
    """Show the policies, who is not covered today, and the file of a day."""
    return _render(PolicyForm(formdata=None), InsuredDayForm(formdata=None, giorno=local_today()))


@volunteering.post(INSURANCE)
@requires(Permission.VOLUNTEERS_ADMINISTER)
@writes
def add_insurance_policy() -> BaseResponse:
    """Note a policy; who is in the register is covered by it."""
    form = PolicyForm()
    day_form = InsuredDayForm(formdata=None, giorno=local_today())
    if not form.validate():
        return _render(form, day_form, status=UNPROCESSABLE)
    try:
        services.add_insurance_policy(
            actor=current_actor(),
            insurer=form.insurer.data,
            number=form.number.data,
            starts_on=form.starts_on.data,
            ends_on=form.ends_on.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(form, day_form, status=UNPROCESSABLE)
    flash(_("The policy is noted: it covers who is in the register."), "yes")
    return redirect_after_post(url_for("volunteering.show_insurance"))


@volunteering.get(f"{INSURANCE}/elenco")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def choose_insured_day() -> BaseResponse:
    """Lead to the file of the day that was chosen."""
    form = InsuredDayForm(formdata=request.args)
    if not form.validate():
        return _render(PolicyForm(formdata=None), form, status=UNPROCESSABLE)
    return redirect_after_post(
        url_for("volunteering.download_insured", day=form.giorno.data.isoformat())
    )


@volunteering.get(f"{INSURANCE}/<day>.csv")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def download_insured(day: str) -> Response:
    """Send the insurer exactly the people covered on a day (`2026-12-03`)."""
    on = _read_day(day)
    sections = {
        RegisterSection.REGULAR: _("regular"),
        RegisterSection.OCCASIONAL: _("occasional"),
    }
    rows = [
        (
            *(sections[row.section], row.number, row.full_name, row.tax_code, row.born_on),
            *(row.birth_place, row.from_on, row.until_on, row.policy),
        )
        for row in list_insured(on)
    ]
    header = (
        _("Section"), _("Number"), _("Name"), _("Tax code"), _("Born on"), _("Place of birth"),
        _("Covered from"), _("Covered until"), _("Policy"),
    )  # fmt: skip
    return csv_response(rows, header=header, file_name=f"assicurati-{on}.csv")


def _read_day(text: str) -> date:
    """Return the day an address names; raise `NotFoundError` for what is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotFoundError from error
    if day.isoformat() != text:
        raise NotFoundError
    return day


def _render(form: PolicyForm, day_form: InsuredDayForm, *, status: int = 200) -> Response:
    today = local_today()
    policies = list_policies()
    end = find_end_of_cover(policies, today)
    return render_page(
        "volunteering/insurance.html",
        status=status,
        form=form,
        day_form=day_form,
        policies=policies,
        covered_until=end,
        ends_soon=end is not None and end - today <= WARNS_BEFORE,
        uncovered=list_uncovered(today),
        uncovered_count=count_uncovered(today),
        today=today,
    )
