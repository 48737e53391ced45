"""Claims, as their applicant and as staff see them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, and_, cast, null, select, union_all

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.moderation.models import Case
from portal.moderation.queries import CaseRow, find_case_of
from portal.moderation.states import CaseKind
from portal.registry.models import Association, Claim, Representative
from portal.registry.queries.requests import RequestRow, with_cases
from portal.registry.states import OPEN_REQUEST_STATES, AssociationState, RequestState
from portal.territory.models import Municipality


@dataclass(frozen=True)
class ClaimDetail:
    """A claim with what the applicant wrote, the association, and its case."""

    id: int
    applicant_id: int
    state: RequestState
    submitted_at: datetime
    applicant_role: str
    evidence: str
    association_id: int
    association_slug: str
    association_name: str
    association_state: AssociationState
    tax_code: str
    municipality_name: str | None
    case: CaseRow | None = None


@dataclass(frozen=True)
class VoiceRow:
    """Somebody else who speaks, or wants to speak, for the claimed association."""

    name: str
    role: str
    """What the person is in the association, in their own words."""
    since_on: date
    """Since when they represent it, or when they handed their claim in."""
    case_id: int | None
    """Their open case; None for who represents it already."""


@dataclass(frozen=True)
class ClaimCaseRow:
    """A claim as its case shows it to staff."""

    claim: ClaimDetail
    representatives: list[VoiceRow]
    """Who speaks for the association already."""
    rivals: list[VoiceRow]
    """Who else has an open claim."""


def list_claims_of(user_id: int) -> list[RequestRow]:
    """Return what this person claimed, newest first."""
    rows = list(
        session().execute(
            select(Claim.id, Association.name, Claim.state, Claim.submitted_at, Association.slug)
            .join(Association, Association.id == Claim.association_id)
            .where(Claim.applicant_id == user_id)
            .order_by(Claim.id.desc())
        )
    )
    return with_cases(CaseKind.CLAIM, rows)


def get_claim(claim_id: int) -> ClaimDetail:
    """Return a claim with its case; raises `NotFoundError`."""
    return replace(_get(claim_id), case=find_case_of(CaseKind.CLAIM, claim_id))


_CLAIM: tuple[Any, ...] = (
    Claim.id,
    Claim.applicant_id,
    Claim.state,
    Claim.submitted_at,
    Claim.applicant_role,
    Claim.evidence,
    Association.id,
    Association.slug,
    Association.name,
    Association.state,
    Association.tax_code,
    Municipality.name,
)


def _get(claim_id: int) -> ClaimDetail:
    row = (
        session()
        .execute(
            select(*_CLAIM)
            .join(Association, Association.id == Claim.association_id)
            .outerjoin(Municipality, Municipality.istat_code == Association.municipality_code)
            .where(Claim.id == claim_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return ClaimDetail(*row)


def find_open_claim_id(*, user_id: int, association_id: int) -> int | None:
    """Return the open claim of a person for an association, or None."""
    return session().scalar(
        select(Claim.id).where(
            Claim.applicant_id == user_id,
            Claim.association_id == association_id,
            Claim.state.in_(OPEN_REQUEST_STATES),
        )
    )


def get_claim_case(claim_id: int) -> ClaimCaseRow:
    """Return what staff looks at before deciding (without the case); raises `NotFoundError`."""
    claim = _get(claim_id)
    voices = _list_voices(claim)
    return ClaimCaseRow(
        claim=claim,
        representatives=[voice for voice in voices if voice.case_id is None],
        rivals=[voice for voice in voices if voice.case_id is not None],
    )


def _list_voices(claim: ClaimDetail) -> list[VoiceRow]:
    """Return representatives and rivals in one query: the page of a case has few to spare."""
    represent = (
        select(
            User.display_name.label("name"),
            Representative.capacity.label("role"),
            Representative.since_on.label("since_on"),
            cast(null(), BigInteger).label("case_id"),
        )
        .join(User, User.id == Representative.user_id)
        .where(
            Representative.association_id == claim.association_id,
            Representative.until_on.is_(None),
        )
    )
    rival = (
        select(User.display_name, Claim.applicant_role, Case.received_on, Case.id)
        .join(User, User.id == Claim.applicant_id)
        .join(Case, and_(Case.kind == CaseKind.CLAIM, Case.subject_id == Claim.id))
        .where(
            Claim.association_id == claim.association_id,
            Claim.id != claim.id,
            Claim.state.in_(OPEN_REQUEST_STATES),
        )
    )
    voices = union_all(represent, rival).subquery()
    rows = session().execute(select(voices).order_by(voices.c.since_on, voices.c.name))
    return [VoiceRow(*row) for row in rows]
