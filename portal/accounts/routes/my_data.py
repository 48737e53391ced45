"""One's own name, language and password."""

from typing import Any

from flask import Response, flash, session, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import queries, services
from portal.accounts.forms import ChangePasswordForm, MyDataForm
from portal.accounts.routes.blueprint import accounts
from portal.accounts.routes.sessions import enter
from portal.accounts.routes.throttling import limit_wrong_passwords, note_failed_proof
from portal.core.access import Actor, current_actor, requires
from portal.core.extensions import LOCALE_COOKIE
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission

TEMPLATE = "accounts/my_data.html"


@accounts.get("/area-personale/dati")
@requires(Permission.PERSONAL_AREA_READ)
def show_my_data() -> Response:
    """Show what the portal knows about me, and let me change it."""
    return render_page(TEMPLATE, **_page(current_actor()))


@accounts.post("/area-personale/dati")
@requires(Permission.PERSONAL_AREA_EDIT)
@writes
def update_my_data() -> BaseResponse:
    """Change name and language."""
    form = MyDataForm()
    if not form.validate_on_submit():
        return invalid_form(TEMPLATE, **_page(current_actor(), data_form=form))
    services.update_my_data(actor=current_actor(), name=form.name.data, locale=form.locale.data)
    with force_locale(form.locale.data):
        flash(_("Your data are saved."), "yes")
    response = redirect_after_post(url_for("accounts.show_my_data"))
    # A language chosen in passing would win over the one chosen here.
    session.pop("locale", None)
    response.delete_cookie(LOCALE_COOKIE)
    return response


@accounts.post("/area-personale/password")
@requires(Permission.PERSONAL_AREA_EDIT)
@limit_wrong_passwords
@writes
def change_password() -> BaseResponse:
    """Set a password and end all other sessions."""
    actor = current_actor()
    form = ChangePasswordForm()
    form.set_owner(email=actor.email or "", name=actor.name)
    if queries.has_password(actor.account_id):
        form.ask_for_present()
    if not form.validate_on_submit():
        return invalid_form(TEMPLATE, **_page(actor, password_form=form))
    user = services.change_password(
        actor=actor,
        current_password=form.current_password.data,
        new_password=form.password.data,
    )
    if user is None:
        note_failed_proof()
        form.current_password.errors = [_("This is not your present password.")]
        return invalid_form(TEMPLATE, **_page(actor, password_form=form))
    enter(user, by="password")
    flash(_("Your new password is set. All other sessions have ended."), "yes")
    return redirect_after_post(url_for("accounts.show_my_data"))


def _page(
    actor: Actor,
    *,
    data_form: MyDataForm | None = None,
    password_form: ChangePasswordForm | None = None,
) -> dict[str, Any]:
    """Return both forms of the page; the one not sent shows what is stored."""
    has_password = queries.has_password(actor.account_id)
    password = password_form or ChangePasswordForm(formdata=None)
    if has_password:
        password.ask_for_present()
    return {
        "email": actor.email,
        "has_password": has_password,
        "refused_form": data_form or password_form,
        "data_form": data_form
        or MyDataForm(formdata=None, data={"name": actor.name, "locale": actor.locale}),
        "password_form": password,
    }
