"""The registry of associations: public pages, requests and claims, the association's desk."""

from flask import Blueprint

registry = Blueprint("registry", __name__)

from portal.registry.routes import claims, desk, public, requests  # noqa: E402 - the pages need the blueprint above

__all__ = ["claims", "desk", "public", "registry", "requests"]
