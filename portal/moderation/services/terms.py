"""How long a kind of case may take, as the municipality sets it."""

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.history import record_step
from portal.moderation.deadlines import Terms
from portal.moderation.models import ProcedureTerms
from portal.moderation.states import CaseKind, DayCount

TERMS_HISTORY = "procedure_terms"


def set_terms(*, actor: Actor, kind: CaseKind, terms: Terms) -> ProcedureTerms:
    """Set the terms of a kind of case, for those opened from now on; others keep theirs.

    The days an applicant gets hold from the next time somebody is asked. The database refuses
    what the law does not allow (Law 241/1990, art. 2 and 10-bis).
    """
    row = session().scalar(
        select(ProcedureTerms).where(ProcedureTerms.kind == kind).with_for_update()
    )
    if row is None:
        row = ProcedureTerms(kind=kind)
        session().add(row)
    row.answer_days, row.day_count = terms.answer.days, terms.answer.day_count
    row.integration_days = terms.integration_days
    row.observation_days = terms.observation_days
    row.updated_at, row.updated_by_id = utc_now(), actor.account_id
    session().flush()
    record_step(
        actor=actor,
        subject_kind=TERMS_HISTORY,
        subject_id=list(CaseKind).index(kind),
        action="set_terms",
        note=_describe(kind, terms),
    )
    return row


def _describe(kind: CaseKind, terms: Terms) -> str:
    days = "working" if terms.answer.day_count is DayCount.WORKING else "calendar"
    return f"{kind}: {terms.answer.days} {days}, {terms.integration_days}, {terms.observation_days}"
