"""How a request to be included follows the procedure of its case."""

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import take_step
from portal.moderation.models import Case
from portal.moderation.states import CaseAction
from portal.registry.models import RegistryRequest
from portal.registry.states import REQUEST_TRANSITIONS, RequestAction, RequestState

_FOLLOWS = {
    # Open again for the applicant, while the term stands still.
    CaseAction.ASK_INTEGRATION: RequestAction.RETURN,
    CaseAction.SUPPLY: RequestAction.SUBMIT,
    CaseAction.RESUME: RequestAction.FREEZE,
    CaseAction.ARCHIVE: RequestAction.ARCHIVE,
}


def follow_request_case(*, actor: Actor, case: Case, action: CaseAction) -> None:
    """Open the request to its applicant when asked to complete it, and close it again."""
    follows = _FOLLOWS.get(action)
    if follows is None:
        return
    request = (
        session()
        .scalars(
            select(RegistryRequest)
            .where(RegistryRequest.id == case.subject_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        .one()
    )
    if follows is RequestAction.FREEZE and request.state is not RequestState.RETURNED:
        # Days for observations ended: the request was never open for them.
        return
    take_step(
        actor=actor,
        subject=request,
        transitions=REQUEST_TRANSITIONS,
        action=follows,
        note=case.reason if action is CaseAction.ARCHIVE else None,
    )
    session().flush()
