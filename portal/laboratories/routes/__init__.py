"""Laboratories and everything in them."""

from portal.laboratories.routes import (
    attachments,
    coauthors,
    listed_projects,
    recorded,
    similar,
    spots,
)
from portal.laboratories.routes.agreement_desk import show_agreement_desk
from portal.laboratories.routes.agreements import list_agreements
from portal.laboratories.routes.answers import list_owed_answers
from portal.laboratories.routes.attendance import show_attendance_list
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.comments import write_comment
from portal.laboratories.routes.commitment_drafts import show_commitment_form
from portal.laboratories.routes.commitments import list_commitments
from portal.laboratories.routes.desk import show_laboratories_desk
from portal.laboratories.routes.laboratory_pages import list_laboratories
from portal.laboratories.routes.meeting_desk import list_meetings_desk
from portal.laboratories.routes.meeting_papers import edit_materials
from portal.laboratories.routes.meetings import show_meeting
from portal.laboratories.routes.news import show_news
from portal.laboratories.routes.offices import show_offices
from portal.laboratories.routes.people import join_laboratory
from portal.laboratories.routes.proposals import list_proposals
from portal.laboratories.routes.reports import report_content
from portal.laboratories.routes.signing import show_signing
from portal.laboratories.routes.supports import support_proposal

__all__ = [
    "attachments",
    "coauthors",
    "edit_materials",
    "join_laboratory",
    "laboratories",
    "list_agreements",
    "list_commitments",
    "list_laboratories",
    "list_meetings_desk",
    "list_owed_answers",
    "list_proposals",
    "listed_projects",
    "recorded",
    "report_content",
    "show_agreement_desk",
    "show_attendance_list",
    "show_commitment_form",
    "show_laboratories_desk",
    "show_meeting",
    "show_news",
    "show_offices",
    "show_signing",
    "similar",
    "spots",
    "support_proposal",
    "write_comment",
]
