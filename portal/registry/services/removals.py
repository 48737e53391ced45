"""Leaving the registry: with notice, at once, and coming back."""

from collections.abc import Callable
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.queries import Recipient, recipients_of
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import DomainError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.registry.emails import (
    mail_notice_withdrawn,
    mail_removal_notice,
    mail_removed,
    mail_restored,
)
from portal.registry.models import Association, RemovalNotice, Representative
from portal.registry.services.representatives import ASSOCIATION_HISTORY
from portal.registry.staff_steps import (
    CAUSES_AT_ONCE,
    StaffStep,
    StepRefusal,
    earliest_removal,
    find_step_refusal,
)
from portal.registry.states import (
    ASSOCIATION_TRANSITIONS,
    AssociationAction,
    NoticeState,
    RemovalCause,
)

TOO_SOON = _l("Leave at least thirty days: who is told must be able to mend what is wrong.")
NEEDS_NOTICE = _l("For this cause the association has to be told first: give it notice.")

STEP_SENTENCES: dict[StepRefusal, object] = {
    StepRefusal.IS_REMOVED: _l("This association is no longer in the registry."),
    StepRefusal.IS_NOT_REMOVED: _l("This association is in the registry already."),
    StepRefusal.IS_MERGED: _l("This entry has been merged: its history goes on at the other one."),
    StepRefusal.NOTICE_IS_RUNNING: _l(
        "This association has been told already: the notice is still running."
    ),
    StepRefusal.NO_NOTICE_IS_RUNNING: _l("No notice is running any more: nothing is to be undone."),
}


class StepRefusedError(DomainError):
    """A step that the state of an association does not allow; `refusal` says why."""

    def __init__(self, refusal: StepRefusal) -> None:
        """Keep the reason, and the sentence for it."""
        super().__init__(STEP_SENTENCES[refusal])
        self.refusal = refusal


def give_removal_notice(
    *, actor: Actor, association_id: int, cause: RemovalCause, reason: str, effective_on: date
) -> RemovalNotice:
    """Tell an association that it will leave the registry on a day, and why.

    Raises `StepRefusedError`, and `RuleBrokenError` for a day that is too near.
    """
    association = lock_for_step(association_id, StaffStep.GIVE_NOTICE)
    today = local_today()
    if effective_on < earliest_removal(today):
        raise RuleBrokenError(TOO_SOON, "effective_on")
    notice = RemovalNotice(
        association_id=association.id,
        cause=cause,
        reason=reason,
        given_on=today,
        effective_on=effective_on,
        given_by_id=actor.id,
    )
    session().add(notice)
    session().flush()
    _record(actor, association, "removal_notice", reason)
    tell_representatives(
        actor=actor,
        association_id=association.id,
        mail=lambda user_id, reader: mail_removal_notice(
            association=association, notice=notice, reader_id=user_id, reader=reader
        ),
    )
    return notice


def withdraw_removal_notice(*, actor: Actor, association_id: int, reason: str) -> RemovalNotice:
    """Take a running notice back, and tell the association; raises `StepRefusedError`."""
    association = lock_for_step(association_id, StaffStep.WITHDRAW_NOTICE)
    notice = _running_notice(association.id)
    if notice is None:
        raise StepRefusedError(StepRefusal.NO_NOTICE_IS_RUNNING)
    notice.state = NoticeState.WITHDRAWN
    session().flush()
    _record(actor, association, "withdraw_notice", reason)
    tell_representatives(
        actor=actor,
        association_id=association.id,
        mail=lambda user_id, reader: mail_notice_withdrawn(
            association=association, notice=notice, reason=reason, reader_id=user_id, reader=reader
        ),
    )
    return notice


def remove_association(
    *, actor: Actor, association_id: int, cause: RemovalCause, reason: str
) -> Association:
    """Take an association out of the registry today, without notice.

    Raises `StepRefusedError`, and `RuleBrokenError` for a cause that needs notice.
    """
    association = lock_for_step(association_id, StaffStep.REMOVE)
    if cause not in CAUSES_AT_ONCE:
        raise RuleBrokenError(NEEDS_NOTICE, "cause")
    _remove(actor, association, cause, reason)
    return association


