"""Answers to proposals, what offices think, and how many answers are owed."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.clock import local_today, to_local
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.laboratories.models import (
    FeasibilityReview,
    Laboratory,
    MunicipalOffice,
    Proposal,
    ProposalAnswer,
)
from portal.laboratories.policies import days_of_delay, may_ask_again
from portal.laboratories.states import AnswerOutcome, ProposalState, ReviewState, Verdict

PER_PAGE = 30


@dataclass(frozen=True)
class AnswerRow:
    """What the municipality answers to a proposal."""

    id: int
    outcome: AnswerOutcome
    headline: str | None
    reasons: str
    cost_cents: int | None
    cost_words: str | None
    times: str | None
    merged_into_id: int | None
    merged_into_title: str | None
    office: str
    office_id: int
    contact_name: str | None
    published_at: datetime
    due_on: date
    asked_again_at: datetime | None
    asked_again_why: str | None
    """For the author and who leads the laboratory."""

    @property
    def days_late(self) -> int:
        """Return by how many days it came late; 0 in time."""
        return days_of_delay(self.due_on, to_local(self.published_at).date())

    @property
    def may_be_asked_again(self) -> bool:
        """Say whether its author may still ask to look at it once more."""
        return may_ask_again(
            answered_on=to_local(self.published_at).date(),
            has_asked=self.asked_again_at is not None,
            today=local_today(),
        )


@dataclass(frozen=True)
class AnswerFigures:
    """How many proposals are answered, waiting in time, or owed an answer."""

    answered: int
    waiting: int
    late: int
    mean_days: int | None
    """From publication to answer; None where nothing was answered."""

    @property
    def total(self) -> int:
        """Return how many published proposals there are."""
        return self.answered + self.waiting + self.late


@dataclass(frozen=True)
class ReviewRow:
    """What an office was asked, and what it thinks."""

    id: int
    office: str
    question: str | None
    asked_at: datetime
    due_on: date
    state: ReviewState
    verdict: Verdict | None
    opinion: str | None
    cost_cents: int | None
    times: str | None
    conditions: str | None
    given_at: datetime | None
    given_by: str | None
    version: int
    is_late: bool


@dataclass(frozen=True)
class OfficeRow:
    """A municipal office."""

    id: int
    name: str
    email: str | None
    is_ended: bool
    version: int


class OwedFilter(StrEnum):
    """Which proposals the desk lists, as its address says it."""

    OWED = "da-rispondere"
    ASKED_AGAIN = "da-riesaminare"
    ANSWERED = "risposte"


@dataclass(frozen=True)
class OwedRow:
    """A published proposal on the desk of who answers."""

    id: int
    title: str
    published_at: datetime
    due_on: date
    supports: int
    outcome: AnswerOutcome | None
    asked_again_at: datetime | None
    opinions_asked: int
    opinions_given: int
    days_left: int
    """Below 0: late by so many days."""


def find_answer(proposal_id: int) -> AnswerRow | None:
    """Return the answer that stands, or None."""
    target = aliased(Proposal)
    row = (
        session()
        .execute(
            select(
                ProposalAnswer.id,
                ProposalAnswer.outcome,
                ProposalAnswer.headline,
                ProposalAnswer.reasons,
                ProposalAnswer.cost_cents,
                ProposalAnswer.cost_words,
                ProposalAnswer.times,
                ProposalAnswer.merged_into_id,
                target.title,
                MunicipalOffice.name,
                MunicipalOffice.id,
                ProposalAnswer.contact_name,
                ProposalAnswer.published_at,
                ProposalAnswer.due_on,
                ProposalAnswer.asked_again_at,
                ProposalAnswer.asked_again_why,
            )
            .join(MunicipalOffice, MunicipalOffice.id == ProposalAnswer.office_id)
            .outerjoin(target, target.id == ProposalAnswer.merged_into_id)
            .where(ProposalAnswer.proposal_id == proposal_id, is_standing())
        )
        .one_or_none()
    )
    if row is None:
        return None
    values: list[Any] = list(row)
    return AnswerRow(*values)


def count_answers(laboratory_id: int | None = None) -> AnswerFigures:
    """Return how many answers were given and are owed, in a laboratory or in all of them."""
    is_answered = ProposalAnswer.id.is_not(None)
    days = func.extract("epoch", ProposalAnswer.published_at - Proposal.published_at) / 86_400
    statement = (
        select(
            func.count().filter(is_answered),
            func.count().filter(~is_answered, Proposal.answer_due_on >= local_today()),
            func.count().filter(~is_answered, Proposal.answer_due_on < local_today()),
            func.avg(days),
        )
        .select_from(Proposal)
        .outerjoin(ProposalAnswer, and_(ProposalAnswer.proposal_id == Proposal.id, is_standing()))
        .where(Proposal.state == ProposalState.PUBLISHED)
    )
    if laboratory_id is not None:
        statement = statement.where(Proposal.laboratory_id == laboratory_id)
    answered, waiting, late, mean = session().execute(statement).one()
    return AnswerFigures(answered, waiting, late, None if mean is None else round(mean))


def list_reviews(proposal_id: int) -> list[ReviewRow]:
    """Return what offices were asked of a proposal, newest first."""
    rows = session().execute(
        select(FeasibilityReview, MunicipalOffice.name, User.display_name)
        .join(MunicipalOffice, MunicipalOffice.id == FeasibilityReview.office_id)
        .outerjoin(User, User.id == FeasibilityReview.given_by_id)
        .where(
            FeasibilityReview.proposal_id == proposal_id,
            FeasibilityReview.state != ReviewState.DROPPED,
        )
        .order_by(FeasibilityReview.id.desc())
    )
    today = local_today()
    return [
        ReviewRow(
            id=review.id,
            office=office,
            question=review.question,
            asked_at=review.asked_at,
            due_on=review.due_on,
            state=review.state,
            verdict=review.verdict,
            opinion=review.opinion,
            cost_cents=review.cost_cents,
            times=review.times,
            conditions=review.conditions,
            given_at=review.given_at,
            given_by=given_by,
            version=review.version,
            is_late=review.state is ReviewState.ASKED and review.due_on < today,
        )
        for review, office, given_by in rows
    ]


def get_review_proposal(review_id: int) -> int:
    """Return the id of the proposal a review is about; raises `NotFoundError`."""
    proposal_id = session().scalar(
        select(FeasibilityReview.proposal_id).where(FeasibilityReview.id == review_id)
    )
    if proposal_id is None:
        raise NotFoundError
    return proposal_id


def list_offices(*, with_ended: bool = False) -> list[OfficeRow]:
    """Return the municipal offices by name."""
    statement = select(
        MunicipalOffice.id,
        MunicipalOffice.name,
        MunicipalOffice.email,
        MunicipalOffice.ended_at.is_not(None),
        MunicipalOffice.version,
    ).order_by(MunicipalOffice.ended_at.is_not(None), MunicipalOffice.name, MunicipalOffice.id)
    if not with_ended:
        statement = statement.where(MunicipalOffice.ended_at.is_(None))
    return [OfficeRow(*row) for row in session().execute(statement)]


def get_office(office_id: int) -> OfficeRow:
    """Return one office; raises `NotFoundError`."""
    office = session().get(MunicipalOffice, office_id)
    if office is None:
        raise NotFoundError
    is_ended = office.ended_at is not None
    return OfficeRow(office.id, office.name, office.email, is_ended, office.version)


def list_targets(laboratory_id: int, proposal_id: int) -> list[tuple[int, str]]:
    """Return the proposals into which one may be merged, each an id and its title."""
    rows = session().execute(
        select(Proposal.id, Proposal.title)
        .where(
            Proposal.laboratory_id == laboratory_id,
            Proposal.state == ProposalState.PUBLISHED,
            Proposal.merged_into_id.is_(None),
            Proposal.id != proposal_id,
        )
        .order_by(Proposal.title, Proposal.id)
    )
    return [(row.id, row.title) for row in rows]


def list_owed(
    laboratory_id: int, *, only: OwedFilter = OwedFilter.OWED, page: int = 1
) -> Page[OwedRow]:
    """Return the published proposals of a laboratory as the desk lists them, most urgent first."""
    statement = _owed().where(
        Proposal.laboratory_id == laboratory_id,
        Proposal.state == ProposalState.PUBLISHED,
        _fits(only),
    )
    total = count_rows(statement)
    number = clamp_page(page, total, PER_PAGE)
    rows = session().execute(
        statement.order_by(Proposal.answer_due_on, Proposal.id)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    today = local_today()
    return Page([_as_owed(row, today) for row in rows], number, total, PER_PAGE)


def _as_owed(row: Row[Any], today: date) -> OwedRow:
    values: list[Any] = list(row)
    values.append((row.answer_due_on - today).days)
    return OwedRow(*values)


def is_standing() -> ColumnElement[bool]:
    """Return the condition that an answer is the one that stands."""
    return ProposalAnswer.replaced_at.is_(None)


def _owed() -> Select[Any]:
    def opinions(*states: ReviewState) -> Any:  # noqa: ANN401 - a column
        return (
            select(func.count())
            .select_from(FeasibilityReview)
            .where(
                FeasibilityReview.proposal_id == Proposal.id, FeasibilityReview.state.in_(states)
            )
            .correlate(Proposal)
            .scalar_subquery()
        )

    return (
        select(
            Proposal.id,
            Proposal.title,
            Proposal.published_at,
            Proposal.answer_due_on,
            Proposal.support_count,
            ProposalAnswer.outcome,
            ProposalAnswer.asked_again_at,
            opinions(ReviewState.ASKED, ReviewState.GIVEN),
            opinions(ReviewState.GIVEN),
        )
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .outerjoin(ProposalAnswer, and_(ProposalAnswer.proposal_id == Proposal.id, is_standing()))
    )


def _fits(only: OwedFilter) -> ColumnElement[bool]:
    if only is OwedFilter.ANSWERED:
        return ProposalAnswer.id.is_not(None)
    if only is OwedFilter.ASKED_AGAIN:
        return ProposalAnswer.asked_again_at.is_not(None)
    return ProposalAnswer.id.is_(None)
