"""What municipal offices think of a proposal, and what the municipality answers."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.laboratories.models.proposals import Proposal
from portal.laboratories.states import AnswerOutcome, ReviewState, Verdict

LONGEST_TIMES = 200
LARGEST_COST_CENTS = 100_000_000_00


class MunicipalOffice(Timestamped, Base):
    """An office of the municipality that is asked for its opinion."""

    __tablename__ = "municipal_office"
    __table_args__ = (CheckConstraint("length(trim(name)) > 0", name="has_name"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(150), unique=True)
    email: Mapped[str | None] = mapped_column(String(320))
    """Where it is told that its opinion is asked for."""
    ended_at: Mapped[UtcTime | None]
    """No longer there: keeps its opinions, is asked no more."""
    version: Mapped[int] = mapped_column(default=1, server_default=sql_text("1"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class FeasibilityReview(Timestamped, Base):
    """The opinion of one office on a proposal."""

    __tablename__ = "feasibility_review"
    __table_args__ = (
        CheckConstraint(
            "(state = 'given') = (given_at IS NOT NULL)"
            " AND (state = 'given') = (verdict IS NOT NULL)",
            name="given_has_verdict",
        ),
        CheckConstraint(
            "state <> 'given' OR coalesce(length(trim(opinion)), 0) > 0", name="given_has_opinion"
        ),
        CheckConstraint(f"cost_cents BETWEEN 0 AND {LARGEST_COST_CENTS}", name="cost_is_plausible"),
        CheckConstraint(
            "coalesce(verdict, '') <> 'with_conditions'"
            " OR coalesce(length(trim(conditions)), 0) > 0",
            name="conditions_are_said",
        ),
        # One open question an office.
        Index(
            "uq_feasibility_review_proposal_office",
            "proposal_id",
            "office_id",
            unique=True,
            postgresql_where=sql_text("state = 'asked'"),
        ),
    )

    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey(MunicipalOffice.id), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    asked_at: Mapped[UtcTime]
    question: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date]
    state: Mapped[ReviewState] = mapped_column(enum_type(ReviewState), default=ReviewState.ASKED)
    verdict: Mapped[Verdict | None] = mapped_column(enum_type(Verdict))
    opinion: Mapped[str | None] = mapped_column(Text)
    cost_cents: Mapped[int | None]
    times: Mapped[str | None] = mapped_column(String(LONGEST_TIMES))
    conditions: Mapped[str | None] = mapped_column(Text)
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    given_at: Mapped[UtcTime | None]
    reminded_at: Mapped[UtcTime | None]
    version: Mapped[int] = mapped_column(default=1, server_default=sql_text("1"))
    office: Mapped[MunicipalOffice] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class ProposalAnswer(Timestamped, Base):
    """What the municipality answers to a proposal; another answer replaces it, both stay."""

    __tablename__ = "proposal_answer"
    __table_args__ = (
        CheckConstraint("length(trim(reasons)) > 0", name="has_reasons"),
        CheckConstraint(f"cost_cents BETWEEN 0 AND {LARGEST_COST_CENTS}", name="cost_is_plausible"),
        CheckConstraint(
            "outcome <> 'accepted' OR (times IS NOT NULL AND cost_cents IS NOT NULL)",
            name="accepted_says_cost_and_times",
        ),
        CheckConstraint(
            "(outcome = 'merged') = (merged_into_id IS NOT NULL)", name="merged_says_into_what"
        ),
        CheckConstraint("merged_into_id <> proposal_id", name="merges_into_another"),
        CheckConstraint(
            "(asked_again_at IS NULL) = (asked_again_why IS NULL)", name="asked_again_says_why"
        ),
        Index(
            "uq_proposal_answer_proposal_current",
            "proposal_id",
            unique=True,
            postgresql_where=sql_text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), index=True)
    outcome: Mapped[AnswerOutcome] = mapped_column(enum_type(AnswerOutcome))
    headline: Mapped[str | None] = mapped_column(String(150))
    """In a few words: "Sì, il cortile apre."."""
    reasons: Mapped[str] = mapped_column(Text)
    cost_cents: Mapped[int | None]
    cost_words: Mapped[str | None] = mapped_column(String(200))
    """What the money is for, and whether there is some."""
    times: Mapped[str | None] = mapped_column(String(LONGEST_TIMES))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey(Proposal.id), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey(MunicipalOffice.id))
    contact_name: Mapped[str | None] = mapped_column(String(150))
    """Who follows it."""
    published_at: Mapped[UtcTime]
    due_on: Mapped[date]
    """By when it was owed: late answers are counted in public."""
    answered_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    replaced_at: Mapped[UtcTime | None]
    asked_again_at: Mapped[UtcTime | None]
    """When the author asked to look at it once more."""
    asked_again_why: Mapped[str | None] = mapped_column(String(2000))
    office: Mapped[MunicipalOffice] = relationship()


register_constraints(
    {
        "ck_municipal_office_has_name": (_l("Write the name of the office."), "name"),
        "uq_municipal_office_name": (_l("There is an office of this name already."), "name"),
        "uq_feasibility_review_proposal_office": (
            _l("This office has been asked already and has not answered yet."),
            "office",
        ),
        "ck_feasibility_review_cost_is_plausible": (
            _l("Write the cost in euro, from 0 to 100 million."),
            "cost",
        ),
        "ck_feasibility_review_conditions_are_said": (
            _l("Say under which conditions."),
            "conditions",
        ),
        "ck_proposal_answer_cost_is_plausible": (
            _l("Write the cost in euro, from 0 to 100 million."),
            "cost",
        ),
        "ck_proposal_answer_accepted_says_cost_and_times": (
            _l("An accepted proposal says what it costs and when it will be done."),
            "times",
        ),
        "ck_proposal_answer_merges_into_another": (
            _l("A proposal cannot be merged into itself: choose another one."),
            "merged_into",
        ),
        "uq_proposal_answer_proposal_current": (
            _l("Somebody has answered this proposal in the meantime: read it again."),
            None,
        ),
    }
)