def remove_after_notice(*, actor: Actor, notice_id: int) -> bool:
    """Do what a notice announced, when its day has come; say whether it was done.

    Withdrawn meanwhile, or done before: nothing happens, so it may be asked twice.
    """
    association_id = session().scalar(
        select(RemovalNotice.association_id).where(RemovalNotice.id == notice_id)
    )
    if association_id is None:
        return False
    association = _lock(association_id)
    notice = _running_notice(association.id)
    if notice is None or notice.id != notice_id or notice.effective_on > local_today():
        return False
    _remove(actor, association, notice.cause, notice.reason)
    return True


def restore_association(*, actor: Actor, association_id: int, reason: str) -> Association:
    """Let an association come back as it was: enrolled, or listed where it never asked.

    Raises `StepRefusedError` when it is there, or lives on under another entry.
    """
    association = lock_for_step(association_id, StaffStep.RESTORE)
    action = AssociationAction.RESTORE if association.enrolled_on else AssociationAction.RELIST
    association.removed_on = association.removal_cause = None
    move_association(actor=actor, association=association, action=action, note=reason)
    tell_representatives(
        actor=actor,
        association_id=association.id,
        mail=lambda user_id, reader: mail_restored(
            association=association, reason=reason, reader_id=user_id, reader=reader
        ),
    )
    return association


def move_association(
    *, actor: Actor, association: Association, action: AssociationAction, note: str | None
) -> None:
    """Take a step of the transition table and write it into the history."""
    before = association.state
    association.state = ASSOCIATION_TRANSITIONS.follow(before, action)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action=action,
        from_state=before,
        to_state=association.state,
        note=note,
    )


def end_running_notice(*, association_id: int, state: NoticeState) -> None:
    """End the notice that runs for an association, if one does."""
    notice = _running_notice(association_id)
    if notice is not None:
        notice.state = state
        session().flush()


def tell_representatives(
    *, actor: Actor, association_id: int, mail: Callable[[int, Recipient], None]
) -> None:
    """Call `mail(user_id, reader)` for who represents an association, the actor apart."""
    represent = session().scalars(
        select(Representative.user_id)
        .where(Representative.association_id == association_id, Representative.until_on.is_(None))
        .order_by(Representative.id)
    )
    for user_id, reader in recipients_of(set(represent) - {actor.id}).items():
        mail(user_id, reader)


def lock_for_step(association_id: int, step: StaffStep) -> Association:
    """Hold an association for a step; raises `StepRefusedError` where it cannot be taken."""
    association = _lock(association_id)
    refusal = find_step_refusal(
        step,
        state=association.state,
        has_notice=_running_notice(association.id) is not None,
        is_merged=association.merged_into_id is not None,
    )
    if refusal is not None:
        raise StepRefusedError(refusal)
    return association


def _remove(actor: Actor, association: Association, cause: RemovalCause, reason: str) -> None:
    association.removed_on, association.removal_cause = local_today(), cause
    move_association(
        actor=actor, association=association, action=AssociationAction.REMOVE, note=reason
    )
    end_running_notice(association_id=association.id, state=NoticeState.DONE)
    tell_representatives(
        actor=actor,
        association_id=association.id,
        mail=lambda user_id, reader: mail_removed(
            association=association, reason=reason, reader_id=user_id, reader=reader
        ),
    )


def _lock(association_id: int) -> Association:
    association = session().scalar(
        select(Association)
        .where(Association.id == association_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if association is None:
        raise NotFoundError
    return association


def _running_notice(association_id: int) -> RemovalNotice | None:
    return session().scalar(
        select(RemovalNotice).where(
            RemovalNotice.association_id == association_id,
            RemovalNotice.state == NoticeState.PENDING,
        )
    )


def _record(actor: Actor, association: Association, action: str, note: str) -> None:
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action=action,
        from_state=association.state,
        to_state=association.state,
        note=note,
    )
