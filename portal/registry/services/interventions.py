"""The office steps in: who represents an association changes, with a reason its people read."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from portal.accounts.queries import find_user_by_email, get_recipient, recipients_of
from portal.core.access import Actor
from portal.registry.models import Association
from portal.registry.people import (
    Intervention,
    PeopleRefusal,
    find_change_refusal,
    find_removal_refusal_of_office,
)
from portal.registry.people_emails import mail_staff_intervened
from portal.registry.queries import HeldTeam, get_held_team
from portal.registry.services.invitations import invite_person
from portal.registry.services.people import PeopleRefusedError, end_membership, set_role
from portal.registry.services.representatives import add_representative, record_people_step
from portal.registry.states import RepresentativeRole

CAPACITY_UNKNOWN = _l("Named by the participation office")
"""What the person is in the association, where the office does not say."""

_ROLES = {
    Intervention.MAKE_MANAGER: RepresentativeRole.MANAGER,
    Intervention.MAKE_EDITOR: RepresentativeRole.EDITOR,
}


def add_person_by_office(
    *,
    actor: Actor,
    association_id: int,
    email: str,
    role: RepresentativeRole,
    capacity: str,
    reason: str,
) -> Intervention:
    """Add who has an account at once, and invite who has none; return which of the two it was.

    Raises `PeopleRefusedError` for who is there or was invited already.
    """
    actor, team = _as_office(actor), get_held_team(association_id)
    user_id = _find_account(email)
    if user_id is None:
        invite_person(actor=actor, association_id=association_id, email=email, role=role)
        _conclude(actor, team, Intervention.INVITE, person=email, reason=reason)
        return Intervention.INVITE
    if user_id in team.members:
        raise PeopleRefusedError(PeopleRefusal.ALREADY_HERE)
    _add(actor, team.association, user_id, role, capacity)
    name = get_recipient(user_id).name
    _conclude(actor, team, Intervention.ADD, person=name, reason=reason, also={user_id})
    return Intervention.ADD


def intervene(
    *,
    actor: Actor,
    association_id: int,
    user_id: int,
    act: Intervention,
    reason: str,
    heir_email: str | None = None,
) -> None:
    """Change the role of somebody, remove them, or replace them by `heir_email` in one act.

    All people of the association, the removed one too, read by mail what was done and why.
    Raises `PeopleRefusedError`: a manager without others is replaced, not removed.
    """
    actor, team = _as_office(actor), get_held_team(association_id)
    if user_id not in team.members:
        raise PeopleRefusedError(PeopleRefusal.NOT_HERE)
    name, heir = get_recipient(user_id).name, None
    if act in _ROLES:
        _set_role(actor, team, user_id, _ROLES[act])
    elif act is Intervention.REPLACE:
        heir = _replace(actor, team, user_id, heir_email or "")
    else:
        refusal = find_removal_refusal_of_office(team.roles, user_id)
        if refusal is not None:
            raise PeopleRefusedError(refusal)
        _remove(actor, team, user_id)
    also = set() if heir is None else {heir}
    heir_name = None if heir is None else get_recipient(heir).name
    _conclude(actor, team, act, person=name, reason=reason, heir=heir_name, also=also)


def _as_office(actor: Actor) -> Actor:
    """A clerk who represents the association as well acts for the office here, not for it."""
    return replace(actor, association_ids=frozenset(), managed_association_ids=frozenset())


def _set_role(actor: Actor, team: HeldTeam, user_id: int, role: RepresentativeRole) -> None:
    refusal = find_change_refusal(team.roles, user_id, role)
    if refusal is not None:
        raise PeopleRefusedError(refusal)
    member = team.members[user_id]
    if member.role is not role:
        set_role(actor=actor, association=team.association, member=member, role=role)


def _replace(actor: Actor, team: HeldTeam, user_id: int, heir_email: str) -> int:
    heir_id = _find_account(heir_email)
    if heir_id is None:
        raise PeopleRefusedError(PeopleRefusal.NO_ACCOUNT)
    if heir_id == user_id:
        raise PeopleRefusedError(PeopleRefusal.ONESELF)
    if heir_id in team.members:
        _set_role(actor, team, heir_id, RepresentativeRole.MANAGER)
    else:
        _add(actor, team.association, heir_id, RepresentativeRole.MANAGER, "")
    _remove(actor, team, user_id)
    return heir_id


def _add(
    actor: Actor, association: Association, user_id: int, role: RepresentativeRole, capacity: str
) -> None:
    add_representative(
        actor=actor,
        association=association,
        user_id=user_id,
        capacity=capacity or str(CAPACITY_UNKNOWN),
        role=role,
        are_others_told=False,
    )


def _remove(actor: Actor, team: HeldTeam, user_id: int) -> None:
    end_membership(
        actor=actor,
        association=team.association,
        member=team.members[user_id],
        name=get_recipient(user_id).name,
    )


def _conclude(
    actor: Actor,
    team: HeldTeam,
    act: Intervention,
    *,
    person: str,
    reason: str,
    heir: str | None = None,
    also: frozenset[int] | set[int] = frozenset(),
) -> None:
    """Write down why, and tell everybody who was or is there."""
    record_people_step(actor=actor, association=team.association, action="intervene", note=reason)
    for reader_id, reader in recipients_of(set(team.members) | also).items():
        if reader_id != actor.id:
            mail_staff_intervened(
                association=team.association,
                act=act,
                person=person,
                heir=heir,
                reason=reason,
                reader_id=reader_id,
                reader=reader,
            )


def _find_account(email: str) -> int | None:
    """Return who has confirmed this address, or None."""
    user = find_user_by_email(email)
    return user.id if user is not None and user.confirmed_at is not None else None
