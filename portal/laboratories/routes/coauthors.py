"""Who stands beside the author: asked by the author, answered by the link of a mail."""

from datetime import timedelta

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.routes.sessions import never_stored
from portal.accounts.routes.throttling import limit_mails
from portal.core.access import current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.signed_links import read
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.emails.coauthors import COAUTHOR_LINK
from portal.laboratories.forms.coauthors import AskAssociationForm, AskPersonForm
from portal.laboratories.queries.coauthors import (
    InvitationFacts,
    find_coauthor_invitation,
    list_associations_to_ask,
)
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.proposal_pages import own_proposal
from portal.permissions import Permission

OF_PROPOSAL = "/laboratori/<slug>/proposte/<int:proposal_id>/autori"
INVITATION = "/laboratori/inviti/<token>"
READABLE_FOR = timedelta(days=365)
"""How long the link of the mail opens; whether there is something to answer says its row."""
INVALID = 422


@laboratories.get(OF_PROPOSAL)
@requires(Permission.PROPOSAL_EDIT)
def show_coauthors(slug: str, proposal_id: int) -> Response:
    """Show who stands beside the author, who was asked, and ask others."""
    return _page(slug, proposal_id)


@laboratories.post(f"{OF_PROPOSAL}/persona")
@requires(Permission.PROPOSAL_EDIT)
@limit_mails
@writes
def ask_person(slug: str, proposal_id: int) -> BaseResponse:
    """Ask a person by e-mail."""
    own_proposal(slug, proposal_id)
    form = AskPersonForm()
    if not form.validate():
        return _page(slug, proposal_id, person=form, status=INVALID)
    try:
        services.invite_person(
            actor=current_actor(), proposal_id=proposal_id, email=form.email.data
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _page(slug, proposal_id, person=form, status=INVALID)
    flash(_("Asked: the mail is on its way."), "yes")
    return _back(slug, proposal_id)


@laboratories.post(f"{OF_PROPOSAL}/associazione")
@requires(Permission.PROPOSAL_EDIT)
@limit_mails
@writes
def ask_association(slug: str, proposal_id: int) -> BaseResponse:
    """Ask an association: whoever represents it gets the mail."""
    own_proposal(slug, proposal_id)
    form = AskAssociationForm()
    form.offer(list_associations_to_ask())
    if not form.validate():
        return _page(slug, proposal_id, association=form, status=INVALID)
    try:
        services.invite_association(
            actor=current_actor(), proposal_id=proposal_id, association_id=form.association_id
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _page(slug, proposal_id, association=form, status=INVALID)
    flash(_("Asked: the mail is on its way."), "yes")
    return _back(slug, proposal_id)


@laboratories.post(f"{OF_PROPOSAL}/<int:coauthor_id>/ritira")
@requires(Permission.PROPOSAL_EDIT)
@writes
def take_back_coauthor(slug: str, proposal_id: int, coauthor_id: int) -> BaseResponse:
    """Take an invitation back."""
    own_proposal(slug, proposal_id)
    services.take_back_invitation(
        actor=current_actor(), proposal_id=proposal_id, coauthor_id=coauthor_id
    )
    flash(_("The invitation is taken back."), "yes")
    return _back(slug, proposal_id)


@laboratories.get(INVITATION)
@requires(Permission.PORTAL_READ)
def show_coauthor_invitation(token: str) -> Response:
    """Show who asks, for what, and to whom it is meant also the proposal."""
    invitation = _find(token)
    is_mine = invitation is not None and _is_mine(invitation)
    return never_stored(
        render_page(
            "laboratories/coauthor_invitation.html",
            token=token,
            invitation=invitation,
            is_mine=is_mine,
        )
    )


@laboratories.post(f"{INVITATION}/accetto")
@requires(Permission.PROPOSAL_WRITE)
@writes
def accept_coauthorship(token: str) -> BaseResponse:
    """Stand beside the author."""
    invitation = _get_mine(token)
    services.accept_coauthorship(actor=current_actor(), coauthor_id=invitation.id)
    flash(_("You stand among the authors now."), "yes")
    return redirect_after_post(
        url_for(
            "laboratories.show_proposal",
            slug=invitation.laboratory_slug,
            proposal_id=invitation.proposal_id,
        )
    )


@laboratories.post(f"{INVITATION}/rifiuto")
@requires(Permission.PROPOSAL_WRITE)
@writes
def decline_coauthorship(token: str) -> BaseResponse:
    """Say no, or step back."""
    invitation = _get_mine(token)
    services.decline_coauthorship(actor=current_actor(), coauthor_id=invitation.id)
    return redirect_after_post(url_for("laboratories.show_coauthor_invitation", token=token))


def _find(token: str) -> InvitationFacts | None:
    coauthor_id = read(COAUTHOR_LINK, token, READABLE_FOR)
    return find_coauthor_invitation(coauthor_id) if isinstance(coauthor_id, int) else None


def _is_mine(invitation: InvitationFacts) -> bool:
    return services.is_asked(
        actor=current_actor(), email=invitation.email, association_id=invitation.association_id
    )


def _get_mine(token: str) -> InvitationFacts:
    invitation = _find(token)
    if invitation is None or not _is_mine(invitation):
        raise NotFoundError
    return invitation


def _page(
    slug: str,
    proposal_id: int,
    *,
    person: AskPersonForm | None = None,
    association: AskAssociationForm | None = None,
    status: int = 200,
) -> Response:
    proposal = own_proposal(slug, proposal_id)
    if association is None:
        association = AskAssociationForm(formdata=None)
        association.offer(list_associations_to_ask())
    return render_page(
        "laboratories/proposal_coauthors.html",
        status=status,
        proposal=proposal,
        person_form=person or AskPersonForm(formdata=None),
        association_form=association,
    )


def _back(slug: str, proposal_id: int) -> BaseResponse:
    return redirect_after_post(
        url_for("laboratories.show_coauthors", slug=slug, proposal_id=proposal_id)
    )
