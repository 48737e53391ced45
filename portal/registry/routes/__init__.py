"""The registry of associations: public pages, requests and claims, the association's desk."""

from flask import Blueprint

from portal.registry.routes import claims, desk, imports, public, request_documents, requests

__all__ = [
    "claims",
    "desk",
    "imports",
    "public",
    "registry",
    "request_documents",
    "requests",
]
