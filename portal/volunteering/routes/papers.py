"""What the office has seen of an enrolment: permit, fitness, the guardian's signed paper."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.enrolments import FitnessForm, PaperAuthorisationForm, PermitForm
from portal.volunteering.policies import asks_permit, needs_fitness, needs_guardian
from portal.volunteering.queries.enrolments import find_case_id_of, get_enrolment, list_missing
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services import Guardian

PAPERS = "/gestione/volontariato/iscrizioni/<int:enrolment_id>"
UNPROCESSABLE = 422


@volunteering.get(PAPERS)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def show_papers(enrolment_id: int) -> Response:
    """Show what is missing of an enrolment, and where to write what was seen."""
    return _render(enrolment_id)


@volunteering.post(f"{PAPERS}/permesso")
@requires(Permission.VOLUNTEERS_ADMINISTER)
@writes
def note_permit(enrolment_id: int) -> BaseResponse:
    """Write until when the residence permit is valid that was seen."""
    form = PermitForm()
    return _note(enrolment_id, "permit", form, form.permit_until, services.note_permit)


@volunteering.post(f"{PAPERS}/idoneita")
@requires(Permission.VOLUNTEERS_ADMINISTER)
@writes
def note_fitness(enrolment_id: int) -> BaseResponse:
    """Write until when the certificate of fitness is valid that was seen."""
    form = FitnessForm()
    return _note(enrolment_id, "fitness", form, form.fitness_until, services.note_fitness)


@volunteering.post(f"{PAPERS}/autorizzazione")
@requires(Permission.VOLUNTEERS_ADMINISTER)
@writes
def record_paper_authorisation(enrolment_id: int) -> BaseResponse:
    """Write that the signed authorisation of a minor is there."""
    form = PaperAuthorisationForm()
    get_enrolment(enrolment_id)
    if not form.validate():
        return _render(enrolment_id, guardian=form)
    services.record_paper_authorisation(
        actor=current_actor(),
        enrolment_id=enrolment_id,
        guardian=Guardian(form.full_name.data, None, form.phone.data or None),
    )
    return _done(enrolment_id)


def _note(enrolment_id: int, name: str, form: PortalForm, field: Any, service: Any) -> BaseResponse:  # noqa: ANN401 - a day field, and the service that keeps it
    get_enrolment(enrolment_id)
    if not form.validate():
        return _render(enrolment_id, **{name: form})
    try:
        service(actor=current_actor(), enrolment_id=enrolment_id, until=field.data)
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(enrolment_id, **{name: form})
    return _done(enrolment_id)


def _done(enrolment_id: int) -> BaseResponse:
    flash(_("Written down."), "yes")
    return redirect_after_post(url_for("volunteering.show_papers", enrolment_id=enrolment_id))


def _render(enrolment_id: int, **refused: PortalForm) -> Response:
    enrolment, rules = get_enrolment(enrolment_id), queries.find_register_rules()
    today = local_today()
    return render_page(
        "volunteering/enrolment_papers.html",
        status=UNPROCESSABLE if refused else 200,
        enrolment=enrolment,
        case_id=find_case_id_of(enrolment_id),
        missing=list_missing(rules, enrolment),
        permit=refused.get("permit") or PermitForm(formdata=None, obj=enrolment),
        fitness=refused.get("fitness") or FitnessForm(formdata=None, obj=enrolment),
        guardian=refused.get("guardian")
        or PaperAuthorisationForm(formdata=None, obj=enrolment.guardian),
        asks_permit=asks_permit(rules, enrolment.citizenship),
        asks_fitness=needs_fitness(rules, enrolment.born_on, today),
        asks_guardian=needs_guardian(rules, enrolment.born_on, today),
    )
