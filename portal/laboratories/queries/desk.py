"""What waits for who leads laboratories: each with its phase, its next step and what is owed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select
from sqlalchemy.orm import aliased

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
    Commitment,
    CommitmentProgress,
    ExpectedSignature,
    Laboratory,
    Meeting,
    Proposal,
    ProposalAnswer,
    Signature,
    laboratory_district,
)
from portal.laboratories.policies import is_office
from portal.laboratories.policies.endings import is_expiring, is_over
from portal.laboratories.queries.laboratories import district_names
from portal.laboratories.queries.thanks import waits_for_thanks
from portal.laboratories.states import (
    OPEN_COMMITMENTS,
    UNDECIDED_STATES,
    AgreementState,
    MeetingState,
    PartyKind,
    Phase,
    ProgressState,
    ProposalState,
)

MOST_LABORATORIES = 200


@dataclass(frozen=True)
class LedRow:
    """A laboratory on the desk of who leads it."""

    id: int
    slug: str
    title: str
    phase: Phase
    is_archived: bool
    districts: tuple[str, ...]
    to_read: int
    """Proposals handed in and not decided."""
    to_answer: int
    """Published proposals without an answer."""
    late_answers: int
    next_meeting_at: datetime | None
    without_minutes: int
    """Meetings held whose minutes are not published."""
    agreement_state: AgreementState | None
    agreement_slug: str | None
    agreement_ends_on: date | None
    late_commitments: int
    """Of the municipality."""
    to_confirm: int
    """Reports of parties that wait for a yes."""
    missing_signatures: int
    to_thank: int
    """Commitments kept whose parties nobody has thanked."""

    @property
    def is_ending(self) -> bool:
        """Say whether its agreement ends within ninety days, or has run out unclosed."""
        state, ends_on, today = self.agreement_state, self.agreement_ends_on, local_today()
        if state is None:
            return False
        return is_expiring(state, ends_on, today) or is_over(state, ends_on, today)


def list_led_laboratories(
    actor: Actor, *, with_archived: bool = False, slug: str | None = None
) -> list[LedRow]:
    """Return the laboratories `actor` leads, with what waits in each; one statement.

    Staff leads all of them, an architect those of her districts.
    """
    statement = _led().order_by(
        Laboratory.archived_at.is_not(None), Laboratory.created_at.desc(), Laboratory.id.desc()
    )
    if not is_office(actor):
        mine = select(laboratory_district.c.laboratory_id).where(
            laboratory_district.c.district_id.in_(actor.district_ids)
        )
        statement = statement.where(Laboratory.id.in_(mine))
    if slug is not None:
        statement = statement.where(Laboratory.slug == slug)
    elif not with_archived:
        statement = statement.where(Laboratory.archived_at.is_(None))
    rows = session().execute(statement.limit(MOST_LABORATORIES))
    return [_as_led(row) for row in rows]


def _as_led(row: Row[Any]) -> LedRow:
    values: list[Any] = list(row)
    values[4:6] = [row.archived_at is not None, tuple(row.districts or ())]
    return LedRow(*values)


def _led() -> Select[Any]:
    newest = (
        select(Agreement.id)
        .where(Agreement.laboratory_id == Laboratory.id)
        .order_by(Agreement.id.desc())
        .limit(1)
        .correlate(Laboratory)
        .scalar_subquery()
    )
    return select(
        Laboratory.id,
        Laboratory.slug,
        Laboratory.title,
        Laboratory.phase,
        Laboratory.archived_at,
        district_names().label("districts"),
        _count(Proposal, Proposal.state.in_(UNDECIDED_STATES)),
        _count(Proposal, _waits_for_answer()),
        _count(Proposal, and_(_waits_for_answer(), Proposal.answer_due_on < local_today())),
        _next_meeting(),
        _count(
            Meeting,
            and_(
                Meeting.state == MeetingState.PLANNED,
                Meeting.ends_at < utc_now(),
                Meeting.minutes_published_at.is_(None),
            ),
        ),
        Agreement.state,
        Agreement.slug,
        Agreement.ends_on,
        _late_commitments(),
        _reports_to_confirm(),
        _missing_signatures(),
        _to_thank(),
    ).outerjoin(Agreement, Agreement.id == newest)


def _count(model: Any, condition: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a column
    return (
        select(func.count())
        .select_from(model)
        .where(model.laboratory_id == Laboratory.id, condition)
        .correlate(Laboratory)
        .scalar_subquery()
    )


def _waits_for_answer() -> ColumnElement[bool]:
    answered = (
        select(ProposalAnswer.id)
        .where(ProposalAnswer.proposal_id == Proposal.id, ProposalAnswer.replaced_at.is_(None))
        .correlate(Proposal)
        .exists()
    )
    return and_(Proposal.state == ProposalState.PUBLISHED, ~answered)


def _next_meeting() -> Any:  # noqa: ANN401 - a column
    return (
        select(func.min(Meeting.starts_at))
        .where(
            Meeting.laboratory_id == Laboratory.id,
            Meeting.state == MeetingState.PLANNED,
            Meeting.starts_at > utc_now(),
        )
        .correlate(Laboratory)
        .scalar_subquery()
    )


def _late_commitments() -> Any:  # noqa: ANN401 - a column
    return (
        select(func.count())
        .select_from(Commitment)
        .where(
            Commitment.agreement_id == Agreement.id,
            Commitment.party_kind == PartyKind.MUNICIPALITY,
            Commitment.state.in_(OPEN_COMMITMENTS),
            Commitment.due_on < local_today(),
        )
        .correlate(Agreement)
        .scalar_subquery()
    )


def _reports_to_confirm() -> Any:  # noqa: ANN401 - a column
    return (
        select(func.count())
        .select_from(CommitmentProgress)
        .join(Commitment)
        .where(
            Commitment.agreement_id == Agreement.id,
            CommitmentProgress.state == ProgressState.REPORTED,
        )
        .correlate(Agreement)
        .scalar_subquery()
    )


def _to_thank() -> Any:  # noqa: ANN401 - a column
    # Of every agreement the laboratory had, as the page lists them.
    own = aliased(Agreement)
    return (
        select(func.count())
        .select_from(Commitment)
        .join(own, own.id == Commitment.agreement_id)
        .where(own.laboratory_id == Laboratory.id, waits_for_thanks())
        .correlate(Laboratory)
        .scalar_subquery()
    )


def _missing_signatures() -> Any:  # noqa: ANN401 - a column
    signed = (
        select(Signature.id)
        .where(
            Signature.version_id == ExpectedSignature.version_id,
            Signature.kind == ExpectedSignature.kind,
            func.lower(func.coalesce(Signature.party_name, Signature.signer_name))
            == func.lower(ExpectedSignature.name),
        )
        .correlate(ExpectedSignature)
        .exists()
    )
    return (
        select(func.count())
        .select_from(ExpectedSignature)
        .join(AgreementVersion, AgreementVersion.id == ExpectedSignature.version_id)
        .where(AgreementVersion.agreement_id == Agreement.id, ~signed)
        .correlate(Agreement)
        .scalar_subquery()
    )
