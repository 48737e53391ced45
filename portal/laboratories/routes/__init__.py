"""Laboratories and everything in them."""

from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.laboratory_pages import list_laboratories
from portal.laboratories.routes.proposals import list_proposals

__all__ = ["laboratories", "list_laboratories", "list_proposals"]
