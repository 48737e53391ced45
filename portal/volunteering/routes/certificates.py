"""Certificates of hours: my own, the check that anybody can make, the office's list."""

from datetime import date

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.clock import local_today
from portal.core.downloads import file_response
from portal.core.errors import RuleBrokenError
from portal.core.extensions import limiter
from portal.core.files import get_stored_file
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_page, requested_text
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.hours import CertificateForm, RevokeForm
from portal.volunteering.queries.certificates import (
    find_certificate_check,
    find_first_hours,
    get_certificate,
    list_certificates,
    list_certificates_of,
)
from portal.volunteering.routes.blueprint import volunteering

MINE = "/area-personale/attestati"
CHECK = "/volontariato/attestati"
OFFICE = "/gestione/volontariato/attestati"
CHECKS_PER_ADDRESS = "60 per hour"
NOT_FOUND, UNPROCESSABLE = 404, 422


@volunteering.get(MINE)
@requires(Permission.CERTIFICATE_READ)
def list_my_certificates() -> Response:
    """Show my certificates, and the form that makes one."""
    return _render_mine(_form_with_period())


@volunteering.post(MINE)
@requires(Permission.CERTIFICATE_READ)
@writes
def make_certificate() -> BaseResponse:
    """Make the certificate of a period, or find the one that was made."""
    form = CertificateForm()
    if not form.validate() or form.from_on.data is None or form.until_on.data is None:
        return _render_mine(form, status=UNPROCESSABLE)
    try:
        services.make_certificate(
            actor=current_actor(), from_on=form.from_on.data, until_on=form.until_on.data
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_mine(form, status=UNPROCESSABLE)
    flash(_("Your certificate is ready: it is the first of the list."), "yes")
    return redirect_after_post(url_for("volunteering.list_my_certificates"))


@volunteering.get(f"{MINE}/<int:certificate_id>.pdf")
@requires(Permission.CERTIFICATE_READ)
def download_certificate(certificate_id: int) -> Response:
    """Send a certificate to its person, or to the office."""
    certificate = get_certificate(certificate_id)
    authorize(Permission.CERTIFICATE_READ, certificate)
    return file_response(get_stored_file(certificate.file_id))


# Sixty random bits are not guessed; the limit keeps a machine from trying.
@volunteering.get(f"{CHECK}/")
@limiter.limit(CHECKS_PER_ADDRESS, exempt_when=lambda: "codice" not in request.args)
@requires(Permission.PORTAL_READ)
def check_certificates() -> BaseResponse:
    """Ask for the code of a certificate, and lead to what is known of it."""
    text = requested_text("codice")
    if not text:
        return render_page("volunteering/certificate_check.html", check=None, text="", status=200)
    check = find_certificate_check(text)
    if check is None:
        return render_page(
            "volunteering/certificate_check.html", check=None, text=text, status=NOT_FOUND
        )
    return redirect_after_post(url_for("volunteering.show_certificate_check", code=check.code))


@volunteering.get(f"{CHECK}/<code>")
@limiter.limit(CHECKS_PER_ADDRESS)
@requires(Permission.PORTAL_READ)
def show_certificate_check(code: str) -> Response:
    """Say whether a certificate is ours and still holds: to anybody who has its code."""
    check = find_certificate_check(code)
    return render_page(
        "volunteering/certificate_check.html",
        status=200 if check else NOT_FOUND,
        check=check,
        text=code,
    )


@volunteering.get(OFFICE)
@requires(Permission.CERTIFICATE_REVOKE)
def list_certificates_for_office() -> Response:
    """Show all certificates, those whose hours changed since first."""
    return _render_office(RevokeForm(formdata=None))


@volunteering.post(f"{OFFICE}/<int:certificate_id>/revoca")
@requires(Permission.CERTIFICATE_REVOKE)
@writes
def revoke_certificate(certificate_id: int) -> BaseResponse:
    """Revoke a certificate, with the reason that its person reads."""
    form = RevokeForm()
    if not form.validate():
        return _render_office(form, revoking=certificate_id, status=UNPROCESSABLE)
    services.revoke_certificate(
        actor=current_actor(), certificate_id=certificate_id, reason=form.reason.data
    )
    flash(_("Revoked: the public check says so, and we have written to the person."), "yes")
    return redirect_after_post(url_for("volunteering.list_certificates_for_office"))


def _form_with_period() -> CertificateForm:
    today = local_today()
    first = find_first_hours(current_actor().account_id) or today
    from_on = max(first, date(today.year, 1, 1)) if first.year == today.year else first
    return CertificateForm(formdata=None, from_on=from_on, until_on=today)


def _render_mine(form: CertificateForm, *, status: int = 200) -> Response:
    return render_page(
        "volunteering/my_certificates.html",
        status=status,
        form=form,
        certificates=list_certificates_of(current_actor().account_id),
    )


def _render_office(form: RevokeForm, *, revoking: int = 0, status: int = 200) -> Response:
    text = requested_text()
    return render_page(
        "volunteering/certificate_list.html",
        status=status,
        form=form,
        revoking=revoking,
        text=text,
        page=list_certificates(text, page=requested_page()),
    )
