"""What was changed in a profile: the whole history, taken back or brought back; the logo."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.downloads import file_response
from portal.core.errors import DomainError, ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.files import get_stored_file
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import queries, services
from portal.registry.forms import ConfirmForm, LogoForm
from portal.registry.queries import DeskRow
from portal.registry.routes import registry
from portal.registry.routes.desk import DESK, own_association
from portal.registry.states import ChangeState

CHANGES = f"{DESK}modifiche"
CHANGE = f"{CHANGES}/<int:change_id>"
LOGO = f"{DESK}logo"


@registry.get(CHANGES)
@requires(Permission.ASSOCIATION_EDIT)
def list_changes(slug: str) -> Response:
    """Show every change of the profile, with what differs and what the office said."""
    return _changes_page(own_association(slug))


@registry.post(f"{CHANGE}/ritira")
@requires(Permission.ASSOCIATION_EDIT)
@writes
def withdraw_change(slug: str, change_id: int) -> BaseResponse:
    """Take back a change that waits for the office."""
    association = own_association(slug)
    try:
        services.withdraw_change(
            actor=current_actor(), association_id=association.id, change_id=change_id
        )
    except ForbiddenStepError as error:
        return _changes_page(association, problem=error)
    flash(_("You have withdrawn the change: the profile stays as it is."), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=slug))


@registry.post(f"{CHANGE}/ripristina")
@requires(Permission.ASSOCIATION_EDIT)
@writes
def restore_change(slug: str, change_id: int) -> BaseResponse:
    """Bring back what stood there before a change."""
    association = own_association(slug)
    try:
        changes = services.restore_change(
            actor=current_actor(), association_id=association.id, change_id=change_id
        )
    except (ForbiddenStepError, RuleBrokenError) as error:
        return _changes_page(association, problem=error)
    if any(change.state is ChangeState.PENDING for change in changes):
        flash(_("The office looks at it first: then what was before is public again."), "yes")
    else:
        flash(_("Brought back: everybody sees what was before."), "yes")
    return redirect_after_post(url_for("registry.list_changes", slug=slug))


@registry.get(LOGO)
@requires(Permission.ASSOCIATION_EDIT)
def show_own_logo(slug: str) -> Response:
    """Show the logo to who looks after it, also while the page is not public."""
    association = own_association(slug)
    if association.logo_id is None:
        raise NotFoundError
    return file_response(get_stored_file(association.logo_id), as_attachment=False)


@registry.post(LOGO)
@requires(Permission.ASSOCIATION_EDIT)
@writes
def save_logo(slug: str) -> BaseResponse:
    """Take a new logo; everybody sees it at once."""
    association = own_association(slug)
    form = LogoForm()
    if not form.validate_on_submit():
        return render_page(
            "registry/logo_form.html", status=422, association=association, form=form
        )
    services.save_logo(actor=current_actor(), association_id=association.id, upload=form.logo.data)
    flash(_("Saved: everybody sees the logo now."), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=slug))


@registry.post(f"{LOGO}/togli")
@requires(Permission.ASSOCIATION_EDIT)
@writes
def remove_logo(slug: str) -> BaseResponse:
    """Take the logo away."""
    services.remove_logo(actor=current_actor(), association_id=own_association(slug).id)
    flash(_("The logo is gone."), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=slug))


def _changes_page(association: DeskRow, *, problem: DomainError | None = None) -> Response:
    names = queries.list_code_names()
    return render_page(
        "registry/change_list.html",
        partial="registry/_change_results.html",
        status=409 if problem else 200,
        association=association,
        page=queries.list_changes(association.id, page=requested_page(), names=names),
        problem=problem.sentence if problem else None,
        form=ConfirmForm(formdata=None),
    )
