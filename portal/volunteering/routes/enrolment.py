"""Enrolling in the register of volunteers, step by step."""

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.moderation.queries import find_case_of
from portal.moderation.states import CaseKind
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.enrolments import RestartForm
from portal.volunteering.policies import EnrolmentStep, find_interview_refusal, needs_guardian
from portal.volunteering.queries.enrolments import find_membership, list_missing
from portal.volunteering.queries.interviews import find_interview_standing
from portal.volunteering.routes import enrolment_pages
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.routes.enrolment_pages import PARTS, EnrolmentPages, next_step
from portal.volunteering.states import EnrolmentState

ENROLMENT = "/volontariato/iscrizione"
IN_OR_OUT = (EnrolmentState.ACCEPTED, EnrolmentState.LEFT)
WAITS_OR_IN = (EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED)


@volunteering.get(ENROLMENT)
@requires(Permission.PORTAL_READ)
def show_enrolment() -> Response:
    """Show what the register is, how to enrol, and where one's own request is."""
    actor = current_actor()
    rules = queries.find_register_rules()
    enrolment = queries.find_enrolment_of(actor.account_id) if actor.is_signed_in else None
    case = find_case_of(CaseKind.ENROLMENT, enrolment.id) if enrolment else None
    standing = find_interview_standing(actor.account_id) if enrolment else None
    was_in = enrolment is not None and enrolment.state in IN_OR_OUT
    is_live = enrolment is not None and enrolment.state in WAITS_OR_IN
    born_on = enrolment.born_on if enrolment else None
    return render_page(
        "volunteering/enrolment_detail.html",
        enrolment=enrolment,
        case=case,
        rules=rules,
        next_step=next_step(enrolment, rules),
        pages=_own_pages() if actor.is_signed_in else None,
        membership=find_membership(actor.account_id) if was_in else None,
        missing=list_missing(rules, enrolment) if enrolment and is_live else (),
        needs_guardian=is_live and needs_guardian(rules, born_on, local_today()),
        form=RestartForm() if enrolment else None,
        interview=standing.booked if standing else None,
        can_book_interview=standing is not None and find_interview_refusal(standing.facts) is None,
    )


@volunteering.get(f"{ENROLMENT}/<any({PARTS}):part>")
@requires(Permission.ENROLMENT_REQUEST)
def edit_enrolment_step(part: str) -> BaseResponse:
    """Ask what one step asks."""
    return enrolment_pages.show_step(_own_pages(), EnrolmentStep(part))


@volunteering.post(f"{ENROLMENT}/<any({PARTS}):part>")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def save_enrolment_step(part: str) -> BaseResponse:
    """Keep what one step asks, and go on."""
    return enrolment_pages.save_step(_own_pages(), EnrolmentStep(part))


@volunteering.get(f"{ENROLMENT}/riepilogo")
@requires(Permission.ENROLMENT_REQUEST)
def show_enrolment_summary() -> BaseResponse:
    """Show everything on one screen before it is sent."""
    return enrolment_pages.show_summary(_own_pages())


@volunteering.post(f"{ENROLMENT}/riepilogo")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def submit_enrolment() -> BaseResponse:
    """Hand the request in."""
    return enrolment_pages.send(_own_pages())


@volunteering.post(f"{ENROLMENT}/ricomincia")
@requires(Permission.ENROLMENT_REQUEST)
@writes
def restart_enrolment() -> BaseResponse:
    """Ask again after a refusal, or after having left."""
    services.restart_enrolment(actor=current_actor())
    return redirect_after_post(_own_pages().step(EnrolmentStep.PERSON))


def _own_pages() -> EnrolmentPages:
    actor = current_actor()
    return EnrolmentPages(actor.account_id, actor.name)
