"""Who is invited to represent an association, and the team held for a change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.registry.models import Association, Invitation, Representative
from portal.registry.people import InvitationLink
from portal.registry.states import InvitationState, RepresentativeRole


@dataclass(frozen=True)
class InvitationRow:
    """An invitation that waits for an answer."""

    id: int
    email: str
    role: RepresentativeRole
    invited_at: datetime
    expires_at: datetime

    @property
    def has_expired(self) -> bool:
        """Its link no longer works; it can be sent again."""
        return self.expires_at <= utc_now()


@dataclass(frozen=True)
class InvitationDetail:
    """An invitation as whom it is for reads it."""

    id: int
    email: str
    role: RepresentativeRole
    expires_at: datetime
    link: InvitationLink
    inviter_name: str
    association_id: int
    association_slug: str
    association_name: str


@dataclass(frozen=True)
class HeldTeam:
    """An association and who represents it today, its row held until the end of the change."""

    association: Association
    members: Mapping[int, Representative]

    @property
    def roles(self) -> dict[int, RepresentativeRole]:
        """Person → role, as the rules ask for it."""
        return {user_id: member.role for user_id, member in self.members.items()}


def get_held_team(association_id: int) -> HeldTeam:
    """Return who represents an association; others who change its people wait until we are done.

    Raises `NotFoundError`.
    """
    # Not stronger: whoever writes a row that only points to the association need not wait.
    association = session().scalar(
        select(Association)
        .where(Association.id == association_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if association is None:
        raise NotFoundError
    members = session().scalars(
        select(Representative)
        .where(Representative.association_id == association_id, Representative.until_on.is_(None))
        .order_by(Representative.id)
        .execution_options(populate_existing=True)
    )
    return HeldTeam(association, {member.user_id: member for member in members})


def list_invitations(association_id: int) -> list[InvitationRow]:
    """Return who has been invited and has not answered, newest first, expired ones too."""
    rows = session().execute(
        select(
            Invitation.id,
            Invitation.email,
            Invitation.role,
            Invitation.invited_at,
            Invitation.expires_at,
        )
        .where(
            Invitation.association_id == association_id,
            Invitation.state == InvitationState.PENDING,
        )
        .order_by(Invitation.id.desc())
    )
    return [InvitationRow(*row) for row in rows]


def find_invitation(invitation_id: int) -> InvitationDetail | None:
    """Return an invitation, whatever became of it, or None where there is none."""
    row = (
        session()
        .execute(
            select(
                Invitation.id,
                Invitation.email,
                Invitation.role,
                Invitation.expires_at,
                Invitation.state,
                User.display_name,
                Association.id.label("association_id"),
                Association.slug,
                Association.name,
                Association.merged_into_id,
            )
            .join(User, User.id == Invitation.invited_by_id)
            .join(Association, Association.id == Invitation.association_id)
            .where(Invitation.id == invitation_id)
        )
        .one_or_none()
    )
    if row is None:
        return None
    return InvitationDetail(
        id=row.id,
        email=row.email,
        role=row.role,
        expires_at=row.expires_at,
        link=_link(row.state, row.expires_at, is_merged=row.merged_into_id is not None),
        inviter_name=row.display_name,
        association_id=row.association_id,
        association_slug=row.slug,
        association_name=row.name,
    )


def _link(state: InvitationState, expires_at: datetime, *, is_merged: bool) -> InvitationLink:
    if state is not InvitationState.PENDING:
        return InvitationLink(state.value)
    if is_merged:
        return InvitationLink.GONE
    return InvitationLink.EXPIRED if expires_at <= utc_now() else InvitationLink.VALID
