"""Who may join, change and leave the people of an association: pure rules.

A team is who represents an association today: person → role. One rule stands above the others:
as long as somebody is there, somebody is responsible.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.registry.states import RepresentativeRole

MOST_INVITATIONS = 20
"""Invitations of one association that may wait for an answer at a time."""
MOST_TRIES = 5
"""How often a code may be typed."""

Team = Mapping[int, RepresentativeRole]


class PeopleRefusal(StrEnum):
    """Why somebody may not join, change or leave."""

    LAST_MANAGER = "last_manager"
    """The others are there, and none of them is responsible."""
    LAST_PERSON = "last_person"
    """Nobody else is there."""
    NOT_HERE = "not_here"
    """The person does not represent the association (any more)."""
    ONESELF = "oneself"
    ALREADY_HERE = "already_here"
    ALREADY_INVITED = "already_invited"
    TOO_MANY_INVITATIONS = "too_many_invitations"
    NO_ACCOUNT = "no_account"


REFUSAL_SENTENCES = {
    PeopleRefusal.LAST_MANAGER: _l(
        "Somebody must always be responsible: hand the role over first."
    ),
    PeopleRefusal.LAST_PERSON: _l(
        "Nobody else looks after this association: invite somebody and hand the role over first."
    ),
    PeopleRefusal.NOT_HERE: _l("This person no longer represents the association."),
    PeopleRefusal.ONESELF: _l("Choose somebody else: you have the role already."),
    PeopleRefusal.ALREADY_HERE: _l("This person represents the association already."),
    PeopleRefusal.ALREADY_INVITED: _l(
        "This person has been invited already and has not answered yet."
    ),
    PeopleRefusal.TOO_MANY_INVITATIONS: _l(
        "Many invitations are waiting for an answer: withdraw one first."
    ),
    PeopleRefusal.NO_ACCOUNT: _l(
        "Nobody with this address has an account yet: add the person first, they get an invitation."
    ),
}


class Intervention(StrEnum):
    """What the office may do with the people of an association."""

    ADD = "add"
    INVITE = "invite"
    """Add somebody who has no account yet."""
    MAKE_MANAGER = "make_manager"
    MAKE_EDITOR = "make_editor"
    REMOVE = "remove"
    REPLACE = "replace"
    """Remove somebody and make another responsible, in one act."""


class InvitationLink(StrEnum):
    """What the link of an invitation still does."""

    VALID = "valid"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    BROKEN = "broken"
    """Nobody signed this."""
    GONE = "gone"
    """The association now stands under another entry."""


def find_change_refusal(
    team: Team, user_id: int, role: RepresentativeRole | None
) -> PeopleRefusal | None:
    """Say why `user_id` may not have `role` from now on (None: no longer be there), or None."""
    if user_id not in team:
        return PeopleRefusal.NOT_HERE
    others = [held for other, held in team.items() if other != user_id]
    if role is RepresentativeRole.MANAGER or RepresentativeRole.MANAGER in others:
        return None
    return PeopleRefusal.LAST_MANAGER if others else PeopleRefusal.LAST_PERSON


def find_hand_over_refusal(team: Team, from_id: int, to_id: int) -> PeopleRefusal | None:
    """Say why `from_id` may not hand the role of manager to `to_id`, or None."""
    if from_id not in team or to_id not in team:
        return PeopleRefusal.NOT_HERE
    return PeopleRefusal.ONESELF if from_id == to_id else None


def find_removal_refusal_of_office(team: Team, user_id: int) -> PeopleRefusal | None:
    """Say why the office may not remove `user_id`, or None.

    Somebody who had no right to the page is removed even when nobody else is there: then it can
    be claimed again.
    """
    refusal = find_change_refusal(team, user_id, None)
    return None if refusal is PeopleRefusal.LAST_PERSON else refusal


def find_invitation_refusal(
    *, email: str, members: Collection[str], waiting: Collection[str]
) -> PeopleRefusal | None:
    """Say why `email` may not be invited, or None.

    `members` are the addresses of who is there, `waiting` those of invitations still good.
    """
    if email.lower() in {address.lower() for address in members}:
        return PeopleRefusal.ALREADY_HERE
    if email.lower() in {address.lower() for address in waiting}:
        return PeopleRefusal.ALREADY_INVITED
    if len(waiting) >= MOST_INVITATIONS:
        return PeopleRefusal.TOO_MANY_INVITATIONS
    return None


def masked_email(email: str) -> str:
    """Return an address so that its owner recognises it and nobody else learns it: `s…@x.org`."""
    local, _at, domain = email.partition("@")
    return f"{local[:1]}…@{domain}"
