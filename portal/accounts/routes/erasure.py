"""Erasing one's own account."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import queries, services
from portal.accounts.erasure import list_hindrances
from portal.accounts.forms import EraseAccountByEmailForm, EraseAccountForm
from portal.accounts.routes.blueprint import accounts
from portal.accounts.routes.sessions import leave, never_stored
from portal.accounts.routes.throttling import limit_wrong_passwords, note_failed_proof
from portal.core.access import Actor, current_actor, requires
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission

ADDRESS = "/area-personale/cancella-account"
TEMPLATE = "accounts/erase_account.html"


@accounts.get(ADDRESS)
@requires(Permission.PERSONAL_AREA_READ)
def show_erasure() -> Response:
    """Say what goes with my account, what stays and why, and let me erase it."""
    actor = current_actor()
    return never_stored(render_page(TEMPLATE, **_page(actor, _form_for(actor))))


@accounts.post(ADDRESS)
@requires(Permission.PERSONAL_AREA_EDIT)
@limit_wrong_passwords
@writes
def erase_account() -> BaseResponse:
    """Erase my account, at once and for good, and end all my sessions."""
    actor = current_actor()
    form = _form_for(actor)
    if not form.validate_on_submit():
        return invalid_form(TEMPLATE, **_page(actor, form, is_refused=True))
    try:
        is_erased = services.erase_account(actor=actor, proof=form.proof.data or "")
    except services.StillNeededError:
        return invalid_form(TEMPLATE, **_page(actor, form))
    if not is_erased:
        note_failed_proof()
        form.proof.errors = [
            _("This is not your password.")
            if queries.has_password(actor.account_id)
            else _("This is not the address of your account.")
        ]
        return invalid_form(TEMPLATE, **_page(actor, form, is_refused=True))
    leave()
    flash(_("Your account is erased. Thank you for the time you were with us."), "yes")
    return redirect_after_post(url_for("home.show_home"))


def _form_for(actor: Actor) -> EraseAccountForm:
    if queries.has_password(actor.account_id):
        return EraseAccountForm()
    return EraseAccountByEmailForm()


def _page(actor: Actor, form: EraseAccountForm, *, is_refused: bool = False) -> dict[str, Any]:
    return {
        "form": form,
        "email": actor.email,
        "has_password": queries.has_password(actor.account_id),
        "hindrances": list_hindrances(actor.account_id),
        "refused_form": form if is_refused else None,
    }
