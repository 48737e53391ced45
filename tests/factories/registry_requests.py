"""Invented requests, claims and representatives."""

from datetime import date

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.files import store_made
from portal.moderation.models import Case
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.models import (
    Association,
    Claim,
    RegistryRequest,
    Representative,
    RequestDocument,
)
from portal.registry.services import submit_request
from portal.registry.states import (
    AssociationKind,
    DocumentKind,
    RepresentativeRole,
    RequestState,
)
from tests.factories.files import PDF
from tests.factories.people import actor_of
from tests.factories.registry import CITY, tax_code_of

COMPLETE = {
    "name": "Amici della Prova (inventata)",
    "acronym": "AdP",
    "tax_code": tax_code_of(700),
    "kind": AssociationKind.APS,
    "municipality_code": CITY,
    "areas": ["cultura", "sport"],
    "description": "Leggiamo ad alta voce nei cortili, d’estate.",
    "purposes": "Promuovere la lettura e l’incontro tra chi abita nei quartieri.",
    "legal_representative": "Bruna Prova",
    "officers": [{"name": "Carlo Prova", "role": "tesoriere"}],
    "email": "amici@example.org",
    "is_email_public": True,
    "phone": "0522 000 000",
    "website": "https://example.org/amici",
    "address": "via della Prova 1",
    "applicant_role": "presidente",
    "has_declared": True,
}
"""What a request holds when nothing is missing, its documents apart."""


def make_draft(
    applicant: User,
    *,
    documents: tuple[DocumentKind, ...] = (DocumentKind.DEED, DocumentKind.BYLAWS),
    **fields: object,
) -> RegistryRequest:
    """Store a draft with nothing missing; columns by name."""
    draft = RegistryRequest(
        **{"applicant_id": applicant.id, "state": RequestState.DRAFT, **COMPLETE, **fields}
    )
    db.session.add(draft)
    db.session.flush()
    for kind in documents:
        stored = store_made(name=f"{kind}.pdf", content=PDF)
        db.session.add(RequestDocument(request_id=draft.id, kind=kind, file_id=stored.id))
    db.session.commit()
    return draft


def make_representative(
    user: User,
    association: Association,
    *,
    until_on: date | None = None,
    role: RepresentativeRole = RepresentativeRole.MANAGER,
) -> Representative:
    """Store that `user` represents `association`."""
    representative = Representative(
        association_id=association.id,
        user_id=user.id,
        role=role,
        capacity="presidente",
        since_on=date(2026, 1, 10),
        until_on=until_on,
    )
    db.session.add(representative)
    db.session.commit()
    return representative


def make_claim_row(applicant: User, association: Association, **fields: object) -> Claim:
    """Store a claim as it stands in the table, without its case."""
    claim = Claim(
        **{
            "applicant_id": applicant.id,
            "association_id": association.id,
            "state": RequestState.SUBMITTED,
            "submitted_at": utc_now(),
            "applicant_role": "presidente",
            "evidence": "Posso mostrare lo statuto.",
            "has_declared": True,
            **fields,
        }
    )
    db.session.add(claim)
    db.session.commit()
    return claim


def hand_in(person: User, **fields: object) -> RegistryRequest:
    """Store a draft with nothing missing and hand it in as its page would."""
    make_draft(person, **fields)
    request = submit_request(actor=actor_of(person))
    db.session.commit()
    return request


def request_of(person: User) -> RegistryRequest:
    """Return the one request of a person as it is now."""
    db.session.rollback()
    return db.session.scalars(
        select(RegistryRequest).where(RegistryRequest.applicant_id == person.id)
    ).one()


def case_of(request: RegistryRequest) -> Case:
    """Return the case of a request as it is now."""
    return db.session.scalars(
        select(Case).where(Case.kind == CaseKind.REGISTRY_REQUEST, Case.subject_id == request.id)
    ).one()


def decide(clerk: User, request: RegistryRequest, action: CaseAction, reason: str) -> None:
    """Decide a request as `clerk`, on its newest version."""
    case = case_of(request)
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )
    db.session.commit()
