"""Invitations to represent an association: sent, sent again, withdrawn, answered."""

from datetime import timedelta

from sqlalchemy import select

from portal.accounts.queries import get_person, get_recipient, recipients_of
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.registry.models import Association, Invitation
from portal.registry.people import find_invitation_refusal
from portal.registry.people_emails import mail_invitation, mail_invitation_accepted
from portal.registry.queries import (
    HeldTeam,
    get_held_team,
    list_invitations,
    list_representatives,
)
from portal.registry.services.people import PeopleRefusedError, set_role
from portal.registry.services.representatives import add_representative, record_people_step
from portal.registry.states import InvitationState, RepresentativeRole

INVITATION_LASTS = timedelta(days=7)


def invite_person(
    *, actor: Actor, association_id: int, email: str, role: RepresentativeRole
) -> Invitation:
    """Invite `email` (normalised) by mail; whether it has an account changes nothing.

    An invitation that has expired is sent anew. Raises `PeopleRefusedError` for who is there or
    was invited already, and where too many invitations wait.
    """
    association = get_held_team(association_id).association
    pending = list_invitations(association_id)
    refusal = find_invitation_refusal(
        email=email,
        members=[p.email for p in list_representatives(association_id) if p.email],
        waiting=[row.email for row in pending if not row.has_expired],
    )
    if refusal is not None:
        raise PeopleRefusedError(refusal)
    expired = next((row.id for row in pending if row.email.lower() == email), None)
    invitation = _get(expired) if expired else Invitation(association_id=association_id)
    invitation.email, invitation.role = email, role
    _send(actor, invitation, association)
    record_people_step(
        actor=actor, association=association, action="invite_person", note=email, to_role=role
    )
    return invitation


def resend_invitation(*, actor: Actor, association_id: int, invitation_id: int) -> Invitation:
    """Send an invitation again, good for as long as a new one; raises `NotFoundError`."""
    association = get_held_team(association_id).association
    invitation = _get_pending_of(association_id, invitation_id)
    _send(actor, invitation, association)
    return invitation


def withdraw_invitation(*, actor: Actor, association_id: int, invitation_id: int) -> Invitation:
    """Take an invitation back: its link says so from now on; raises `NotFoundError`."""
    association = get_held_team(association_id).association
    invitation = _get_pending_of(association_id, invitation_id)
    _answer(invitation, InvitationState.WITHDRAWN)
    record_people_step(
        actor=actor, association=association, action="withdraw_invitation", note=invitation.email
    )
    return invitation


def accept_invitation(*, actor: Actor, invitation_id: int, capacity: str) -> Invitation:
    """Let who was invited represent the association, and tell its managers.

    Raises `ForbiddenStepError` when the link is no longer good or the invitation is for somebody
    else: only the address it was sent to, confirmed, may accept it.
    """
    invitation, team = _hold_valid(actor, invitation_id)
    managers = [i for i, r in team.roles.items() if r is RepresentativeRole.MANAGER]
    _answer(invitation, InvitationState.ACCEPTED, accepted_by_id=actor.account_id)
    _seat(actor, team, invitation, capacity)
    for reader_id, reader in recipients_of(managers).items():
        if reader_id != actor.id:
            mail_invitation_accepted(
                association=team.association,
                invitation=invitation,
                person=actor.name,
                reader_id=reader_id,
                reader=reader,
            )
    return invitation


def decline_invitation(*, actor: Actor, invitation_id: int) -> Invitation:
    """Say no; raises `ForbiddenStepError` as `accept_invitation` does."""
    invitation, team = _hold_valid(actor, invitation_id)
    _answer(invitation, InvitationState.DECLINED)
    record_people_step(
        actor=actor,
        association=team.association,
        action="decline_invitation",
        note=invitation.email,
    )
    return invitation


def _seat(actor: Actor, team: HeldTeam, invitation: Invitation, capacity: str) -> None:
    """Give the place; who has come in by another way meanwhile never gets less than they had."""
    known = team.members.get(actor.account_id)
    if known is None:
        add_representative(
            actor=actor,
            association=team.association,
            user_id=actor.account_id,
            capacity=capacity,
            role=invitation.role,
            are_others_told=False,
        )
    elif invitation.role is RepresentativeRole.MANAGER and known.role is not invitation.role:
        set_role(actor=actor, association=team.association, member=known, role=invitation.role)


def _send(actor: Actor, invitation: Invitation, association: Association) -> None:
    now = utc_now()
    invitation.state = InvitationState.PENDING
    invitation.invited_by_id = actor.account_id
    invitation.invited_at, invitation.expires_at = now, now + INVITATION_LASTS
    session().add(invitation)
    session().flush()
    mail_invitation(
        invitation=invitation,
        association=association,
        inviter=get_recipient(actor.account_id).name,
    )


def _answer(
    invitation: Invitation, state: InvitationState, accepted_by_id: int | None = None
) -> None:
    invitation.state, invitation.answered_at = state, utc_now()
    invitation.accepted_by_id = accepted_by_id
    session().flush()


def _hold_valid(actor: Actor, invitation_id: int) -> tuple[Invitation, HeldTeam]:
    association_id = session().scalar(
        select(Invitation.association_id).where(Invitation.id == invitation_id)
    )
    if association_id is None:
        raise NotFoundError
    # The association first, as everywhere: two locks in one order never block each other.
    team = get_held_team(association_id)
    invitation = _get(invitation_id)
    is_good = (
        invitation.state is InvitationState.PENDING
        and invitation.expires_at > utc_now()
        and team.association.merged_into_id is None
    )
    person = get_person(actor.account_id)
    is_theirs = person.is_confirmed and person.email.lower() == invitation.email.lower()
    if not (is_good and is_theirs):
        raise ForbiddenStepError
    return invitation, team


def _get_pending_of(association_id: int, invitation_id: int) -> Invitation:
    invitation = _get(invitation_id)
    is_its = invitation.association_id == association_id
    if not is_its or invitation.state is not InvitationState.PENDING:
        raise NotFoundError
    return invitation


def _get(invitation_id: int) -> Invitation:
    invitation = session().scalar(
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if invitation is None:
        raise NotFoundError
    return invitation
