"""The people of an association change: roles, leaving, removing, handing over."""

from flask_babel import lazy_gettext as _l

from portal.accounts.queries import get_recipient, recipients_of
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import DomainError
from portal.registry.models import Association, Representative
from portal.registry.people import (
    REFUSAL_SENTENCES,
    PeopleRefusal,
    find_change_refusal,
    find_hand_over_refusal,
)
from portal.registry.people_emails import (
    mail_person_left,
    mail_person_removed,
    mail_role_changed,
    mail_role_handed_over,
)
from portal.registry.queries import HeldTeam, get_held_team
from portal.registry.services.representatives import record_people_step
from portal.registry.states import RepresentativeRole


class PeopleRefusedError(DomainError):
    """The people of an association may not change like that; `refusal` says why."""

    sentence = _l("The people of this association cannot change like that.")

    def __init__(self, refusal: PeopleRefusal) -> None:
        """Keep the named reason and its sentence."""
        super().__init__(REFUSAL_SENTENCES[refusal])
        self.refusal = refusal


def change_role(
    *, actor: Actor, association_id: int, user_id: int, role: RepresentativeRole
) -> None:
    """Give somebody another role, and tell them.

    The same role again changes nothing. Raises `PeopleRefusedError` for the last manager and for
    who is not there.
    """
    team = get_held_team(association_id)
    _refuse(find_change_refusal(team.roles, user_id, role))
    member = team.members[user_id]
    if member.role is role:
        return
    set_role(actor=actor, association=team.association, member=member, role=role)
    if user_id != actor.id:
        mail_role_changed(
            association=team.association,
            representative_id=member.id,
            role=role,
            person=actor.name,
            reader=get_recipient(user_id),
        )


def remove_person(*, actor: Actor, association_id: int, user_id: int) -> None:
    """Let somebody no longer represent the association from today, and tell them."""
    team = get_held_team(association_id)
    _refuse(find_change_refusal(team.roles, user_id, None))
    member = team.members[user_id]
    reader = get_recipient(user_id)
    end_membership(actor=actor, association=team.association, member=member, name=reader.name)
    mail_person_removed(
        association=team.association,
        representative_id=member.id,
        person=actor.name,
        reader=reader,
    )


def leave_association(*, actor: Actor, association_id: int) -> None:
    """Let the actor no longer represent the association, and tell its managers.

    Raises `PeopleRefusedError` for the last manager: of two who leave at once, the second.
    """
    team = get_held_team(association_id)
    _refuse(find_change_refusal(team.roles, actor.account_id, None))
    member = team.members[actor.account_id]
    _end(actor, team.association, member, "leave_association", actor.name)
    readers = recipients_of(_managers(team) - {actor.account_id})
    for reader_id, reader in readers.items():
        mail_person_left(
            association=team.association,
            representative_id=member.id,
            person=actor.name,
            reader_id=reader_id,
            reader=reader,
        )


def hand_over(*, actor: Actor, association_id: int, to_user_id: int, is_leaving: bool) -> None:
    """Make a colleague responsible in the actor's place, and tell all managers.

    The actor stays as an editor, or leaves. Raises `PeopleRefusedError` for who is not there.
    """
    team = get_held_team(association_id)
    _refuse(find_hand_over_refusal(team.roles, actor.account_id, to_user_id))
    mine, heir = team.members[actor.account_id], team.members[to_user_id]
    name = get_recipient(to_user_id).name
    heir.role = RepresentativeRole.MANAGER
    record_people_step(actor=actor, association=team.association, action="hand_over", note=name)
    if is_leaving:
        _end(actor, team.association, mine, "leave_association", actor.name)
    else:
        mine.role = RepresentativeRole.EDITOR
    session().flush()
    _tell_of_hand_over(actor, team, heir, name)


def set_role(
    *, actor: Actor, association: Association, member: Representative, role: RepresentativeRole
) -> None:
    """Give a role, with its history; the caller has asked whether it may be and tells people."""
    before, member.role = member.role, role
    session().flush()
    record_people_step(
        actor=actor,
        association=association,
        action="change_role",
        note=get_recipient(member.user_id).name,
        from_role=before,
        to_role=role,
    )


def end_membership(
    *, actor: Actor, association: Association, member: Representative, name: str
) -> None:
    """End it, with its history; the caller has asked whether it may be and tells people."""
    _end(actor, association, member, "remove_representative", name)


def _end(
    actor: Actor, association: Association, member: Representative, action: str, name: str
) -> None:
    member.until_on = local_today()
    session().flush()
    record_people_step(
        actor=actor, association=association, action=action, note=name, from_role=member.role
    )


def _managers(team: HeldTeam) -> set[int]:
    return {i for i, role in team.roles.items() if role is RepresentativeRole.MANAGER}


def _tell_of_hand_over(actor: Actor, team: HeldTeam, heir: Representative, name: str) -> None:
    readers = recipients_of((_managers(team) | {heir.user_id}) - {actor.account_id})
    for reader_id, reader in readers.items():
        mail_role_handed_over(
            association=team.association,
            representative_id=heir.id,
            person=actor.name,
            heir=name,
            is_heir=reader_id == heir.user_id,
            reader_id=reader_id,
            reader=reader,
        )


def _refuse(refusal: PeopleRefusal | None) -> None:
    if refusal is not None:
        raise PeopleRefusedError(refusal)
