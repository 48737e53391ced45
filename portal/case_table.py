"""What each kind of case is: its decisions, its page, what a decision does (ADR 0013)."""

from collections.abc import Mapping

from flask import url_for

from portal.laboratories import queries as laboratories
from portal.laboratories.services import apply_comment_decision, apply_report_decision
from portal.laboratories.services import apply_decision as apply_to_proposal
from portal.moderation.kinds import CaseKindSpec
from portal.moderation.states import CaseAction, CaseKind
from portal.registry import queries as registry
from portal.registry.services import (
    apply_change_decision,
    apply_claim_decision,
    apply_request_decision,
    follow_request_case,
)
from portal.volunteering import queries as volunteering
from portal.volunteering.services import (
    apply_enrolment_decision,
    apply_expense_decision,
    apply_project_decision,
)

CASE_TABLE: Mapping[CaseKind, CaseKindSpec] = {
    CaseKind.ENROLMENT: CaseKindSpec(
        decisions=(CaseAction.ACCEPT, CaseAction.RETURN, CaseAction.REFUSE),
        apply=apply_enrolment_decision,
        load=volunteering.get_enrolment_case,
        template="volunteering/_enrolment_case.html",
        door="door-help",
        icon="door-hand",
    ),
    CaseKind.VOLUNTEERING_PROJECT: CaseKindSpec(
        decisions=(CaseAction.ACCEPT, CaseAction.RETURN, CaseAction.REFUSE),
        apply=apply_project_decision,
        load=volunteering.get_project_desk,
        template="volunteering/_project_case.html",
        door="door-help",
        icon="door-hand",
    ),
    CaseKind.PROPOSAL: CaseKindSpec(
        decisions=(CaseAction.ACCEPT, CaseAction.RETURN, CaseAction.REFUSE),
        apply=apply_to_proposal,
        load=laboratories.get_proposal_of_case,
        template="laboratories/_proposal_case.html",
        door="door-lab",
        icon="door-pact",
    ),
    CaseKind.COMMENT: CaseKindSpec(
        decisions=(CaseAction.ACCEPT, CaseAction.REFUSE),
        apply=apply_comment_decision,
        load=laboratories.get_comment_case,
        template="laboratories/_comment_case.html",
        door="door-lab",
        icon="it-comment",
    ),
    CaseKind.CONTENT_REPORT: CaseKindSpec(
        decisions=(CaseAction.ACCEPT, CaseAction.REFUSE),
        apply=apply_report_decision,
        load=laboratories.get_report_case,
        template="laboratories/_report_case.html",
        door="door-lab",
        icon="it-flag",
    ),
    CaseKind.REGISTRY_REQUEST: CaseKindSpec(
        decisions=(
            CaseAction.ACCEPT,
            CaseAction.ASK_INTEGRATION,
            CaseAction.GIVE_NOTICE,
            CaseAction.REFUSE,
            CaseAction.ARCHIVE,
        ),
        apply=apply_request_decision,
        load=registry.get_request_case,
        template="registry/_request_case.html",
        door="door-registry",
        icon="door-people",
        own_page=lambda request_id: url_for("registry.show_request", request_id=request_id),
        on_step=follow_request_case,
        has_letters=True,
    ),
    CaseKind.CLAIM: CaseKindSpec(
        decisions=(CaseAction.ACCEPT, CaseAction.RETURN, CaseAction.REFUSE),
        apply=apply_claim_decision,
        load=registry.get_claim_case,
        template="registry/_claim_case.html",
        door="door-registry",
        icon="door-people",
    ),
    CaseKind.PROFILE_EDIT: CaseKindSpec(
        decisions=(CaseAction.ACCEPT, CaseAction.REFUSE),
        apply=apply_change_decision,
        load=registry.get_edit_case,
        template="registry/_edit_case.html",
        door="door-registry",
        icon="it-pencil",
    ),
    CaseKind.EXPENSE: CaseKindSpec(
        decisions=(CaseAction.ACCEPT, CaseAction.RETURN, CaseAction.REFUSE),
        apply=apply_expense_decision,
        load=volunteering.get_expense_case,
        template="volunteering/_expense_case.html",
        door="door-help",
        icon="door-hand",
        own_page=lambda expense_id: url_for("volunteering.show_expense", expense_id=expense_id),
    ),
}
