"""What staff may do with one association, beside what waits in the queue, and why not. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from portal.registry.states import AssociationState, RemovalCause

LEAST_NOTICE_DAYS = 30
"""Who is to leave the registry is told at least so long before, and can mend what is wrong."""

CAUSES_AT_ONCE = (RemovalCause.OWN_WISH, RemovalCause.DUPLICATE)
"""Nobody loses anything that has to be defended: no notice is needed."""


class StaffStep(StrEnum):
    """What can be done; the values stand in addresses."""

    GIVE_NOTICE = "avviso"
    WITHDRAW_NOTICE = "ritira-avviso"
    REMOVE = "cancella"
    RESTORE = "ripristina"
    CERTIFIED_EMAIL = "pec"


class StepRefusal(StrEnum):
    """Why a step cannot be taken now."""

    IS_REMOVED = "is_removed"
    IS_NOT_REMOVED = "is_not_removed"
    IS_MERGED = "is_merged"
    NOTICE_IS_RUNNING = "notice_is_running"
    NO_NOTICE_IS_RUNNING = "no_notice_is_running"


def find_step_refusal(
    step: StaffStep, *, state: AssociationState, has_notice: bool, is_merged: bool
) -> StepRefusal | None:
    """Return why `step` cannot be taken with an association, or None.

    `has_notice`: a notice of removal is running. `is_merged`: it lives on under another entry.
    """
    if is_merged:
        return StepRefusal.IS_MERGED
    is_removed = state is AssociationState.REMOVED
    if step is StaffStep.RESTORE:
        return None if is_removed else StepRefusal.IS_NOT_REMOVED
    if is_removed:
        return StepRefusal.IS_REMOVED
    if step is StaffStep.GIVE_NOTICE and has_notice:
        return StepRefusal.NOTICE_IS_RUNNING
    if step is StaffStep.WITHDRAW_NOTICE and not has_notice:
        return StepRefusal.NO_NOTICE_IS_RUNNING
    return None


def earliest_removal(today: date) -> date:
    """Return the first day from which an association that is told today may be removed."""
    return today + timedelta(days=LEAST_NOTICE_DAYS)
