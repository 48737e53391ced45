"""Invented requests, claims and representatives."""

from datetime import date

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.files import store_made
from portal.registry.models import (
    Association,
    Claim,
    RegistryRequest,
    Representative,
    RequestDocument,
)
from portal.registry.states import (
    AssociationKind,
    DocumentKind,
    RepresentativeRole,
    RequestState,
)
from tests.factories.files import PDF
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
    user: User, association: Association, *, until_on: date | None = None
) -> Representative:
    """Store that `user` represents `association`."""
    representative = Representative(
        association_id=association.id,
        user_id=user.id,
        role=RepresentativeRole.MANAGER,
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
