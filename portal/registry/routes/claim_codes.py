"""Claim an association with a code that is sent to its certified e-mail."""

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.routes.throttling import limit_mails
from portal.core.access import current_actor, forget_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import services
from portal.registry.forms import ClaimCodeForm, ConfirmForm
from portal.registry.queries import find_claim_code, get_claimable
from portal.registry.routes import registry
from portal.registry.states import RequestState

CODE = "/registro/<slug>/rivendica/codice"


@registry.get(CODE)
@requires(Permission.ASSOCIATION_CLAIM)
def show_claim_code(slug: str) -> BaseResponse:
    """Offer to send the code, or ask for the one that was sent."""
    association = get_claimable(slug)
    if association.id in current_actor().association_ids:
        return redirect(url_for("registry.show_desk", slug=slug))
    return _code_page(slug, ClaimCodeForm(formdata=None))


@registry.post(f"{CODE}/manda")
@requires(Permission.ASSOCIATION_CLAIM)
@limit_mails
@writes
def send_claim_code(slug: str) -> BaseResponse:
    """Send a code to the certified e-mail."""
    services.send_claim_code(actor=current_actor(), association_id=get_claimable(slug).id)
    flash(_("The code is on its way to the certified e-mail of the association."), "yes")
    return redirect_after_post(url_for("registry.show_claim_code", slug=slug))


@registry.post(CODE)
@requires(Permission.ASSOCIATION_CLAIM)
@writes
def claim_with_code(slug: str) -> BaseResponse:
    """Take the code that was typed."""
    association = get_claimable(slug)
    form = ClaimCodeForm()
    if not form.validate_on_submit():
        return _code_page(slug, form, status=422)
    try:
        claim = services.claim_with_code(
            actor=current_actor(),
            association_id=association.id,
            code=form.code.data,
            applicant_role=form.applicant_role.data,
            has_declared=form.has_declared.data,
        )
    except services.WrongCodeError as error:
        form.take_error(RuleBrokenError(_tries_left(error.tries_left), "code"))
        return _code_page(slug, form, status=422)
    except services.NoCodeError as error:
        form.take_error(RuleBrokenError(error.sentence))
        return _code_page(slug, form, status=422)
    if claim.state is not RequestState.ACCEPTED:
        return redirect_after_post(url_for("registry.show_claim", claim_id=claim.id))
    forget_actor()
    flash(_("Welcome! You now look after %(name)s.", name=association.name), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=slug))


def _tries_left(number: int) -> str:
    return ngettext(
        "This is not the code that we sent: you can try once more.",
        "This is not the code that we sent: you can try %(num)s times more.",
        number,
    )


def _code_page(slug: str, form: ClaimCodeForm, *, status: int = 200) -> Response:
    association = get_claimable(slug)
    if not association.certified_email:
        raise NotFoundError
    return render_page(
        "registry/claim_code_form.html",
        status=status,
        association=association,
        sent=find_claim_code(user_id=current_actor().account_id, association_id=association.id),
        form=form,
        button=ConfirmForm(formdata=None),
    )
