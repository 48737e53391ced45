"""People and their roles, for the administrator."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts import queries, services
from portal.accounts.forms import RoleForm
from portal.accounts.routes.blueprint import accounts
from portal.accounts.services.registration import HISTORY
from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.forms import invalid_form
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_page, requested_text
from portal.core.unit_of_work import writes
from portal.permissions import GRANTED_ROLES, Permission, Role
from portal.territory.queries import list_districts

# A number no id can have is no address of ours.
PERSON = "/gestione/persone/<int:user_id>"
TEMPLATE = "accounts/person_detail.html"


@accounts.get("/gestione/persone")
@requires(Permission.ROLE_GRANT)
def list_people() -> Response:
    """Show who holds a role, or search all people."""
    text = requested_text()
    return render_page(
        "accounts/person_list.html",
        partial="accounts/_results.html",
        page=queries.list_people(text, page=requested_page()),
        text=text,
    )


@accounts.get(PERSON)
@requires(Permission.ROLE_GRANT)
def show_person(user_id: int) -> Response:
    """Show a person, the roles and their history."""
    return render_page(TEMPLATE, **_page(user_id, RoleForm(formdata=None)))


@accounts.post(f"{PERSON}/ruoli")
@requires(Permission.ROLE_GRANT)
@writes
def grant_role(user_id: int) -> BaseResponse:
    """Give a role."""
    form = RoleForm()
    if form.validate_on_submit():
        try:
            services.grant_role(
                actor=current_actor(),
                user_id=user_id,
                role=Role(form.role.data),
                district_id=form.district.data,
            )
        except RuleBrokenError as error:
            form.take_error(error)
        else:
            flash(_("The role is given."), "yes")
            return redirect_after_post(url_for("accounts.show_person", user_id=user_id))
    return invalid_form(TEMPLATE, **_page(user_id, form))


@accounts.post(f"{PERSON}/ruoli/togli")
@requires(Permission.ROLE_GRANT)
@writes
def revoke_role(user_id: int) -> BaseResponse:
    """Take a role."""
    form = RoleForm()
    if not form.validate_on_submit():
        return invalid_form(TEMPLATE, **_page(user_id, form))
    services.revoke_role(
        actor=current_actor(),
        user_id=user_id,
        role=Role(form.role.data),
        district_id=form.district.data,
    )
    flash(_("The role is taken."), "yes")
    return redirect_after_post(url_for("accounts.show_person", user_id=user_id))


def _page(user_id: int, form: RoleForm) -> dict[str, Any]:
    person = queries.get_person(user_id)
    form.offer([(district.id, district.name) for district in list_districts()])
    return {
        "person": person,
        "form": form,
        "roles": GRANTED_ROLES,
        "history": list_history(subject_kind=HISTORY, subject_id=user_id),
    }
