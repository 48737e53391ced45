"""Invitations to represent an association, as whom they are for opens them."""

from datetime import timedelta

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.routes.sessions import never_stored
from portal.core.access import authorize, can, current_actor, forget_actor, requires
from portal.core.htmx import redirect_after_post, render_page
from portal.core.signed_links import read
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import services
from portal.registry.forms import AcceptInvitationForm
from portal.registry.people import InvitationLink, masked_email
from portal.registry.people_emails import INVITATION as INVITATION_PURPOSE
from portal.registry.queries import InvitationDetail, find_invitation
from portal.registry.routes import registry

INVITATION = "/inviti/<token>"
READABLE_FOR = timedelta(days=90)
"""How long an old link still says what became of it; whether it acts is said by its row."""


@registry.get(INVITATION)
@requires(Permission.INVITATION_READ)
def show_invitation(token: str) -> Response:
    """Show who invites, to what, and what can be answered; programs that scan mail do nothing."""
    return _invitation_page(token, AcceptInvitationForm(formdata=None))


@registry.post(f"{INVITATION}/accetto")
@requires(Permission.INVITATION_ANSWER)
@writes
def accept_invitation(token: str) -> BaseResponse:
    """Accept: from now on I represent the association."""
    invitation = _find_mine(token)
    form = AcceptInvitationForm()
    if invitation is None:
        return _invitation_page(token, form, status=409)
    if not form.validate_on_submit():
        return _invitation_page(token, form, status=422)
    services.accept_invitation(
        actor=current_actor(), invitation_id=invitation.id, capacity=form.capacity.data
    )
    forget_actor()
    flash(_("Welcome! You now look after %(name)s.", name=invitation.association_name), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=invitation.association_slug))


@registry.post(f"{INVITATION}/rifiuto")
@requires(Permission.INVITATION_ANSWER)
@writes
def decline_invitation(token: str) -> BaseResponse:
    """Decline."""
    invitation = _find_mine(token)
    if invitation is None:
        return _invitation_page(token, AcceptInvitationForm(formdata=None), status=409)
    services.decline_invitation(actor=current_actor(), invitation_id=invitation.id)
    return redirect_after_post(url_for("registry.show_invitation", token=token))


def _find(token: str) -> InvitationDetail | None:
    invitation_id = read(INVITATION_PURPOSE, token, READABLE_FOR)
    return find_invitation(invitation_id) if isinstance(invitation_id, int) else None


def _find_mine(token: str) -> InvitationDetail | None:
    """Return the invitation if it can still be answered; only whom it is for gets further."""
    invitation = _find(token)
    if invitation is None or invitation.link is not InvitationLink.VALID:
        return None
    authorize(Permission.INVITATION_ANSWER, invitation)
    return invitation


def _invitation_page(token: str, form: AcceptInvitationForm, *, status: int = 200) -> Response:
    invitation = _find(token)
    return never_stored(
        render_page(
            "registry/invitation.html",
            status=status,
            token=token,
            link=invitation.link if invitation else InvitationLink.BROKEN,
            invitation=invitation,
            invited_email=masked_email(invitation.email) if invitation else "",
            is_mine=invitation is not None and can(Permission.INVITATION_ANSWER, invitation),
            form=form,
        )
    )
