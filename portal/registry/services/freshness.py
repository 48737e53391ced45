"""Once a year an association says that its page is right; who does not is reminded."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.accounts.queries import get_recipient, recipients_of
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import ForbiddenStepError
from portal.core.history import record_step
from portal.core.mail import MailMessage
from portal.registry.emails import confirmation_key, mail_confirmation_reminder
from portal.registry.freshness import FRESH_MONTHS, Reminder, due_reminder, months_after
from portal.registry.models import Association, RemovalNotice, Representative
from portal.registry.queries import ConfirmationLink, LinkState, confirmation_token
from portal.registry.services.changes import lock_association
from portal.registry.services.representatives import ASSOCIATION_HISTORY
from portal.registry.states import (
    ASSOCIATION_TRANSITIONS,
    AssociationAction,
    AssociationState,
    NoticeState,
    RemovalCause,
)

CONFIRM = "confirm"
KEYS_AT_ONCE = 1_000


class CannotReturnError(ForbiddenStepError):
    """An association was removed for something that a confirmation does not mend."""

    sentence = _l(
        "The association cannot come back by itself: ask for it to be included again, or talk to"
        " the participation office."
    )


def confirm_profile(*, actor: Actor, association_id: int) -> None:
    """Say that the page is right, today; a second tap on one day changes nothing.

    A notice of removal for silence ends with it. Raises `NotFoundError`, `ForbiddenStepError`
    for an association that is no longer in the registry.
    """
    association = lock_association(association_id)
    if association.state is AssociationState.REMOVED:
        raise ForbiddenStepError
    if association.profile_updated_on != local_today() or _stale_notice(association) is not None:
        mark_confirmed(actor=actor, association=association)


def confirm_by_link(*, link: ConfirmationLink) -> None:
    """Confirm as the person the link was mailed to; raises `ForbiddenStepError` for a used one."""
    if link.state is not LinkState.OPEN or link.user_id is None or link.association_id is None:
        raise ForbiddenStepError
    association = lock_association(link.association_id)
    if association.profile_updated_on != link.updated_on:
        raise ForbiddenStepError
    person = get_recipient(link.user_id)
    actor = Actor(id=link.user_id, name=person.name, email=person.email, locale=person.locale)
    confirm_profile(actor=actor, association_id=association.id)


def mark_confirmed(*, actor: Actor, association: Association) -> None:
    """Write that a locked association's page is right as of today."""
    association.profile_updated_on = local_today()
    session().flush()
    _record(actor, association, CONFIRM)
    end_stale_notice(actor=actor, association=association)


def end_stale_notice(*, actor: Actor, association: Association) -> None:
    """End the notice of removal for silence, if one is running: somebody has spoken."""
    notice = _stale_notice(association)
    if notice is not None:
        notice.state = NoticeState.WITHDRAWN
        session().flush()
        _record(actor, association, "end_notice")


def return_to_registry(*, actor: Actor, association_id: int) -> None:
    """Bring back an association that was removed for silence: its page is right, as of today.

    Raises `ForbiddenStepError` when it is not removed, `CannotReturnError` for any other cause.
    """
    association = lock_association(association_id)
    before = association.state
    after = ASSOCIATION_TRANSITIONS.follow(before, AssociationAction.RESTORE)
    if association.removal_cause is not RemovalCause.STALE or association.merged_into_id:
        raise CannotReturnError
    today = local_today()
    association.state = after
    association.removed_on = association.removal_cause = None
    association.enrolled_on = association.enrolled_on or today
    association.profile_updated_on = today
    session().flush()
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action=AssociationAction.RESTORE,
        from_state=before,
        to_state=after,
        on_behalf_of=association.name,
    )


@dataclass(frozen=True)
class _Due:
    """A person to be reminded of an association."""

    association: Association
    user_id: int
    base_on: date
    reminder: Reminder

    @property
    def key(self) -> str:
        return confirmation_key(self.association.id, self.user_id, self.base_on, self.reminder)


def remind_confirmations() -> int:
    """Mail who represents an association whose confirmation is due; return how many mails.

    Each of the reminders once a year and person, however often this runs. An association that
    nobody claimed has nobody to be reminded.
    """
    due = list(_list_due(local_today()))
    sent = _keys_sent([one.key for one in due])
    to_mail = [one for one in due if one.key not in sent]
    readers = recipients_of({one.user_id for one in to_mail})
    for one in to_mail:
        mail_confirmation_reminder(
            association=one.association,
            user_id=one.user_id,
            base_on=one.base_on,
            reminder=one.reminder,
            token=confirmation_token(one.association, one.user_id),
            reader=readers[one.user_id],
        )
    return len(to_mail)


def _list_due(today: date) -> Iterator[_Due]:
    # A claimed page that nobody has touched yet is as old as its entry.
    base_on = func.coalesce(Association.profile_updated_on, Association.enrolled_on)
    rows = session().execute(
        select(Association, Representative.user_id, base_on)
        .join(Representative, Representative.association_id == Association.id)
        .where(
            Association.state == AssociationState.ENROLLED,
            Representative.until_on.is_(None),
            base_on <= months_after(today, -FRESH_MONTHS),
        )
        .order_by(Association.id, Representative.id)
    )
    for association, user_id, day in rows:
        reminder = due_reminder(day, today)
        if reminder is not None:
            yield _Due(association, user_id, day, reminder)


def _keys_sent(keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = keys[start : start + KEYS_AT_ONCE]
        found.update(_known(some))
    return found


def _known(keys: Iterable[str]) -> Iterable[str]:
    return session().scalars(
        select(MailMessage.event_key).where(MailMessage.event_key.in_(list(keys)))
    )


def _stale_notice(association: Association) -> RemovalNotice | None:
    return session().scalar(
        select(RemovalNotice).where(
            RemovalNotice.association_id == association.id,
            RemovalNotice.state == NoticeState.PENDING,
            RemovalNotice.cause == RemovalCause.STALE,
        )
    )


def _record(actor: Actor, association: Association, step: str) -> None:
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action=step,
        on_behalf_of=association.name,
    )
