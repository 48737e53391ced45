"""Signing an agreement online, and claiming what was signed on paper."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import can, current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.extensions import limiter
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories.agreement_differences import list_differences
from portal.laboratories.forms.signing import MYSELF, ClaimForm, SigningForm
from portal.laboratories.policies.agreements import Party
from portal.laboratories.queries.agreements import AgreementDetail, VersionRow
from portal.laboratories.queries.signing import list_spoken_parties
from portal.laboratories.routes.agreements import read_agreement
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.services import signing as services
from portal.laboratories.services.signing import SignatureRefusedError
from portal.laboratories.states import PartyKind, SignatureRefusal
from portal.permissions import Permission
from portal.registry.queries import list_associations_of

HTTP_CONFLICT = 409
CLAIM_LIMIT = "10 per hour"


@laboratories.get("/accordi/<slug>/firma")
@requires(Permission.AGREEMENT_SIGN)
def show_signing(slug: str) -> Response:
    """Show on one screen what is signed, and as whom."""
    agreement, version = _frozen(slug)
    form, _parties = _form(agreement, version)
    form.fingerprint.data = version.sha256
    return _page(agreement, form)


@laboratories.post("/accordi/<slug>/firma")
@requires(Permission.AGREEMENT_SIGN)
@writes
def sign_agreement(slug: str) -> BaseResponse:
    """Sign; who read another text than the present one is shown what changed."""
    agreement, version = _frozen(slug)
    form, parties = _form(agreement, version)
    if not form.validate():
        return _page(agreement, form, status=422)
    try:
        services.sign_agreement(
            actor=current_actor(),
            agreement_id=agreement.id,
            content=form.content_as(parties[form.voice.data]),
            leads=can(Permission.LABORATORY_LEAD, agreement.facts),
        )
    except SignatureRefusedError as error:
        seen = form.fingerprint.data
        # Signing once more is then a choice made after reading.
        form.fingerprint.data = version.sha256
        form.agrees.data = False
        return _page(agreement, form, status=HTTP_CONFLICT, refused=error, seen=seen)
    flash(_("Signed. Thank you: your signature stands on this page."), "yes")
    return redirect_after_post(url_for("laboratories.show_agreement", slug=slug))


@laboratories.get("/accordi/rivendica")
@requires(Permission.AGREEMENT_SIGN)
def show_claim() -> Response:
    """Ask for the code of the receipt."""
    return render_page("laboratories/signature_claim.html", form=ClaimForm(formdata=None))


@laboratories.post("/accordi/rivendica")
@requires(Permission.AGREEMENT_SIGN)
@limiter.limit(CLAIM_LIMIT)
@writes
def claim_signature() -> BaseResponse:
    """Link the signature to the account, once."""
    form = ClaimForm()
    if not form.validate():
        return invalid_form("laboratories/signature_claim.html", form=form)
    try:
        signature = services.claim_signature(actor=current_actor(), code=form.code.data)
    except RuleBrokenError as error:
        form.take_error(error)
        return invalid_form("laboratories/signature_claim.html", form=form)
    flash(_("Done: this signature is now linked to your account."), "yes")
    slug = signature.signed_version.agreement.slug
    return redirect_after_post(url_for("laboratories.show_agreement", slug=slug))


def _frozen(slug: str) -> tuple[AgreementDetail, VersionRow]:
    agreement = read_agreement(slug)
    if agreement.newest is None:
        raise NotFoundError
    return agreement, agreement.newest


def _form(agreement: AgreementDetail, version: VersionRow) -> tuple[SigningForm, dict[str, Party]]:
    """Return the form, and for whom each of its choices signs."""
    actor_id = current_actor().account_id
    form = SigningForm()
    parties = {MYSELF: Party(PartyKind.PERSON)}
    voices = []
    for row in list_associations_of(actor_id):
        voices.append((f"associazione-{row.id}", row.name))
        parties[f"associazione-{row.id}"] = Party(PartyKind.ASSOCIATION, association_id=row.id)
    for expected in list_spoken_parties(version.id, actor_id):
        voices.append((f"parte-{expected.id}", expected.name))
        parties[f"parte-{expected.id}"] = Party(expected.kind, name=expected.name)
    if can(Permission.LABORATORY_LEAD, agreement.facts):
        voices.append(("comune", _("The municipality")))
        parties["comune"] = Party(PartyKind.MUNICIPALITY)
    form.offer_voices(voices)
    return form, parties


def _page(
    agreement: AgreementDetail,
    form: SigningForm,
    *,
    status: int = 200,
    refused: SignatureRefusedError | None = None,
    seen: str | None = None,
) -> Response:
    version = agreement.newest
    has_changed = refused is not None and refused.refusal is SignatureRefusal.TEXT_CHANGED
    # Of a text that changed meanwhile, against the one that was read; of a change, what it changes.
    read = next((v for v in agreement.versions if has_changed and v.sha256 == seen), None)
    before = read or (agreement.before(version) if version and version.amendment else None)
    return render_page(
        "laboratories/agreement_signing.html",
        status=status,
        agreement=agreement,
        version=version,
        form=form,
        refused=refused,
        differences=list_differences(before.text, version.text) if before and version else (),
    )
