"""The offices of the municipality that are asked for their opinion."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.forms.answers import OfficeForm
from portal.laboratories.queries.answers import OfficeRow, get_office, list_offices
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import CONFLICT, INVALID
from portal.permissions import Permission

OFFICES = "/gestione/uffici/"


@laboratories.get(OFFICES)
@requires(Permission.OFFICE_EDIT)
def show_offices() -> Response:
    """Show the offices, and an empty form."""
    return _page(OfficeForm())


@laboratories.post(OFFICES)
@requires(Permission.OFFICE_EDIT)
@writes
def add_office() -> BaseResponse:
    """Write a new office."""
    return _save(None)


@laboratories.get(f"{OFFICES}<int:office_id>")
@requires(Permission.OFFICE_EDIT)
def edit_office(office_id: int) -> Response:
    """Show the form with what is written of an office."""
    office = get_office(office_id)
    saved = {"name": office.name, "email": office.email, "version": office.version}
    return _page(OfficeForm(data=saved), office)


@laboratories.post(f"{OFFICES}<int:office_id>")
@requires(Permission.OFFICE_EDIT)
@writes
def save_office(office_id: int) -> BaseResponse:
    """Change an office."""
    return _save(get_office(office_id))


@laboratories.post(f"{OFFICES}<int:office_id>/chiudi")
@requires(Permission.OFFICE_EDIT)
@writes
def end_office(office_id: int) -> BaseResponse:
    """Let an office be asked no more."""
    services.end_office(actor=current_actor(), office_id=office_id)
    flash(_("It is asked no more; what it wrote stays."), "yes")
    return redirect_after_post(url_for("laboratories.show_offices"))


def _save(office: OfficeRow | None) -> BaseResponse:
    form = OfficeForm()
    if not form.validate_on_submit():
        return _page(form, office, status=INVALID)
    try:
        services.save_office(
            actor=current_actor(),
            office_id=office.id if office else None,
            name=form.name.data,
            email=form.email.data,
            version=form.version.data,
        )
    except services.OfficeChangedError as error:
        saved = get_office(error.office_id)
        # Saving once more is then a choice made with open eyes.
        form.version.data = saved.version
        return _page(form, saved, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _page(form, office, status=INVALID)
    flash(_("Saved."), "yes")
    return redirect_after_post(url_for("laboratories.show_offices"))


def _page(
    form: OfficeForm,
    office: OfficeRow | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/office_form.html",
        status=status,
        form=form,
        office=office,
        offices=list_offices(with_ended=True),
        button=PortalForm(formdata=None),
        is_changed=is_changed,
    )
