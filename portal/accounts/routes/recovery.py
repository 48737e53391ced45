"""A new password for who has forgotten it."""

from flask import Response, flash, redirect, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import queries, services
from portal.accounts.forms import NewPasswordForm, RecoveryForm
from portal.accounts.routes.blueprint import accounts
from portal.accounts.routes.sessions import address_after_sign_in, enter, never_stored
from portal.accounts.routes.throttling import limit_mails
from portal.core.access import current_actor, requires
from portal.core.extensions import csrf
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission

RECOVERING = "recovering"


@accounts.get("/recupera")
@requires(Permission.ACCOUNT_ENTER)
def show_recovery() -> Response:
    """Show the form that asks for the link."""
    return render_page("accounts/recovery_form.html", form=RecoveryForm(formdata=None))


@accounts.post("/recupera")
@csrf.exempt
@requires(Permission.ACCOUNT_ENTER)
@limit_mails
@writes
def send_recovery() -> BaseResponse:
    """Mail the link; the answer is the same for an address nobody has."""
    form = RecoveryForm()
    if not form.validate_on_submit():
        return invalid_form("accounts/recovery_form.html", form=form)
    services.request_recovery(
        actor=current_actor(), email=form.email.data, locale=str(get_locale())
    )
    session[RECOVERING] = form.email.data
    return redirect_after_post(url_for("accounts.show_recovery_sent"))


@accounts.get("/recupera/controlla-la-posta")
@requires(Permission.ACCOUNT_ENTER)
def show_recovery_sent() -> BaseResponse:
    """Say that a mail is on its way."""
    if RECOVERING not in session:
        return redirect(url_for("accounts.show_recovery"))
    return render_page("accounts/recovery_sent.html", email=session[RECOVERING])


@accounts.get("/recupera/<token>")
@requires(Permission.ACCOUNT_ENTER)
def show_new_password(token: str) -> Response:
    """Show where to write the new password."""
    return never_stored(
        render_page(
            "accounts/new_password_form.html",
            link=queries.read_recovery_link(token),
            token=token,
            form=NewPasswordForm(formdata=None),
        )
    )


@accounts.post("/recupera/<token>")
@csrf.exempt
@requires(Permission.ACCOUNT_ENTER)
@writes
def reset_password(token: str) -> BaseResponse:
    """Set the new password, end all sessions, begin one here."""
    link = queries.read_recovery_link(token)
    form = NewPasswordForm()
    if link.user is not None:
        form.set_owner(email=link.user.email or "", name=link.user.display_name)
    user = None
    if form.validate_on_submit():
        user = services.reset_password(
            actor=current_actor(), token=token, password=form.password.data
        )
    if user is None:
        return never_stored(
            invalid_form("accounts/new_password_form.html", link=link, token=token, form=form)
        )
    enter(user, by="email")
    flash(_("Your new password is set. All other sessions have ended."), "yes")
    return redirect_after_post(address_after_sign_in())
