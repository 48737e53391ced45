"""Signing in and out."""

from typing import Any

from flask import Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import services
from portal.accounts.forms import CodeRequestForm, PasswordSignInForm
from portal.accounts.routes.blueprint import accounts
from portal.accounts.routes.sessions import (
    address_after_sign_in,
    enter,
    leave,
    requested_next,
)
from portal.accounts.routes.throttling import limit_failures
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
@limit_failures
@writes
def sign_in_with_password() -> BaseResponse:
    """Sign in by password."""
    if current_actor().is_signed_in:
        return redirect_after_post(address_after_sign_in())
    form = PasswordSignInForm()
    user = None
    if form.validate_on_submit():
        user = services.sign_in_with_password(
            actor=current_actor(), email=form.email.data, password=form.password.data
        )
        if user is None:
            form.form_errors.append(_(
                "E-mail and password do not go together, or the address is not confirmed yet. "
                "You can always enter with a code."
            ))  # fmt: skip
    if user is None:
        return invalid_form("accounts/sign_in.html", **_sign_in_page(password_form=form))
    enter(user, by="password")
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
    return redirect_after_post("/")


def _sign_in_page(
    *, code_form: CodeRequestForm | None = None, password_form: PasswordSignInForm | None = None
) -> dict[str, Any]:
    """Return both forms of the page; the one not sent is empty."""
    next_address = requested_next()
    return {
        "next_address": next_address,
        "refused_form": code_form or password_form,
        "is_password_refused": password_form is not None,
        "code_form": code_form or CodeRequestForm(formdata=None, next=next_address),
        "password_form": password_form or PasswordSignInForm(formdata=None, next=next_address),
    }
