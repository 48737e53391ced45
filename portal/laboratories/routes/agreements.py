"""Agreements as everybody reads them: the list, one, its text, its PDF, checking a copy."""

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, requires
from portal.core.clock import local_today
from portal.core.downloads import file_response
from portal.core.errors import NotFoundError
from portal.core.extensions import csrf
from portal.core.files import LARGEST_FILE_BYTES, get_stored_file
from portal.core.forms import invalid_form
from portal.core.htmx import render_page
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.laboratories.agreement_differences import TextChange, list_differences
from portal.laboratories.forms.signing import CheckForm
from portal.laboratories.policies.endings import first_notice_on, is_expiring, is_over
from portal.laboratories.queries import agreement_lists as lists
from portal.laboratories.queries import agreements as queries
from portal.laboratories.queries import get_laboratory
from portal.laboratories.queries.agreement_copies import find_known_document
from portal.laboratories.queries.agreements import AgreementDetail, VersionRow
from portal.laboratories.queries.commitments import list_commitments
from portal.laboratories.queries.endings import find_renewals
from portal.laboratories.queries.sheets import list_sheets_of_agreement
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.commitments import board_context
from portal.laboratories.services.agreement_documents import hash_bytes
from portal.laboratories.states import PUBLIC_AGREEMENTS, SIGNED_AGREEMENTS, Ability, AgreementState
from portal.permissions import Permission
from portal.territory.queries import list_districts


@laboratories.get("/accordi/")
@requires(Permission.PORTAL_READ)
def list_agreements() -> Response:
    """Show the agreements: those that can be signed today first."""
    districts = list_districts()
    district = requested_choice("ambito", {d.code for d in districts})
    state = requested_choice("stato", set(PUBLIC_AGREEMENTS))
    years = lists.list_agreement_years()
    year = requested_choice("anno", {str(y) for y in years})
    text = requested_text()
    return render_page(
        "laboratories/agreement_list.html",
        partial="laboratories/_agreement_results.html",
        districts=districts,
        district=district,
        state=state,
        states=[s for s in AgreementState if s in PUBLIC_AGREEMENTS],
        years=years,
        year=year,
        text=text,
        page=lists.list_agreements(
            state=AgreementState(state) if state else None,
            district=district,
            year=int(year) if year else None,
            text=text,
            page=requested_page(),
        ),
    )


@laboratories.get("/accordi/<slug>")
@requires(Permission.PORTAL_READ)
def show_agreement(slug: str) -> Response:
    """Show who takes on what, who signed, and the document."""
    agreement = read_agreement(slug)
    is_followed = agreement.state in SIGNED_AGREEMENTS
    laboratory = get_laboratory(agreement.laboratory_slug)
    rows = list_commitments(agreement.id) if is_followed else []
    ends_on, today = agreement.texts.ends_on, local_today()
    return render_page(
        "laboratories/agreement_detail.html",
        agreement=agreement,
        laboratory=laboratory,
        form=CheckForm(formdata=None),
        sheets=list_sheets_of_agreement(agreement.id),
        **board_context(rows),
        differences=differences_of(agreement, agreement.version),
        renewals=find_renewals(agreement.texts),
        is_expiring=is_expiring(agreement.state, ends_on, today),
        is_over=is_over(agreement.state, ends_on, today),
        first_notice_on=first_notice_on(ends_on) if ends_on else None,
        can_be_evaluated=is_followed and laboratory.window(Ability.EVALUATE).is_open,
    )


@laboratories.get("/accordi/<slug>/testo")
@requires(Permission.PORTAL_READ)
def show_agreement_text(slug: str) -> Response:
    """Show a frozen text, the newest or the one whose number is asked for."""
    agreement = read_agreement(slug)
    number = request.args.get("versione", "")
    found = (v for v in agreement.versions if str(v.number) == number)
    version = next(found, None) if number else agreement.version
    if version is None:
        raise NotFoundError
    return render_page(
        "laboratories/agreement_text.html",
        agreement=agreement,
        version=version,
        differences=differences_of(agreement, version),
    )


@laboratories.get("/accordi/<slug>/accordo.pdf")
@requires(Permission.PORTAL_READ)
def download_agreement(slug: str) -> Response:
    """Send the newest PDF."""
    file_id = queries.find_document_file(read_agreement(slug).id)
    if file_id is None:
        raise NotFoundError
    return file_response(get_stored_file(file_id))


@laboratories.get("/accordi/<slug>/controlla")
@requires(Permission.PORTAL_READ)
def show_check(slug: str) -> Response:
    """Show where a copy of this agreement can be checked: the code of its PDF leads here."""
    agreement = read_agreement(slug)
    return render_page(
        "laboratories/agreement_check.html", agreement=agreement, form=CheckForm(formdata=None)
    )


@laboratories.post("/accordi/<slug>/controlla")
@csrf.exempt
@requires(Permission.PORTAL_READ)
def check_agreement(slug: str) -> BaseResponse:
    """Say whether a copy is a PDF of this agreement; nothing of it is kept."""
    return _check(read_agreement(slug))


@laboratories.get("/accordi/controlla")
@requires(Permission.PORTAL_READ)
def show_any_check() -> Response:
    """Show where a copy of any agreement can be checked."""
    return render_page(
        "laboratories/agreement_check.html", agreement=None, form=CheckForm(formdata=None)
    )


@laboratories.post("/accordi/controlla")
@csrf.exempt
@requires(Permission.PORTAL_READ)
def check_any_agreement() -> BaseResponse:
    """Say which agreement a copy is, if any."""
    return _check(None)


def differences_of(agreement: AgreementDetail, version: VersionRow | None) -> list[TextChange]:
    """Return what a text says otherwise than the one before it; nothing for the first."""
    before = agreement.before(version) if version else None
    return list_differences(before.text, version.text) if before and version else []


def read_agreement(slug: str) -> AgreementDetail:
    """Return an agreement the person asking may read."""
    agreement = queries.get_agreement(slug)
    authorize(Permission.AGREEMENT_READ, agreement.reading)
    return agreement


def _check(agreement: AgreementDetail | None) -> BaseResponse:
    form = CheckForm()
    template = "laboratories/agreement_check.html"
    if not form.validate():
        return invalid_form(template, agreement=agreement, form=form)
    form.copy.data.stream.seek(0)
    digest = hash_bytes(form.copy.data.stream.read(LARGEST_FILE_BYTES + 1))
    known = find_known_document(digest)
    is_same = known is not None and (agreement is None or known.slug == agreement.slug)
    return render_page(
        template, agreement=agreement, form=form, known=known, is_same=is_same, digest=digest
    )
