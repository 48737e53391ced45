"""Laboratories and everything in them."""

from portal.laboratories.routes import (
    attachments,
    coauthors,
    listed_projects,
    recorded,
    similar,
    spots,
)
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.laboratory_pages import list_laboratories
from portal.laboratories.routes.proposals import list_proposals

__all__ = [
    "attachments",
    "coauthors",
    "laboratories",
    "list_laboratories",
    "list_proposals",
    "listed_projects",
    "recorded",
    "similar",
    "spots",
]
