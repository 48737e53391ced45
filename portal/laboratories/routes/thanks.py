"""Whom to thank in a laboratory, and the words for it."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories.forms.thanks import ThanksForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries import thanks as queries
from portal.laboratories.queries.thanks import ThankRow
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import INVALID, led_laboratory
from portal.laboratories.services.thanks import thank_party as write_thanks
from portal.permissions import Permission

THANKS = "/gestione/laboratori/<slug>/grazie"


@laboratories.get(f"{THANKS}/")
@requires(Permission.LABORATORY_LEAD)
def list_thanks(slug: str) -> Response:
    """Show what was kept and nobody was thanked for."""
    laboratory = led_laboratory(slug)
    return render_page(
        "laboratories/thanks_list.html",
        laboratory=laboratory,
        rows=queries.list_to_thank(laboratory.id),
    )


@laboratories.get(f"{THANKS}/<int:commitment_id>")
@requires(Permission.LABORATORY_LEAD)
def show_thanks_form(slug: str, commitment_id: int) -> Response:
    """Show the words, to be changed."""
    laboratory = led_laboratory(slug)
    row = queries.get_to_thank(laboratory.id, commitment_id)
    words = _("thank you for “%(title)s”: the neighbourhood noticed.", title=row.title)
    return _page(laboratory, row, ThanksForm(formdata=None, words=words))


@laboratories.post(f"{THANKS}/<int:commitment_id>")
@requires(Permission.LABORATORY_LEAD)
@writes
def thank_party(slug: str, commitment_id: int) -> BaseResponse:
    """Send them."""
    laboratory = led_laboratory(slug)
    row = queries.get_to_thank(laboratory.id, commitment_id)
    form = ThanksForm()
    if not form.validate():
        return _page(laboratory, row, form, status=INVALID)
    people = write_thanks(actor=current_actor(), commitment_id=commitment_id, words=form.words.data)
    flash(
        ngettext("Sent to one person.", "Sent to %(num)s people.", people)
        if people
        else _("Written down. Nobody of theirs has an account: say it in person too."),
        "yes",
    )
    return redirect_after_post(url_for("laboratories.list_thanks", slug=slug))


def _page(
    laboratory: LaboratoryDetail, row: ThankRow, form: ThanksForm, *, status: int = 200
) -> Response:
    return render_page(
        "laboratories/thanks_form.html", status=status, laboratory=laboratory, row=row, form=form
    )
