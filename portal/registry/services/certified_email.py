"""The certified e-mail of an association, as the office knows it."""

from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import record_step
from portal.registry.models import Association
from portal.registry.services.removals import lock_for_step
from portal.registry.services.representatives import ASSOCIATION_HISTORY
from portal.registry.staff_steps import StaffStep


def set_certified_email(
    *, actor: Actor, association_id: int, certified_email: str | None
) -> Association:
    """Keep where codes for who claims the page are sent to, or that nobody knows it.

    Raises `StepRefusedError` for an association that is no longer in the registry.
    """
    association = lock_for_step(association_id, StaffStep.CERTIFIED_EMAIL)
    if association.certified_email == certified_email:
        return association
    association.certified_email = certified_email
    session().flush()
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action="certified_email",
        from_state=association.state,
        to_state=association.state,
        note=certified_email,
    )
    return association
