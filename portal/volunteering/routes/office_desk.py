"""The desk of who looks after volunteers: what waits, and where it is done."""

from dataclasses import dataclass, field
from typing import Any

from flask import Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.moderation.states import CaseKind
from portal.permissions import Permission
from portal.volunteering.queries import office_desk
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import ProjectState

DESK = "/gestione/volontariato/"


@dataclass(frozen=True)
class WaitingLink:
    """A number of the desk, and the page it leads to; the template words it by its name."""

    name: str
    """Of `OfficeCounts`."""
    endpoint: str
    icon: str
    arguments: dict[str, Any] = field(default_factory=dict)


WAITING = (
    WaitingLink("short_shifts", "volunteering.list_shifts", "door-hand"),
    WaitingLink(
        "enrolments", "moderation.show_queue", "it-user", {"tipo": CaseKind.ENROLMENT.value}
    ),
    WaitingLink("interviews_today", "volunteering.list_interviews", "it-calendar"),
    WaitingLink(
        "interviews_without_outcome",
        "volunteering.list_interviews",
        "it-pencil",
        {"vista": "passati"},
    ),
    WaitingLink("applications", "volunteering.list_projects", "it-mail"),
    WaitingLink(
        "projects",
        "moderation.show_queue",
        "it-list",
        {"tipo": CaseKind.VOLUNTEERING_PROJECT.value},
    ),
    WaitingLink(
        "drafts",
        "volunteering.list_projects",
        "it-pencil",
        {"stato": ProjectState.DRAFT.value},
    ),
    WaitingLink("expenses", "moderation.show_queue", "it-copy", {"tipo": CaseKind.EXPENSE.value}),
    WaitingLink("old_hours", "volunteering.list_hours_to_verify", "it-clock"),
    WaitingLink("calls", "volunteering.list_to_phone", "it-telephone"),
    WaitingLink("papers", "volunteering.list_ending_papers", "it-file"),
    WaitingLink("uncovered", "volunteering.show_insurance", "it-warning-circle"),
)
"""What can wait, the most urgent first."""

TOOLS = (
    ("volunteering.list_projects", "door-hand"),
    ("volunteering.list_programmes", "it-list"),
    ("volunteering.list_interviews", "it-calendar"),
    ("volunteering.show_register", "it-user"),
    ("volunteering.show_insurance", "it-file"),
    ("volunteering.show_volunteer_figures", "it-info-circle"),
    ("volunteering.list_certificates_for_office", "it-check-circle"),
    ("volunteering.list_ending_papers", "it-clock"),
    ("volunteering.list_approved_expenses", "it-copy"),
    ("volunteering.list_points", "it-star-outline"),
    ("volunteering.show_counter", "it-pa"),
)
"""Pages of the office; `office_desk.html` words them."""


@volunteering.get(DESK)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def show_office_desk() -> Response:
    """Show what waits, each with the page where it is done."""
    return render_page(
        "volunteering/office_desk.html",
        counts=office_desk.count_for_office(),
        waiting=WAITING,
        tools=TOOLS,
    )


@volunteering.get(f"{DESK}documenti")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def list_ending_papers() -> Response:
    """Show whose residence permit or certificate of fitness ends soon."""
    return render_page("volunteering/ending_papers.html", rows=office_desk.list_ending_papers())
