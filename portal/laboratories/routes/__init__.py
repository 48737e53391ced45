"""Laboratories and everything in them."""

from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.comments import write_comment
from portal.laboratories.routes.laboratory_pages import list_laboratories
from portal.laboratories.routes.proposals import list_proposals
from portal.laboratories.routes.reports import report_content
from portal.laboratories.routes.supports import support_proposal

__all__ = [
    "laboratories",
    "list_laboratories",
    "list_proposals",
    "report_content",
    "support_proposal",
    "write_comment",
]
