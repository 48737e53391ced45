"""The register of volunteers, for the office: read, corrected by new lines, printed."""

from collections.abc import Mapping
from datetime import date

from flask import Response, flash, get_template_attribute, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today, utc_now
from portal.core.documents import render_pdf
from portal.core.downloads import made_response
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.core.spreadsheet import csv_response
from portal.core.templating import format_day
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.register import (
    CorrectionForm,
    PeriodForm,
    RegisterSearchForm,
    written_line,
)
from portal.volunteering.queries.register import (
    RegisterFilters,
    RegisterLine,
    RegisterNumber,
    count_register,
    get_register_number,
    list_register,
    list_register_for_file,
    list_register_lines,
)
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import RegisterSection

REGISTER = "/gestione/volontariato/registro"
NUMBER = f"{REGISTER}/<any(ordinari, occasionali):section>/<int:number>"
SECTIONS: Mapping[str, RegisterSection] = {
    "ordinari": RegisterSection.REGULAR,
    "occasionali": RegisterSection.OCCASIONAL,
}
"""How addresses name the sections."""
CONFLICT, UNPROCESSABLE = 409, 422


@volunteering.get(REGISTER)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def show_register() -> Response:
    """Show a section of the register, as it is now or was on a day."""
    return _render_list(PeriodForm(formdata=None, data=_this_year()))


@volunteering.get(f"{REGISTER}.csv")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def download_register() -> Response:
    """Send the same list as a file."""
    _form, filters = _requested_filters()
    rows = [
        (
            *(row.number, row.full_name, row.tax_code, row.born_on, row.birth_place, row.address),
            *(row.starts_on, row.ends_on),
        )
        for row in list_register_for_file(filters)
    ]
    header = (
        _("Number"), _("Name"), _("Tax code"), _("Born on"), _("Place of birth"), _("Address"),
        _("In the register from"), _("Until"),
    )  # fmt: skip
    name = _section_word(filters.section)
    return csv_response(rows, header=header, file_name=f"registro-{name}-{local_today()}.csv")


@volunteering.get(f"{REGISTER}.pdf")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def download_register_extract() -> BaseResponse:
    """Send the lines of who was in the register over a period, as an accessible PDF."""
    form = PeriodForm(formdata=request.args)
    if not form.validate():
        return _render_list(form, status=UNPROCESSABLE)
    first, last, now = form.dal.data, form.al.data, utc_now()
    lines = list_register_lines(first, last)
    sheet = {
        "period": f"dal {format_day(first)} al {format_day(last)}",
        "made": f"Reggio Emilia, {format_day(now)}",
        "sections": [
            {"title": title, "lines": [_written(line) for line in lines if line.section is section]}
            for title, section in (
                ("Volontari ordinari", RegisterSection.REGULAR),
                ("Volontari occasionali", RegisterSection.OCCASIONAL),
            )
        ],
    }
    content = render_pdf("volunteer_register.typ", sheet, made_at=now)
    return made_response(f"registro-volontari-{first}-{last}.pdf", content)


@volunteering.get(NUMBER)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def show_register_number(section: str, number: int) -> Response:
    """Show all lines of a number."""
    return render_page(
        "volunteering/register_number.html",
        section=section,
        entry=get_register_number(SECTIONS[section], number),
    )


@volunteering.get(f"{NUMBER}/rettifica")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def edit_register_number(section: str, number: int) -> Response:
    """Show who the person is, to be written anew."""
    entry = get_register_number(SECTIONS[section], number)
    return _render_form(
        section, entry, CorrectionForm(formdata=None, data=written_line(entry.last))
    )


@volunteering.post(f"{NUMBER}/rettifica")
@requires(Permission.VOLUNTEERS_ADMINISTER)
@writes
def correct_register(section: str, number: int) -> BaseResponse:
    """Write a line that corrects the last one."""
    entry, form = get_register_number(SECTIONS[section], number), CorrectionForm()
    if not form.validate():
        return _render_form(section, entry, form, status=UNPROCESSABLE)
    if form.line.data != entry.last.id:
        form.line.data = entry.last.id
        return _render_form(section, entry, form, status=CONFLICT, is_changed=True)
    try:
        services.correct_register(
            actor=current_actor(),
            entry_id=form.line.data,
            person=form.person,
            reason=form.reason.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_form(section, entry, form, status=UNPROCESSABLE)
    flash(_("A line is added; the one before stays as it was."), "yes")
    return redirect_after_post(
        url_for("volunteering.show_register_number", section=section, number=number)
    )


def _requested_filters() -> tuple[RegisterSearchForm, RegisterFilters]:
    form = RegisterSearchForm(formdata=request.args)
    form.validate()
    word = requested_choice("sezione", SECTIONS) or "ordinari"
    on = None if form.il.errors else form.il.data
    return form, RegisterFilters(SECTIONS[word], requested_text(), on)


def _section_word(section: RegisterSection) -> str:
    return next(word for word, one in SECTIONS.items() if one is section)


def _this_year() -> dict[str, date]:
    today = local_today()
    return {"dal": date(today.year, 1, 1), "al": today}


def _render_list(period_form: PeriodForm, *, status: int = 200) -> Response:
    form, filters = _requested_filters()
    return render_page(
        "volunteering/register_list.html",
        partial="volunteering/_register_results.html",
        status=status,
        form=form,
        filters=filters,
        section=_section_word(filters.section),
        period_form=period_form,
        page=list_register(filters, page=requested_page()),
        counts=count_register(local_today()),
    )


def _render_form(
    section: str,
    entry: RegisterNumber,
    form: CorrectionForm,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "volunteering/register_correction.html",
        status=status,
        section=section,
        entry=entry,
        form=form,
        is_changed=is_changed,
    )


def _written(line: RegisterLine) -> list[str]:
    """Return a line as the cells of a document."""
    kind = get_template_attribute("components/register_kind.html", "register_kind_name")
    born_on = format_day(line.born_on) if line.born_on else None
    born = ", ".join(filter(None, (born_on, line.birth_place)))
    return [
        str(line.number),
        str(kind(line.kind)).strip() + (f": {line.reason}" if line.reason else ""),
        line.full_name,
        line.tax_code or born,
        format_day(line.starts_on),
        format_day(line.ends_on) if line.ends_on else "",
        f"{format_day(line.recorded_at)}, {line.recorded_by_name}",
    ]
