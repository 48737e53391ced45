"""Claims, as their applicant and as staff see them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ScalarSelect,
    Select,
    Text,
    and_,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import StoredFile
from portal.moderation.models import Case, CaseAttachment
from portal.moderation.queries import CaseRow, find_case_of
from portal.moderation.states import CaseKind
from portal.registry.models import Association, Claim, ClaimCode, Representative
from portal.registry.people import MOST_TRIES
from portal.registry.queries.associations import get_association_by_slug
from portal.registry.queries.requests import RequestRow, with_cases
from portal.registry.states import OPEN_REQUEST_STATES, AssociationState, RequestState
from portal.territory.models import Municipality


@dataclass(frozen=True)
class DocumentRow:
    """A document that came with a claim."""

    id: int
    """Of the attachment."""
    name: str


@dataclass(frozen=True)
class ClaimDetail:
    """A claim with what the applicant wrote, the association, and its case."""

    id: int
    applicant_id: int
    state: RequestState
    submitted_at: datetime
    applicant_role: str
    evidence: str
    certified_at: datetime | None
    association_id: int
    association_slug: str
    association_name: str
    association_state: AssociationState
    tax_code: str
    municipality_name: str | None
    case: CaseRow | None = None
    documents: tuple[DocumentRow, ...] = ()


@dataclass(frozen=True)
class VoiceRow:
    """Somebody who speaks, or wants to speak, for the claimed association."""

    name: str
    role: str
    """What the person is in the association, in their own words."""
    since_on: date
    """Since when they represent it, or when they handed their claim in."""
    claim_id: int | None
    """Their claim; None for who represents it already."""
    case_id: int | None
    evidence: str | None
    """How a claimant can show it; None for who represents it already."""
    certified_at: datetime | None
    """When a claimant typed the code sent to the certified e-mail."""
    documents: tuple[DocumentRow, ...] = ()


@dataclass(frozen=True)
class ClaimCaseRow:
    """A claim as its case shows it to staff."""

    claim: ClaimDetail
    representatives: list[VoiceRow]
    """Who speaks for the association already."""
    claimants: list[VoiceRow]
    """Who has an open claim, who handed it in first stands first; and the claim itself."""

    @property
    def rivals(self) -> list[VoiceRow]:
        """Who else has an open claim."""
        return [voice for voice in self.claimants if voice.claim_id != self.claim.id]


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
    case = find_case_of(CaseKind.CLAIM, claim_id)
    documents = _list_documents(case.id) if case else ()
    return replace(_get(claim_id), case=case, documents=documents)


_CLAIM: tuple[Any, ...] = (
    Claim.id,
    Claim.applicant_id,
    Claim.state,
    Claim.submitted_at,
    Claim.applicant_role,
    Claim.evidence,
    Claim.certified_at,
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


@dataclass(frozen=True)
class ClaimCodeRow:
    """A code that was sent and can still be typed."""

    sent_at: datetime
    expires_at: datetime


def find_claim_code(*, user_id: int, association_id: int) -> ClaimCodeRow | None:
    """Return the code of a person for an association that is still good, or None."""
    row = (
        session()
        .execute(
            select(ClaimCode.sent_at, ClaimCode.expires_at).where(
                ClaimCode.association_id == association_id,
                ClaimCode.user_id == user_id,
                ClaimCode.expires_at > utc_now(),
                ClaimCode.tries < MOST_TRIES,
            )
        )
        .one_or_none()
    )
    return ClaimCodeRow(*row) if row else None


def get_claimable(slug: str) -> Association:
    """Return an association that can be claimed; raises `NotFoundError` for a removed one."""
    association = get_association_by_slug(slug)
    if association.state is AssociationState.REMOVED:
        raise NotFoundError
    return association


def get_claim_case(claim_id: int) -> ClaimCaseRow:
    """Return what staff looks at before deciding (without the case); raises `NotFoundError`."""
    claim = _get(claim_id)
    voices = _list_voices(claim)
    return ClaimCaseRow(
        claim=claim,
        representatives=[voice for voice in voices if voice.claim_id is None],
        claimants=[voice for voice in voices if voice.claim_id is not None],
    )


def _list_documents(case_id: int) -> tuple[DocumentRow, ...]:
    """Return what came with a case itself, not with its messages."""
    rows = session().execute(
        select(CaseAttachment.id, StoredFile.name)
        .join(StoredFile, StoredFile.id == CaseAttachment.file_id)
        .where(CaseAttachment.case_id == case_id, CaseAttachment.message_id.is_(None))
        .order_by(CaseAttachment.id)
    )
    return tuple(DocumentRow(*row) for row in rows)


def _list_voices(claim: ClaimDetail) -> list[VoiceRow]:
    """Return representatives and claimants in one query: the page of a case has few to spare."""
    voices = union_all(_who_represents(claim), _who_claims(claim)).subquery()
    rows = session().execute(select(voices).order_by(voices.c.since_on, voices.c.name))
    return [
        replace(VoiceRow(*facts), documents=tuple(DocumentRow(*pair) for pair in documents or ()))
        for *facts, documents in rows
    ]


def _who_represents(claim: ClaimDetail) -> Select[Any]:
    """Return the columns of `VoiceRow` for who speaks for the association already."""
    return (
        select(
            User.display_name.label("name"),
            Representative.capacity.label("role"),
            Representative.since_on.label("since_on"),
            cast(null(), BigInteger).label("claim_id"),
            cast(null(), BigInteger).label("case_id"),
            cast(null(), Text).label("evidence"),
            cast(null(), DateTime(timezone=True)).label("certified_at"),
            cast(null(), JSON).label("documents"),
        )
        .join(User, User.id == Representative.user_id)
        .where(
            Representative.association_id == claim.association_id,
            Representative.until_on.is_(None),
        )
    )


def _who_claims(claim: ClaimDetail) -> Select[Any]:
    """Return the same columns for the claim itself and the open ones beside it."""
    return (
        select(
            User.display_name,
            Claim.applicant_role,
            Case.received_on,
            Claim.id,
            Case.id,
            Claim.evidence,
            Claim.certified_at,
            _documents_of_case(),
        )
        .join(User, User.id == Claim.applicant_id)
        .join(Case, and_(Case.kind == CaseKind.CLAIM, Case.subject_id == Claim.id))
        .where(
            Claim.association_id == claim.association_id,
            or_(Claim.id == claim.id, Claim.state.in_(OPEN_REQUEST_STATES)),
        )
    )


def _documents_of_case() -> ScalarSelect[Any]:
    """Return what came with each case in the same statement, as pairs of id and name."""
    pair = func.json_build_array(CaseAttachment.id, StoredFile.name)
    return (
        select(func.json_agg(aggregate_order_by(pair, CaseAttachment.id), type_=JSON))
        .join(StoredFile, StoredFile.id == CaseAttachment.file_id)
        .where(CaseAttachment.case_id == Case.id, CaseAttachment.message_id.is_(None))
        .correlate(Case)
        .scalar_subquery()
    )
