"""The enrolment at the front desk: the same steps, filled in by a clerk for the person."""

from flask import flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.htmx import redirect_after_post
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.policies import EnrolmentStep
from portal.volunteering.queries.counter import get_counter_person
from portal.volunteering.routes import enrolment_pages
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.routes.counter import PERSON
from portal.volunteering.routes.enrolment_pages import PARTS, EnrolmentPages

ENROLMENT = f"{PERSON}/iscrizione"


@volunteering.get(f"{ENROLMENT}/<any({PARTS}):part>")
@requires(Permission.COUNTER_SERVE)
def edit_counter_step(user_id: int, part: str) -> BaseResponse:
    """Ask what one step asks."""
    return enrolment_pages.show_step(_pages_of(user_id), EnrolmentStep(part))


@volunteering.post(f"{ENROLMENT}/<any({PARTS}):part>")
@requires(Permission.COUNTER_SERVE)
@writes
def save_counter_step(user_id: int, part: str) -> BaseResponse:
    """Keep what one step asks, and go on."""
    return enrolment_pages.save_step(_pages_of(user_id), EnrolmentStep(part))


@volunteering.get(f"{ENROLMENT}/riepilogo")
@requires(Permission.COUNTER_SERVE)
def show_counter_summary(user_id: int) -> BaseResponse:
    """Show everything before it is handed in."""
    return enrolment_pages.show_summary(_pages_of(user_id))


@volunteering.post(f"{ENROLMENT}/riepilogo")
@requires(Permission.COUNTER_SERVE)
@writes
def submit_counter_enrolment(user_id: int) -> BaseResponse:
    """Hand the request in for the person."""
    return enrolment_pages.send(_pages_of(user_id))


@volunteering.post(f"{ENROLMENT}/ricomincia")
@requires(Permission.COUNTER_SERVE)
@writes
def restart_counter_enrolment(user_id: int) -> BaseResponse:
    """Ask again for the person after a refusal, or after they had left."""
    services.restart_enrolment(actor=current_actor(), user_id=user_id)
    return redirect_after_post(_pages_of(user_id).step(EnrolmentStep.PERSON))


@volunteering.post(f"{ENROLMENT}/lascia")
@requires(Permission.COUNTER_SERVE)
@writes
def leave_register_at_counter(user_id: int) -> BaseResponse:
    """Let the person leave the register."""
    services.leave_enrolment(actor=current_actor(), user_id=user_id)
    flash(_("They have left the register; the places they had go to others."), "yes")
    return redirect_after_post(url_for("volunteering.show_counter_person", user_id=user_id))


def _pages_of(user_id: int) -> EnrolmentPages:
    return EnrolmentPages(user_id, get_counter_person(user_id).name, is_counter=True)
