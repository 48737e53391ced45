"""Requests to be included: hand in, take back, and what a decision does."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import DomainError, NotFoundError, RuleBrokenError
from portal.core.history import take_step
from portal.moderation.models import Case
from portal.moderation.queries import CaseRow, find_case_of
from portal.moderation.services import open_case, resubmit_case, supply_integration, withdraw_case
from portal.moderation.states import CaseAction, CaseKind, CaseState
from portal.moderation.step_rules import StepRefusedError
from portal.registry.models import ActivityArea, Association, RegistryRequest
from portal.registry.request_gaps import incomplete_steps
from portal.registry.services.representatives import add_representative, enrol
from portal.registry.services.request_documents import (
    delete_request_documents,
    present_documents,
)
from portal.registry.services.request_drafts import lock_under_way, under_way
from portal.registry.services.slugs import unused_slug
from portal.registry.states import (
    REQUEST_TRANSITIONS,
    AssociationState,
    RequestAction,
    RequestState,
)

REQUEST_HISTORY = "registry_request"
ALREADY_LISTED = _l("An association with this tax code is already in the registry: claim it.")

_ACTION_OF = {
    CaseAction.ACCEPT: RequestAction.ACCEPT,
    CaseAction.REFUSE: RequestAction.REFUSE,
}


_COPIED = (
    *("name", "acronym", "kind", "municipality_code", "district_id", "description"),
    *("purposes", "audience", "meeting_times"),
    # Read by the office and by the association's people: no page shows them to everybody.
    *("certified_email", "legal_representative", "officers"),
)


class IncompleteRequestError(DomainError):
    """Something is missing that a request cannot be handed in without."""

    sentence = _l("Something is still missing in your request: complete the steps marked below.")


def discard_draft(*, actor: Actor) -> None:
    """Throw away what was never handed in; nothing of it is kept.

    Raises `NotFoundError` when there is no draft.
    """
    request = lock_under_way(actor=actor)
    if request is None or request.state is not RequestState.DRAFT:
        raise NotFoundError
    delete_request_documents(request.id)
    session().delete(request)
    session().flush()


def submit_request(*, actor: Actor, note: str = "") -> RegistryRequest:
    """Hand in the draft, or what was asked for of a request that is complete now.

    The same tap twice is one request. `note` goes to the office with what was completed. Raises
    `NotFoundError` without a draft, `IncompleteRequestError` when something is missing,
    `RuleBrokenError` when the association is listed or somebody else has asked for it,
    `StepRefusedError` when the days to complete it are over.
    """
    under = session().execute(
        under_way(actor=actor).with_only_columns(RegistryRequest.id, RegistryRequest.state)
    )
    found = under.one_or_none()
    if found is None:
        raise NotFoundError
    if found.state is RequestState.RETURNED:
        return _complete(actor, found.id, note)
    request = lock_under_way(actor=actor)
    if request is None:
        raise NotFoundError
    if request.state is RequestState.SUBMITTED:
        return request
    _check_ready(request)
    _step(actor, request, RequestAction.SUBMIT)
    request.submitted_at = utc_now()
    session().flush()
    open_case(
        actor=actor,
        kind=CaseKind.REGISTRY_REQUEST,
        subject_id=request.id,
        title=request.name or "",
        on_behalf_of=request.name,
        district_id=request.district_id,
    )
    return request


def _complete(actor: Actor, request_id: int, note: str) -> RegistryRequest:
    """Hand in what was asked for: the term runs again, it is not a new one."""
    found = find_case_of(CaseKind.REGISTRY_REQUEST, request_id)
    if found is None:
        raise NotFoundError
    try:
        # The case before the request, as everywhere: two locks in one order never block each
        # other. The request follows its case (`follow_request_case`).
        with session().begin_nested():
            case = _answer_office(actor, found, note)
            request = _lock_request(request_id)
            if request.state is RequestState.RETURNED:
                _step(actor, request, RequestAction.SUBMIT)
            _check_ready(request)
            request.submitted_at = utc_now()
            case.title, case.on_behalf_of = request.name or "", request.name
            case.district_id = request.district_id
            session().flush()
    except StepRefusedError:
        request = _lock_request(request_id)
        if request.state is not RequestState.SUBMITTED:
            raise
    return request


def _answer_office(actor: Actor, case: CaseRow, note: str) -> Case:
    if case.state is CaseState.RETURNED:
        # Sent back before there was a clock to stop: such a request gets its new term.
        return resubmit_case(
            actor=actor, kind=case.kind, subject_id=case.subject_id, title=case.title
        )
    return supply_integration(actor=actor, case_id=case.id, text=note)


def withdraw_request(*, actor: Actor, request_id: int) -> RegistryRequest:
    """Take back a request that waits or was returned; raises `NotFoundError` where none does."""
    withdraw_case(actor=actor, kind=CaseKind.REGISTRY_REQUEST, subject_id=request_id)
    request = _lock_request(request_id)
    _step(actor, request, RequestAction.WITHDRAW)
    session().flush()
    return request


def apply_request_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Do what staff decided: accepted, the association is entered and the applicant speaks for it.

    Raises `RuleBrokenError` when the association has been listed in the meantime.
    """
    request = _lock_request(case.subject_id)
    association = _enter_association(actor, request) if action is CaseAction.ACCEPT else None
    request.association_id = association.id if association else None
    _step(actor, request, _ACTION_OF[action], note=reason)
    session().flush()
    if association is not None:
        add_representative(
            actor=actor,
            association=association,
            user_id=request.applicant_id,
            capacity=request.applicant_role or "",
        )


