"""Erasing one's own account (GDPR, article 17): what is left is an empty shell."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_security.proxies import _datastore as datastore
from flask_security.proxies import _security as security
from sqlalchemy import delete, exists, or_, select

from portal.accounts.credentials import normalise_email
from portal.accounts.emails import mail_account_erased
from portal.accounts.erasure import (
    Hindrance,
    HindranceKind,
    Leaver,
    forget_everywhere,
    list_hindrances,
)
from portal.accounts.models import CalendarKey, RoleAssignment, User
from portal.accounts.services.roles import HISTORY, hold_administrators, is_last_administrator
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import DomainError, NotFoundError
from portal.core.history import HistoryEntry, forget_actor, forget_name_in_notes, record_step
from portal.core.jobs import defer
from portal.core.mail import forget_mail
from portal.core.person_names import NO_NAME

FORGOTTEN = frozenset(
    {"role_assignment.user_id", "calendar_key.user_id", "phone_message.reader_id"}
)
KEPT: Mapping[str, str] = {
    "phone_message.told_by_id": "who told somebody else: an act of office",
    "history_entry.actor_id": "the step was taken; its name goes, unless it was an act of office",
}
_STEPS_ABOUT_PEOPLE = (
    "add_representative", "remove_representative", "leave_association", "change_role", "hand_over",
    "add_tutor", "remove_tutor",
)  # fmt: skip
"""Steps whose note is the name of the person they are about."""


class StillNeededError(DomainError):
    """Something would be left to nobody; the page says what, and where to hand it over."""

    sentence = _l("Before you erase your account, hand over what only you look after.")


def erase_account(*, actor: Actor, proof: str) -> bool:
    """Erase the account of `actor` in this transaction; False where `proof` is wrong.

    `proof` is the password, or the address of who has none. A second tap finds it done. Raises
    `StillNeededError` while something would be left to nobody.
    """
    user = _hold(actor.account_id)
    if user.erased_at is not None:
        return True
    if not _is_proved(user, proof):
        return False
    hold_administrators()
    if list_hindrances(user.id):
        raise StillNeededError
    leaver = Leaver(actor, user.id, user.display_name, user.email)
    forget_everywhere(leaver)
    _empty(user)
    record_step(
        actor=Actor(id=user.id, name=NO_NAME), subject_kind=HISTORY, subject_id=user.id,
        action="erase",
    )  # fmt: skip
    if leaver.email is not None:
        mail_account_erased(leaver, locale=actor.locale)
    # What somebody did for the person in this very moment is found a moment later.
    defer("finish_erasure", user_id=user.id)
    session().flush()
    return True


def finish_erasure(*, user_id: int) -> None:
    """Forget once more what was written while the account was being erased; safe to repeat."""
    user = _hold(user_id)
    if user.erased_at is not None:
        nobody = Actor(id=user.id, name=NO_NAME, locale=user.locale)
        forget_everywhere(Leaver(nobody, user.id, NO_NAME, None))


def list_own_hindrances(user_id: int) -> Sequence[Hindrance]:
    """Say whether nobody else could give roles."""
    if not is_last_administrator(user_id):
        return ()
    return (Hindrance(HindranceKind.LAST_ADMINISTRATOR, "accounts.list_people"),)


def forget_own(leaver: Leaver) -> None:
    """Forget roles, calendar, mails and calls, and the name in what was done."""
    held_office = _has_held_office(leaver.id)
    session().flush()
    session().execute(delete(CalendarKey).where(CalendarKey.user_id == leaver.id))
    _take_roles(leaver)
    forget_mail(address=leaver.email, reader_id=leaver.id)
    forget_name_in_notes(name=leaver.name, actions=_STEPS_ABOUT_PEOPLE)
    # Who decided in the municipality's name is named (Law 241/1990, articles 5 and 8).
    if not held_office:
        forget_actor(actor_id=leaver.id)


def _hold(user_id: int) -> User:
    # Not stronger: who decides a case of theirs meanwhile writes rows that point here, and we
    # wait for that case.
    user = session().scalar(
        select(User)
        .where(User.id == user_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if user is None:
        raise NotFoundError
    return user


def _take_roles(leaver: Leaver) -> None:
    taken = delete(RoleAssignment).where(RoleAssignment.user_id == leaver.id)
    for role in session().scalars(taken.returning(RoleAssignment.role)).all():
        record_step(
            actor=leaver.actor, subject_kind=HISTORY, subject_id=leaver.id, action="revoke_role",
            from_state=role,
        )  # fmt: skip
    session().flush()


def _is_proved(user: User, proof: str) -> bool:
    if user.password is not None:
        return bool(user.verify_and_update_password(security.password_util.normalize(proof)))
    try:
        return user.email is not None and normalise_email(proof) == user.email.lower()
    except ValueError:
        return False


def _has_held_office(user_id: int) -> bool:
    was_given = exists().where(
        HistoryEntry.subject_kind == HISTORY,
        HistoryEntry.subject_id == user_id,
        HistoryEntry.action.in_(["grant_role", "revoke_role"]),
    )
    holds = exists().where(RoleAssignment.user_id == user_id)
    return bool(session().scalar(select(or_(was_given, holds))))


def _empty(user: User) -> None:
    user.email = user.given_email = user.password = None
    user.us_totp_secrets = user.last_code_counter = user.confirmed_at = None
    user.display_name, user.locale = NO_NAME, "it"
    user.active, user.erased_at = False, utc_now()
    # Sessions and links name this key: with a new one, all of them end.
    datastore.set_uniquifier(user)
    session().flush()
    session().expire(user)


__all__ = [
    "FORGOTTEN",
    "KEPT",
    "StillNeededError",
    "erase_account",
    "finish_erasure",
    "forget_own",
    "list_own_hindrances",
]
