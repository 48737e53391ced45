"""Municipal offices, and what they think of a proposal."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.laboratories.emails.answers import mail_review_asked
from portal.laboratories.models import FeasibilityReview, MunicipalOffice, Proposal
from portal.laboratories.states import ProposalState, ReviewState, Verdict


class OfficeChangedError(ForbiddenStepError):
    """Somebody changed this office since the page was opened."""

    sentence = _l("A colleague has changed this office in the meantime. Look at it again.")

    def __init__(self, office_id: int) -> None:
        """Note which one, so that what is saved now can be shown."""
        super().__init__()
        self.office_id = office_id


class ReviewChangedError(ForbiddenStepError):
    """Somebody wrote this opinion since the page was opened."""

    sentence = _l("Somebody has written this opinion in the meantime. Read it again.")


@dataclass(frozen=True)
class OpinionContent:
    """What an office thinks."""

    verdict: Verdict
    opinion: str
    cost_cents: int | None = None
    times: str | None = None
    conditions: str | None = None


def save_office(
    *, actor: Actor, office_id: int | None, name: str, email: str | None, version: int = 0
) -> MunicipalOffice:
    """Write a municipal office, or change one that still is at the `version` on the page.

    Raises `NotFoundError`, `OfficeChangedError` when somebody changed it since, and
    `RuleBrokenError` for a name that another office has.
    """
    office = MunicipalOffice() if office_id is None else _lock_office(office_id)
    if office_id is not None and office.version != version:
        raise OfficeChangedError(office_id)
    taken = select(MunicipalOffice.id).where(
        MunicipalOffice.name == name, MunicipalOffice.id != (office_id or 0)
    )
    if session().scalar(taken) is not None:
        raise RuleBrokenError(_l("There is an office of this name already."), "name")
    office.name, office.email = name, email or None
    session().add(office)
    session().flush()
    _record(actor, MunicipalOffice.__tablename__, office.id, "save", name)
    return office


def end_office(*, actor: Actor, office_id: int) -> MunicipalOffice:
    """Let an office be asked no more; what it wrote stays."""
    office = _lock_office(office_id)
    if office.ended_at is not None:
        raise ForbiddenStepError
    office.ended_at = utc_now()
    session().flush()
    _record(actor, MunicipalOffice.__tablename__, office.id, "end", None)
    return office


def ask_office(
    *, actor: Actor, proposal_id: int, office_id: int, question: str | None, due_on: date
) -> FeasibilityReview:
    """Ask an office for its opinion on a published proposal; it is mailed where it has an address.

    Raises `RuleBrokenError` while the office has not answered an earlier question on it.
    """
    proposal = session().get(Proposal, proposal_id, with_for_update=True)
    office = session().get(MunicipalOffice, office_id)
    if proposal is None or office is None or office.ended_at is not None:
        raise NotFoundError
    if proposal.state is not ProposalState.PUBLISHED:
        raise ForbiddenStepError
    waits = select(FeasibilityReview.id).where(
        FeasibilityReview.proposal_id == proposal_id,
        FeasibilityReview.office_id == office_id,
        FeasibilityReview.state == ReviewState.ASKED,
    )
    if session().scalar(waits) is not None:
        raise RuleBrokenError(
            _l("This office has been asked already and has not answered yet."), "office_id"
        )
    review = FeasibilityReview(
        proposal_id=proposal.id,
        office=office,
        asked_by_id=actor.account_id,
        asked_at=utc_now(),
        question=question or None,
        due_on=due_on,
        state=ReviewState.ASKED,
    )
    session().add(review)
    session().flush()
    _record(actor, "proposal", proposal.id, "ask_office", office.name)
    if office.email:
        mail_review_asked(review=review, proposal=proposal)
    return review


def give_opinion(
    *, actor: Actor, review_id: int, version: int, content: OpinionContent
) -> FeasibilityReview:
    """Write down what an office thinks; for the office's own eyes, the answer is what is public.

    Raises `ReviewChangedError` when somebody wrote it since, `ForbiddenStepError` once dropped.
    """
    review = _lock(review_id)
    if review.version != version:
        raise ReviewChangedError
    if review.state is ReviewState.DROPPED:
        raise ForbiddenStepError
    review.state, review.verdict, review.opinion = (
        ReviewState.GIVEN,
        content.verdict,
        content.opinion,
    )
    review.cost_cents, review.times = content.cost_cents, content.times or None
    review.conditions = content.conditions or None
    review.given_by_id, review.given_at = actor.id, utc_now()
    session().flush()
    _record(actor, "proposal", review.proposal_id, "give_opinion", review.office.name)
    return review


def drop_review(*, actor: Actor, review_id: int) -> FeasibilityReview:
    """Take a question back that an office has not answered."""
    review = _lock(review_id)
    if review.state is not ReviewState.ASKED:
        raise ForbiddenStepError
    review.state = ReviewState.DROPPED
    session().flush()
    _record(actor, "proposal", review.proposal_id, "drop_review", review.office.name)
    return review


def _lock_office(office_id: int) -> MunicipalOffice:
    office = session().get(MunicipalOffice, office_id, with_for_update=True, populate_existing=True)
    if office is None:
        raise NotFoundError
    return office


def _lock(review_id: int) -> FeasibilityReview:
    review = session().scalar(
        select(FeasibilityReview)
        .where(FeasibilityReview.id == review_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if review is None:
        raise NotFoundError
    return review


def _record(actor: Actor, kind: str, subject_id: int, action: str, note: str | None) -> None:
    record_step(actor=actor, subject_kind=kind, subject_id=subject_id, action=action, note=note)
