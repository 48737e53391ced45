"""Signing in and out."""

from typing import Any

from flask import Response, flash, redirect, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import services
from portal.accounts.forms import CodeForm, CodeRequestForm, PasswordSignInForm
from portal.accounts.routes.blueprint import accounts
from portal.accounts.routes.sessions import address_after_sign_in, enter, leave, requested_next
from portal.accounts.routes.throttling import (
    CODE_FOR,
    limit_mails,
    limit_wrong_codes,
    limit_wrong_passwords,
    note_failed_proof,
)
from portal.core.access import current_actor, requires
from portal.core.extensions import csrf
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission


@accounts.get("/accedi")
@requires(Permission.ACCOUNT_ENTER)
def sign_in() -> BaseResponse:
    """Show the ways to sign in; who is signed in already goes on."""
    if current_actor().is_signed_in:
        return redirect(address_after_sign_in())
    return render_page("accounts/sign_in.html", **_sign_in_page())


@accounts.post("/accedi")
@csrf.exempt
@requires(Permission.ACCOUNT_ENTER)
@limit_wrong_passwords
@writes
def sign_in_with_password() -> BaseResponse:
    """Sign in by password."""
    if current_actor().is_signed_in:
        return redirect_after_post(address_after_sign_in())
    form = PasswordSignInForm()
    if not form.validate_on_submit():
        return invalid_form("accounts/sign_in.html", **_sign_in_page(password_form=form))
    entry = services.sign_in_with_password(
        actor=current_actor(), email=form.email.data, password=form.password.data
    )
    if entry is None:
        note_failed_proof()
        form.form_errors.append(
            _(
                "E-mail and password do not go together, or the address is not confirmed yet. "
                "You can always enter with a code."
            )
        )
        return invalid_form("accounts/sign_in.html", **_sign_in_page(password_form=form))
    enter(entry.user, by="password")
    return redirect_after_post(address_after_sign_in())


@accounts.post("/accedi/nuovo-codice")
@csrf.exempt
@requires(Permission.ACCOUNT_ENTER)
@limit_mails
@writes
def send_code() -> BaseResponse:
    """Mail a code; the answer is the same for an address nobody has."""
    if current_actor().is_signed_in:
        return redirect_after_post(address_after_sign_in())
    form = CodeRequestForm()
    if not form.validate_on_submit():
        return invalid_form("accounts/sign_in.html", **_sign_in_page(code_form=form))
    services.request_code(actor=current_actor(), email=form.email.data, locale=str(get_locale()))
    session[CODE_FOR] = form.email.data
    return redirect_after_post(url_for("accounts.show_code_form", next=requested_next() or None))


@accounts.get("/accedi/codice")
@requires(Permission.ACCOUNT_ENTER)
def show_code_form() -> BaseResponse:
    """Show where to write the code, to the browser that asked for it."""
    if current_actor().is_signed_in:
        return redirect(address_after_sign_in())
    if CODE_FOR not in session:
        return redirect(url_for("accounts.sign_in", next=requested_next() or None))
    return render_page("accounts/code.html", **_code_page(CodeForm(formdata=None)))


@accounts.post("/accedi/codice")
@csrf.exempt
@requires(Permission.ACCOUNT_ENTER)
@limit_wrong_codes
@writes
def sign_in_with_code() -> BaseResponse:
    """Sign in by the code from the mail."""
    if current_actor().is_signed_in:
        return redirect_after_post(address_after_sign_in())
    if CODE_FOR not in session:
        return redirect_after_post(url_for("accounts.sign_in", next=requested_next() or None))
    form = CodeForm()
    if not form.validate_on_submit():
        return invalid_form("accounts/code.html", **_code_page(form))
    entry = services.sign_in_with_code(
        actor=current_actor(), email=session[CODE_FOR], code=form.code.data
    )
    if entry is None:
        note_failed_proof()
        form.code.errors = [_("This code is wrong, too old or already used.")]
        return invalid_form("accounts/code.html", **_code_page(form))
    enter(entry.user, by="email")
    if entry.has_lost_password:
        flash(_("Your address is confirmed. To be safe, choose your password again."), "wait")
    return redirect_after_post(address_after_sign_in())


@accounts.get("/esci")
@requires(Permission.ACCOUNT_LEAVE)
def show_sign_out() -> Response:
    """Show the button: a link must not sign anybody out."""
    return render_page("accounts/sign_out.html")


@accounts.post("/esci")
@requires(Permission.ACCOUNT_LEAVE)
@writes
def sign_out() -> BaseResponse:
    """End the session."""
    leave()
    flash(_("You are signed out."), "yes")
    return redirect_after_post(url_for("home.show_home"))


def _sign_in_page(
    *, code_form: CodeRequestForm | None = None, password_form: PasswordSignInForm | None = None
) -> dict[str, Any]:
    """Return both forms of the page; the one not sent is empty."""
    next_address = requested_next()
    return {
        "next_address": next_address,
        "refused_form": code_form or password_form,
        "is_password_refused": password_form is not None,
        "code_form": code_form or CodeRequestForm(formdata=None),
        "password_form": password_form or PasswordSignInForm(formdata=None),
    }


def _code_page(form: CodeForm) -> dict[str, Any]:
    """Return the form for the code and the one that asks for another."""
    return {
        "form": form,
        "email": session[CODE_FOR],
        "next_address": requested_next(),
        "again_form": CodeRequestForm(formdata=None),
    }
