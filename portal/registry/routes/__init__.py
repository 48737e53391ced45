"""The registry of associations: public pages, requests and claims, the association's desk."""

from flask import Blueprint

registry = Blueprint("registry", __name__)

from portal.registry.routes import (  # noqa: E402 - the pages need the blueprint above
    changes,
    claim_codes,
    claims,
    confirmation,
    desk,
    entries,
    figures,
    imports,
    interventions,
    invitations,
    merging,
    people,
    public,
    request_documents,
    requests,
)

__all__ = [
    "changes",
    "claim_codes",
    "claims",
    "confirmation",
    "desk",
    "entries",
    "figures",
    "imports",
    "interventions",
    "invitations",
    "merging",
    "people",
    "public",
    "registry",
    "request_documents",
    "requests",
]
