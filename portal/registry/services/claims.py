"""Claims: a person's word to speak for a listed association, and what a decision does."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.accounts.queries import get_recipient
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.files import store_upload
from portal.core.history import record_step, take_step
from portal.moderation.models import Case, CaseAttachment
from portal.moderation.services import open_case, resubmit_case, withdraw_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.emails import mail_claim_decided, mail_claim_received
from portal.registry.models import Association, Claim
from portal.registry.services.representatives import add_representative, enrol
from portal.registry.states import (
    OPEN_REQUEST_STATES,
    REQUEST_TRANSITIONS,
    AssociationState,
    RequestAction,
    RequestState,
)

CLAIM_HISTORY = "registry_claim"

_ACTION_OF = {
    CaseAction.ACCEPT: RequestAction.ACCEPT,
    CaseAction.RETURN: RequestAction.RETURN,
    CaseAction.REFUSE: RequestAction.REFUSE,
}


def claim_association(
    *,
    actor: Actor,
    association_id: int,
    applicant_role: str,
    evidence: str,
    has_declared: bool,
    uploads: Iterable[FileStorage] = (),
) -> Claim:
    """Hand in that `actor` speaks for an association, with documents, and confirm it by mail.

    The same tap twice is one claim: an open one is returned as it is. Others may claim the same
    association. Raises `NotFoundError` for one that is not public, `RuleBrokenError` when the
    actor represents it already.
    """
    association = _public_association(association_id)
    if association.id in actor.association_ids:
        raise RuleBrokenError(_l("You already represent this association."))
    known = _find_open(actor.account_id, association_id)
    if known is not None:
        return known
    claim = Claim(
        applicant_id=actor.account_id,
        association_id=association_id,
        state=RequestState.SUBMITTED,
        submitted_at=utc_now(),
        applicant_role=applicant_role,
        evidence=evidence,
        has_declared=has_declared,
    )
    session().add(claim)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=CLAIM_HISTORY,
        subject_id=claim.id,
        action=RequestAction.SUBMIT,
        to_state=claim.state,
    )
    case = _open_case(actor, claim, association)
    _attach(actor, case, uploads)
    return claim


def resubmit_claim(
    *,
    actor: Actor,
    claim_id: int,
    applicant_role: str,
    evidence: str,
    uploads: Iterable[FileStorage] = (),
) -> Claim:
    """Hand in again a claim that was returned; raises `ForbiddenStepError` where none was."""
    association = session().scalar(select(Association).join(Claim).where(Claim.id == claim_id))
    if association is None:
        raise NotFoundError
    case = resubmit_case(
        actor=actor, kind=CaseKind.CLAIM, subject_id=claim_id, title=association.name
    )
    claim = _lock_claim(claim_id)
    _step(actor, claim, RequestAction.SUBMIT)
    claim.applicant_role, claim.evidence = applicant_role, evidence
    claim.submitted_at = utc_now()
    session().flush()
    _attach(actor, case, uploads)
    mail_claim_received(
        claim=claim, name=association.name, case=case, reader=get_recipient(claim.applicant_id)
    )
    return claim


def withdraw_claim(*, actor: Actor, claim_id: int) -> Claim:
    """Take back a claim that waits or was returned; raises `NotFoundError` where none does."""
    withdraw_case(actor=actor, kind=CaseKind.CLAIM, subject_id=claim_id)
    claim = _lock_claim(claim_id)
    _step(actor, claim, RequestAction.WITHDRAW)
    session().flush()
    return claim


def apply_claim_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Do what staff decided: accepted, the claimant speaks for the association from today.

    A second claim of the same association may be accepted too: then both speak for it.
    """
    claim = _lock_claim(case.subject_id)
    association = (
        session()
        .scalars(
            select(Association).where(Association.id == claim.association_id).with_for_update()
        )
        .one()
    )
    _step(actor, claim, _ACTION_OF[action], note=reason)
    session().flush()
    if action is CaseAction.ACCEPT:
        enrol_claimed(actor=actor, association=association)
        add_representative(
            actor=actor,
            association=association,
            user_id=claim.applicant_id,
            capacity=claim.applicant_role,
        )
    mail_claim_decided(
        claim=claim,
        association=association,
        case=case,
        action=action,
        reason=reason,
        reader=get_recipient(claim.applicant_id),
    )


def enrol_claimed(*, actor: Actor, association: Association) -> None:
    """Let an association that was only listed belong to the registry: somebody looks after it.

    Raises `RuleBrokenError` for one that was removed after it was claimed.
    """
    if association.state is AssociationState.ENROLLED:
        return
    if association.state is AssociationState.REMOVED:
        raise RuleBrokenError(
            _l(
                "This association is no longer in the registry: bring it back first, or do not"
                " accept the claim."
            )
        )
    enrol(actor=actor, association=association)


def _find_open(user_id: int, association_id: int) -> Claim | None:
    return session().scalar(
        select(Claim).where(
            Claim.applicant_id == user_id,
            Claim.association_id == association_id,
            Claim.state.in_(OPEN_REQUEST_STATES),
        )
    )


def _open_case(actor: Actor, claim: Claim, association: Association) -> Case:
    case = open_case(
        actor=actor,
        kind=CaseKind.CLAIM,
        subject_id=claim.id,
        title=association.name,
        on_behalf_of=association.name,
        district_id=association.district_id,
    )
    mail_claim_received(
        claim=claim, name=association.name, case=case, reader=get_recipient(claim.applicant_id)
    )
    return case


def _attach(actor: Actor, case: Case, uploads: Iterable[FileStorage]) -> None:
    for upload in uploads:
        session().add(
            CaseAttachment(
                case_id=case.id,
                file_id=store_upload(upload=upload).id,
                at=utc_now(),
                uploaded_by_id=actor.account_id,
                is_from_office=False,
            )
        )
    session().flush()


def _public_association(association_id: int) -> Association:
    association = session().get(Association, association_id)
    if association is None or association.state is AssociationState.REMOVED:
        raise NotFoundError
    return association


def _lock_claim(claim_id: int) -> Claim:
    claim = session().scalar(
        select(Claim)
        .where(Claim.id == claim_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if claim is None:
        raise NotFoundError
    return claim


def _step(actor: Actor, claim: Claim, action: RequestAction, note: str | None = None) -> None:
    take_step(actor=actor, subject=claim, transitions=REQUEST_TRANSITIONS, action=action, note=note)
