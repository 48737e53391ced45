"""What becomes of the associations, requests and claims of a person who erases their account."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from portal.accounts.erasure import Hindrance, HindranceKind, Leaver
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.person_names import NO_NAME
from portal.moderation.services.erasure import withdraw_if_open
from portal.moderation.states import CaseKind
from portal.registry.models import (
    Association,
    AssociationChange,
    Claim,
    ClaimCode,
    Invitation,
    RegistryRequest,
    Representative,
)
from portal.registry.services.claims import withdraw_claim
from portal.registry.services.people import leave_association
from portal.registry.services.request_documents import delete_request_documents
from portal.registry.states import RepresentativeRole, RequestState

_OFFICE = "an act of office"
FORGOTTEN = frozenset({"registry_claim_code.user_id", "representative_invitation.accepted_by_id"})
KEPT: Mapping[str, str] = {
    "association_representative.user_id": "that somebody spoke for the association on those days",
    "representative_invitation.invited_by_id": "that the association invited somebody",
    "association_change.author_id": "that the association changed its page; the name goes",
    "registry_claim.applicant_id": "that somebody was let speak for it; what they wrote goes",
    "registry_request.applicant_id": "a record of the association's procedure; drafts go",
    "removal_notice.given_by_id": _OFFICE,
    "import_run.uploaded_by_id": _OFFICE,
    "import_run.applied_by_id": _OFFICE,
}
_WAITING = (RequestState.SUBMITTED, RequestState.RETURNED)


def list_only_managed(user_id: int) -> Sequence[Hindrance]:
    """Return the associations that nobody else is responsible for."""
    other = aliased(Representative)
    has_other = exists().where(
        other.association_id == Representative.association_id,
        other.user_id != user_id,
        other.role == RepresentativeRole.MANAGER,
        other.until_on.is_(None),
    )
    rows = session().execute(
        select(Association.slug, Association.name)
        .join(Representative, Representative.association_id == Association.id)
        .where(
            Representative.user_id == user_id,
            Representative.role == RepresentativeRole.MANAGER,
            Representative.until_on.is_(None),
            ~has_other,
        )
        .order_by(Association.name, Association.id)
    )
    return [
        Hindrance(HindranceKind.ONLY_MANAGER, "registry.show_people", {"slug": slug}, name)
        for slug, name in rows
    ]


def forget_in_registry(leaver: Leaver) -> None:
    """Let the person represent nobody, and take back what they had asked for."""
    held = select(Representative.association_id).where(
        Representative.user_id == leaver.id, Representative.until_on.is_(None)
    )
    for association_id in session().scalars(held.order_by(Representative.association_id)).all():
        leave_association(actor=leaver.actor, association_id=association_id)
    session().flush()
    session().execute(
        update(Representative).where(Representative.user_id == leaver.id).values(capacity=NO_NAME)
    )
    session().execute(
        update(AssociationChange)
        .where(AssociationChange.author_id == leaver.id)
        .values(author_name=NO_NAME)
    )
    session().execute(delete(ClaimCode).where(ClaimCode.user_id == leaver.id))
    _forget_invitations(leaver)
    _forget_claims(leaver)
    _forget_requests(leaver)


def _forget_invitations(leaver: Leaver) -> None:
    to_them = Invitation.accepted_by_id == leaver.id
    if leaver.email is not None:
        to_them = or_(to_them, func.lower(Invitation.email) == leaver.email.lower())
    session().execute(delete(Invitation).where(to_them))


def _forget_claims(leaver: Leaver) -> None:
    own = select(Claim).where(Claim.applicant_id == leaver.id).order_by(Claim.id)
    for claim in session().scalars(own).all():
        if claim.state in _WAITING:
            _withdraw_claim(leaver, claim.id)
        claim.applicant_role = claim.evidence = NO_NAME
    session().flush()


def _forget_requests(leaver: Leaver) -> None:
    """Drop drafts and what the office has not decided; the record of what it has stays."""
    own = select(RegistryRequest).where(RegistryRequest.applicant_id == leaver.id)
    for request in session().scalars(own.order_by(RegistryRequest.id)).all():
        if request.state in _WAITING:
            withdraw_if_open(leaver, CaseKind.REGISTRY_REQUEST, request.id)
            # It may have been decided while we waited for its case.
            session().refresh(request, with_for_update=True)
        if request.state in (*_WAITING, RequestState.DRAFT, RequestState.WITHDRAWN):
            delete_request_documents(request.id)
            session().delete(request)
    session().flush()


def _withdraw_claim(leaver: Leaver, claim_id: int) -> None:
    try:
        withdraw_claim(actor=leaver.actor, claim_id=claim_id)
    except NotFoundError:
        # Decided in this very moment.
        return
