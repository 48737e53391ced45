"""The registry of associations: public pages, requests and claims, the association's desk."""

from flask import Blueprint

registry = Blueprint("registry", __name__)

from portal.registry.routes import (  # noqa: E402 - the pages need the blueprint above
    changes,
    claims,
    confirmation,
    desk,
    entries,
    figures,
    imports,
    merging,
    public,
    request_documents,
    requests,
)

__all__ = [
    "changes",
    "claims",
    "confirmation",
    "desk",
    "entries",
    "figures",
    "imports",
    "merging",
    "public",
    "registry",
    "request_documents",
    "requests",
]
