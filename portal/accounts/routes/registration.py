"""Registering and confirming the address."""

from flask import Response, flash, redirect, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import queries, services
from portal.accounts.forms import OpenPageForm, RegistrationForm
from portal.accounts.routes.blueprint import accounts
from portal.accounts.routes.sessions import (
    address_after_sign_in,
    enter,
    never_stored,
    requested_next,
)
from portal.accounts.routes.throttling import limit_mails
from portal.core.access import current_actor, requires
from portal.core.extensions import csrf
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission

REGISTERED = "registered"


@accounts.get("/registrati")
@requires(Permission.ACCOUNT_ENTER)
def show_registration() -> BaseResponse:
    """Show the form; who is signed in already goes on."""
    if current_actor().is_signed_in:
        return redirect(address_after_sign_in())
    form = RegistrationForm(formdata=None)
    return render_page("accounts/registration_form.html", form=form, next_address=requested_next())


@accounts.post("/registrati")
@csrf.exempt
@requires(Permission.ACCOUNT_ENTER)
@limit_mails
@writes
def register() -> BaseResponse:
    """Make an account; the answer is the same for an address that has one."""
    if current_actor().is_signed_in:
        return redirect_after_post(address_after_sign_in())
    form = RegistrationForm()
    if not form.validate_on_submit():
        return invalid_form(
            "accounts/registration_form.html", form=form, next_address=requested_next()
        )
    if not form.is_from_machine:
        services.register_account(
            actor=current_actor(),
            email=form.email.data,
            name=form.name.data,
            password=form.password.data or None,
            locale=str(get_locale()),
            next_address=requested_next(),
        )
    session[REGISTERED] = form.email.data
    return redirect_after_post(url_for("accounts.show_registered"))


@accounts.get("/registrati/controlla-la-posta")
@requires(Permission.ACCOUNT_ENTER)
def show_registered() -> BaseResponse:
    """Say that a mail is on its way."""
    if REGISTERED not in session:
        return redirect(url_for("accounts.show_registration"))
    return render_page("accounts/registered.html", email=session[REGISTERED])


@accounts.get("/registrati/conferma/<token>")
@requires(Permission.ACCOUNT_ENTER)
def show_confirmation(token: str) -> Response:
    """Show the button that confirms: programs that scan mail follow links, and must do nothing."""
    link = queries.read_confirmation_link(token)
    return never_stored(
        render_page(
            "accounts/confirmation.html",
            link=link,
            token=token,
            form=OpenPageForm(formdata=None),
            next_address=requested_next(),
        )
    )


@accounts.post("/registrati/conferma/<token>")
@csrf.exempt
@requires(Permission.ACCOUNT_ENTER)
@writes
def confirm(token: str) -> BaseResponse:
    """Confirm the address and sign in."""
    form = OpenPageForm()
    is_valid = form.validate_on_submit()
    user = services.confirm_account(actor=current_actor(), token=token) if is_valid else None
    if user is None:
        return never_stored(
            invalid_form(
                "accounts/confirmation.html",
                link=queries.read_confirmation_link(token),
                token=token,
                form=form,
                next_address=requested_next(),
            )
        )
    enter(user, by="email")
    flash(_("Welcome! Your address is confirmed and you are signed in."), "yes")
    return redirect_after_post(address_after_sign_in())
