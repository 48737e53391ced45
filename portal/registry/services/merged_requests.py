"""What waits for the office about an entry that is merged into another."""

from sqlalchemy import select, update

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import take_step
from portal.moderation.models import Case
from portal.moderation.services import withdraw_case
from portal.moderation.states import CaseKind
from portal.registry.models import Association, AssociationChange, Claim
from portal.registry.states import (
    OPEN_REQUEST_STATES,
    REQUEST_TRANSITIONS,
    ChangeState,
    RequestAction,
)


def move_claims(*, actor: Actor, survivor: Association, duplicate: Association) -> None:
    """Let open claims of `duplicate` be claims of `survivor`, under the name it now has.

    Who claimed both has one left; the other is closed, and its history says why.
    """
    claimants = {claim.applicant_id for claim in _open_claims(survivor.id)}
    moved = []
    for claim in _open_claims(duplicate.id):
        if claim.applicant_id in claimants:
            _close(actor, claim, survivor)
        else:
            claim.association_id = survivor.id
            moved.append(claim.id)
    session().flush()
    session().execute(
        update(Case)
        .where(Case.kind == CaseKind.CLAIM, Case.subject_id.in_(moved))
        .values(title=survivor.name, on_behalf_of=survivor.name, district_id=survivor.district_id)
    )


def close_pending_change(*, actor: Actor, association: Association) -> None:
    """Take back the change of a profile that waits for the office, with its case."""
    change = session().scalar(
        select(AssociationChange).where(
            AssociationChange.association_id == association.id,
            AssociationChange.state == ChangeState.PENDING,
        )
    )
    if change is None:
        return
    _withdraw_case(actor, CaseKind.PROFILE_EDIT, change.id)
    change.state = ChangeState.WITHDRAWN
    session().flush()


def _open_claims(association_id: int) -> list[Claim]:
    return list(
        session().scalars(
            select(Claim)
            .where(Claim.association_id == association_id, Claim.state.in_(OPEN_REQUEST_STATES))
            .order_by(Claim.id)
        )
    )


def _close(actor: Actor, claim: Claim, survivor: Association) -> None:
    _withdraw_case(actor, CaseKind.CLAIM, claim.id)
    take_step(
        actor=actor,
        subject=claim,
        transitions=REQUEST_TRANSITIONS,
        action=RequestAction.WITHDRAW,
        note=survivor.name,
    )
    session().flush()


def _withdraw_case(actor: Actor, kind: CaseKind, subject_id: int) -> None:
    try:
        withdraw_case(actor=actor, kind=kind, subject_id=subject_id)
    except NotFoundError:
        # Decided in the meantime, or from before there were cases: nothing waits.
        return
