"""A request while it is written: one a person, kept step by step, locked while it changes."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import DomainError, ForbiddenStepError
from portal.moderation.queries import find_case_of, list_suspensions
from portal.moderation.states import CaseKind, StepRefusal
from portal.moderation.step_rules import StepRefusedError
from portal.registry.models import RegistryRequest
from portal.registry.request_gaps import FIELDS_OF_STEP, fingerprint
from portal.registry.states import RequestState, RequestStep
from portal.territory.queries import CITY_CODE

UNDER_WAY = (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.RETURNED)


class StepChangedError(DomainError):
    """The same step was saved from another window since this one was opened."""

    sentence = _l(
        "You have saved something else here from another window. Below stands what you wrote in"
        " this one: go on to keep it, or open the page again to see the other."
    )


def save_request_step(
    *, actor: Actor, step: RequestStep, values: Mapping[str, Any], seen: str | None = None
) -> RegistryRequest:
    """Keep what `actor` wrote in one step, in their draft or in what was returned to them.

    The first step saved makes the draft. Raises `ForbiddenStepError` when the request has been
    handed in and waits for an answer, `StepChangedError` when the step no longer holds what it
    held when its page was shown (`seen`, a `fingerprint`) and would become something else.
    """
    request = lock_editable_request(actor=actor)
    if seen and fingerprint(step, request) not in {seen, fingerprint(step, values)}:
        raise StepChangedError
    for field in FIELDS_OF_STEP[step]:
        setattr(request, field, values[field])
    if request.municipality_code != CITY_CODE:
        # Only the city has districts.
        request.district_id = None
    session().flush()
    return request


def lock_editable_request(*, actor: Actor) -> RegistryRequest:
    """Return the draft of `actor` (a new one if need be) or what was returned to them, locked.

    Raises `ForbiddenStepError` when the request has been handed in and waits for an answer, its
    subclass `StepRefusedError` when the days to complete it are over.
    """
    request = lock_under_way(actor=actor)
    if request is None:
        request = RegistryRequest(
            applicant_id=actor.account_id, state=RequestState.DRAFT, officers=[]
        )
        session().add(request)
        session().flush()
    elif request.state is RequestState.SUBMITTED:
        raise ForbiddenStepError
    elif request.state is RequestState.RETURNED:
        _check_days_left(request)
    return request


def _check_days_left(request: RegistryRequest) -> None:
    """After the last day what was handed in stands, also before the job of the night says so."""
    case = find_case_of(CaseKind.REGISTRY_REQUEST, request.id)
    suspensions = list_suspensions(case.id) if case else []
    if any(s.is_running and s.latest_end_on < local_today() for s in suspensions):
        raise StepRefusedError(StepRefusal.WINDOW_OVER)


def under_way(*, actor: Actor) -> Select[Any]:
    """Select what `actor` is writing or waits for."""
    return select(RegistryRequest).where(
        RegistryRequest.applicant_id == actor.account_id, RegistryRequest.state.in_(UNDER_WAY)
    )


def lock_under_way(*, actor: Actor) -> RegistryRequest | None:
    """Return it locked and as it is now, or None."""
    return session().scalar(
        under_way(actor=actor).with_for_update().execution_options(populate_existing=True)
    )
