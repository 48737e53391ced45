"""Laboratories and everything in them."""

from portal.laboratories.routes.agreement_desk import show_agreement_desk
from portal.laboratories.routes.agreements import list_agreements
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.commitment_drafts import show_commitment_form
from portal.laboratories.routes.laboratory_pages import list_laboratories
from portal.laboratories.routes.proposals import list_proposals
from portal.laboratories.routes.signing import show_signing

__all__ = [
    "laboratories",
    "list_agreements",
    "list_laboratories",
    "list_proposals",
    "show_agreement_desk",
    "show_commitment_form",
    "show_signing",
]
