"""Who represents the entry that a merge leaves, and who was asked to."""

from sqlalchemy import delete, func, select

from portal.accounts.queries import recipients_of
from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.history import record_step
from portal.registry.models import Association, ClaimCode, Invitation, Representative
from portal.registry.services.representatives import ASSOCIATION_HISTORY
from portal.registry.states import InvitationState, RepresentativeRole


def move_people(*, actor: Actor, survivor: Association, duplicate: Association) -> None:
    """Let who represents `duplicate` represent `survivor`; nobody twice, with the higher role.

    Invitations follow; codes sent to the duplicate's certified e-mail end.
    """
    represents = {row.user_id: row for row in _current(survivor.id)}
    moving = _current(duplicate.id)
    people = recipients_of(row.user_id for row in moving)
    for row in moving:
        known = represents.get(row.user_id)
        if known is None:
            row.association_id = survivor.id
            record_step(
                actor=actor,
                subject_kind=ASSOCIATION_HISTORY,
                subject_id=survivor.id,
                action="add_representative",
                note=people[row.user_id].name,
            )
            continue
        row.until_on = local_today()
        known.since_on = min(known.since_on, row.since_on)
        if row.role is RepresentativeRole.MANAGER:
            known.role = row.role
    session().flush()
    _move_invitations(survivor.id, duplicate.id)
    session().execute(delete(ClaimCode).where(ClaimCode.association_id == duplicate.id))


def _current(association_id: int) -> list[Representative]:
    return list(
        session().scalars(
            select(Representative)
            .where(
                Representative.association_id == association_id, Representative.until_on.is_(None)
            )
            .order_by(Representative.id)
            .with_for_update()
        )
    )


def _move_invitations(survivor_id: int, duplicate_id: int) -> None:
    pending = Invitation.state == InvitationState.PENDING
    invited = set(
        session().scalars(
            select(func.lower(Invitation.email)).where(
                Invitation.association_id == survivor_id, pending
            )
        )
    )
    for invitation in session().scalars(
        select(Invitation).where(Invitation.association_id == duplicate_id, pending)
    ):
        if invitation.email.lower() in invited:
            invitation.state, invitation.answered_at = InvitationState.WITHDRAWN, utc_now()
        else:
            invitation.association_id = survivor_id
    session().flush()
