"""Is everything still right? One tap on the desk, or by the link of a reminder; and coming back."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import ForbiddenStepError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import queries, services
from portal.registry.forms import ConfirmForm
from portal.registry.queries import LinkState
from portal.registry.routes import registry
from portal.registry.routes.desk import DESK, own_association

LINK = f"{DESK}conferma/<token>"


@registry.post(f"{DESK}conferma")
@requires(Permission.ASSOCIATION_EDIT)
@writes
def confirm_profile(slug: str) -> BaseResponse:
    """Say that everything is still right."""
    services.confirm_profile(actor=current_actor(), association_id=own_association(slug).id)
    flash(_("Thank you: the page is up to date as of today."), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=slug))


@registry.post(f"{DESK}torna")
@requires(Permission.ASSOCIATION_EDIT)
@writes
def return_to_registry(slug: str) -> BaseResponse:
    """Bring back an association that was removed because nobody confirmed its page."""
    services.return_to_registry(actor=current_actor(), association_id=own_association(slug).id)
    flash(_("Welcome back: the page is public again."), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=slug))


@registry.get(LINK)
@requires(Permission.ASSOCIATION_CONFIRM)
def show_confirmation(slug: str, token: str) -> Response:
    """Show the profile that a reminder asks about, and the button; a mail scanner confirms none."""
    return _confirmation_page(slug, token)


@registry.post(LINK)
@requires(Permission.ASSOCIATION_CONFIRM)
@writes
def confirm_by_link(slug: str, token: str) -> BaseResponse:
    """Confirm as who got the reminder; a used link says that it was used."""
    if not ConfirmForm().validate_on_submit():
        return _confirmation_page(slug, token, status=422)
    try:
        services.confirm_by_link(link=queries.find_confirmation(slug=slug, token=token))
    except ForbiddenStepError:
        return _confirmation_page(slug, token, status=409)
    return redirect_after_post(url_for("registry.show_confirmation", slug=slug, token=token))


def _confirmation_page(slug: str, token: str, *, status: int | None = None) -> Response:
    link = queries.find_confirmation(slug=slug, token=token)
    is_dead = link.state is LinkState.DEAD
    return render_page(
        "registry/confirmation.html",
        status=status or (404 if is_dead else 200),
        link=link,
        token=token,
        association=None if is_dead else queries.get_desk(slug),
        form=ConfirmForm(formdata=None),
    )