def _enter_association(actor: Actor, request: RegistryRequest) -> Association:
    association = session().scalar(
        select(Association).where(Association.tax_code == request.tax_code).with_for_update()
    )
    if association is None:
        association = Association(
            slug=unused_slug(request.name or ""),
            tax_code=request.tax_code,
            state=AssociationState.LISTED,
        )
        session().add(association)
    elif association.state is not AssociationState.REMOVED or association.merged_into_id:
        raise RuleBrokenError(
            _l(
                "This association has been listed in the meantime: archive the request and ask the"
                " applicant to claim its page."
            )
        )
    _fill_association(association, request)
    # A new one gets its number first.
    session().flush()
    enrol(actor=actor, association=association)
    return association


def _fill_association(association: Association, request: RegistryRequest) -> None:
    """Copy what is public; a contact that the applicant keeps private stays in the request."""
    today = local_today()
    for field in _COPIED:
        setattr(association, field, getattr(request, field))
    association.email = request.email if request.is_email_public else None
    association.phone = request.phone if request.is_phone_public else None
    association.address = request.address if request.is_address_public else None
    association.website = request.website
    association.areas = list(
        session().scalars(select(ActivityArea).where(ActivityArea.code.in_(request.areas)))
    )
    association.enrolled_on = association.profile_updated_on = today


def _check_ready(request: RegistryRequest) -> None:
    if incomplete_steps(request, present_documents(request.id)):
        raise IncompleteRequestError
    is_listed = session().scalar(
        select(Association.id).where(
            Association.tax_code == request.tax_code,
            # Merged: the body is in the registry under its other entry.
            or_(
                Association.state != AssociationState.REMOVED,
                Association.merged_into_id.is_not(None),
            ),
        )
    )
    if is_listed:
        raise RuleBrokenError(ALREADY_LISTED, "tax_code")


def _lock_request(request_id: int) -> RegistryRequest:
    request = session().scalar(
        select(RegistryRequest)
        .where(RegistryRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if request is None:
        raise NotFoundError
    return request


def _step(
    actor: Actor, request: RegistryRequest, action: RequestAction, note: str | None = None
) -> None:
    take_step(
        actor=actor, subject=request, transitions=REQUEST_TRANSITIONS, action=action, note=note
    )
