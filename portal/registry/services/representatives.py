"""Who speaks for an association."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.accounts.queries import get_recipient, recipients_of
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.history import record_step, take_step
from portal.registry.emails import mail_representative_added
from portal.registry.models import Association, Representative
from portal.registry.queries import RepresentativeRow, list_representatives
from portal.registry.states import (
    ASSOCIATION_TRANSITIONS,
    AssociationAction,
    RepresentativeRole,
)

ASSOCIATION_HISTORY = "association"


def add_representative(
    *,
    actor: Actor,
    association: Association,
    user_id: int,
    capacity: str,
    role: RepresentativeRole = RepresentativeRole.MANAGER,
    are_others_told: bool = True,
) -> Representative:
    """Let a person speak for `association` from today, and tell those who already do.

    Somebody who already does keeps doing it: nothing changes and nobody is told. Without
    `are_others_told` the caller finds better words for them.
    """
    known = _find_current(association.id, user_id)
    if known is not None:
        return known
    others = list_representatives(association.id)
    added = Representative(
        association_id=association.id,
        user_id=user_id,
        role=role,
        capacity=capacity,
        since_on=local_today(),
    )
    session().add(added)
    session().flush()
    person = get_recipient(user_id)
    record_people_step(
        actor=actor, association=association, action="add_representative", note=person.name
    )
    if are_others_told:
        _tell(others, added, association, person.name)
    return added


def record_people_step(
    *,
    actor: Actor,
    association: Association,
    action: str,
    note: str | None = None,
    from_role: RepresentativeRole | None = None,
    to_role: RepresentativeRole | None = None,
) -> None:
    """Write into an association's history what happened to its people.

    Whoever represents it acts for it, and the history says so; the office acts for itself.
    """
    is_its_own = association.id in actor.association_ids
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action=action,
        from_state=from_role,
        to_state=to_role,
        note=note,
        on_behalf_of=association.name if is_its_own else None,
    )


def _find_current(association_id: int, user_id: int) -> Representative | None:
    return session().scalar(
        select(Representative).where(
            Representative.association_id == association_id,
            Representative.user_id == user_id,
            Representative.until_on.is_(None),
        )
    )


def _tell(
    others: Sequence[RepresentativeRow],
    added: Representative,
    association: Association,
    person: str,
) -> None:
    for reader in recipients_of(other.user_id for other in others).values():
        mail_representative_added(
            association=association,
            representative_id=added.id,
            person=person,
            reader=reader,
        )


def enrol(*, actor: Actor, association: Association) -> None:
    """Let an association belong to the registry from today: somebody looks after its page."""
    association.enrolled_on = local_today()
    association.removed_on = association.removal_cause = None
    take_step(
        actor=actor,
        subject=association,
        transitions=ASSOCIATION_TRANSITIONS,
        action=AssociationAction.ENROL,
    )
    session().flush()
