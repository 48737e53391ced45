"""An association as its own desk shows it, with what waits for it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import StoredFile
from portal.moderation.models import Case, case_number
from portal.moderation.states import OPEN_STATES, CaseKind, CaseState
from portal.registry.freshness import Freshness, freshness, stale_from
from portal.registry.models import (
    Association,
    AssociationChange,
    Claim,
    Invitation,
    RegistryRequest,
    RemovalNotice,
    RequestDocument,
)
from portal.registry.profile import PROFILE_FIELDS, ProfileValues, officers_from
from portal.registry.queries.associations import get_association_by_slug
from portal.registry.states import (
    AssociationKind,
    AssociationState,
    DocumentKind,
    InvitationState,
    NoticeState,
    RemovalCause,
    RepresentativeRole,
)

CASES_SHOWN = 20
TURN_OF_THE_APPLICANT = frozenset({CaseState.RETURNED, CaseState.SUSPENDED, CaseState.NOTICED})


@dataclass(frozen=True)
class DeskRow:
    """An association with its profile, for who looks after it."""

    id: int
    slug: str
    name: str
    tax_code: str
    kind: AssociationKind
    state: AssociationState
    municipality_code: str | None
    municipality_name: str | None
    district_name: str | None
    area_names: list[str]
    enrolled_on: date | None
    profile_updated_on: date | None
    removed_on: date | None
    removal_cause: RemovalCause | None
    logo_id: int | None
    version: int
    profile: ProfileValues

    @property
    def is_public(self) -> bool:
        """Everybody can read its page."""
        return self.state is not AssociationState.REMOVED

    @property
    def can_return(self) -> bool:
        """It was removed for silence alone: one tap brings it back."""
        return self.removal_cause is RemovalCause.STALE

    @property
    def base_on(self) -> date | None:
        """The day the year of its profile began: a page nobody touched is as old as its entry."""
        return self.profile_updated_on or self.enrolled_on

    @property
    def confirm_by(self) -> date | None:
        """The day from which everybody would read that the page may be out of date."""
        return stale_from(self.base_on) if self.base_on else None

    def is_confirmation_due(self, today: date) -> bool:
        """The yearly confirmation waits."""
        return self.is_public and freshness(self.base_on, today) in {
            Freshness.DUE,
            Freshness.STALE,
        }


@dataclass(frozen=True)
class DeskCaseRow:
    """A request of the association, or about it, in the queue of the office."""

    id: int
    case_number: str
    kind: CaseKind
    subject_id: int
    title: str
    state: CaseState
    received_on: date
    due_on: date
    decided_at: datetime | None
    reason: str | None
    is_mine: bool
    """Who looks at the desk handed it in."""

    @property
    def is_open(self) -> bool:
        """It waits for the office."""
        return self.state in OPEN_STATES

    @property
    def is_my_turn(self) -> bool:
        """The office asked something of who looks at the desk."""
        return self.is_mine and self.state in TURN_OF_THE_APPLICANT


@dataclass(frozen=True)
class NoticeRow:
    """A notice of removal that is running."""

    cause: RemovalCause
    reason: str
    effective_on: date


@dataclass(frozen=True)
class InvitationRow:
    """Somebody who was invited and has not answered."""

    email: str
    role: RepresentativeRole
    invited_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class DocumentRow:
    """A document that came with the request of the association."""

    id: int
    kind: DocumentKind
    name: str
    size: int
    created_at: datetime


def get_desk(slug: str) -> DeskRow:
    """Return an association as its desk shows it; raises `NotFoundError`."""
    association = get_association_by_slug(slug)
    return DeskRow(
        id=association.id,
        slug=association.slug,
        name=association.name,
        tax_code=association.tax_code,
        kind=association.kind,
        state=association.state,
        municipality_code=association.municipality_code,
        municipality_name=association.municipality.name if association.municipality else None,
        district_name=association.district.name if association.district else None,
        area_names=[area.name for area in association.areas],
        enrolled_on=association.enrolled_on,
        profile_updated_on=association.profile_updated_on,
        removed_on=association.removed_on,
        removal_cause=association.removal_cause,
        logo_id=association.logo_id,
        version=association.version,
        profile=profile_of(association),
    )


def list_cases_of_association(association_id: int, *, user_id: int) -> list[DeskCaseRow]:
    """Return the newest requests about an association, those of its people alone.

    Of claims only one's own: who else claimed it is for the office to know.
    """
    changes = select(AssociationChange.id).where(AssociationChange.association_id == association_id)
    requests = select(RegistryRequest.id).where(RegistryRequest.association_id == association_id)
    claims = select(Claim.id).where(
        Claim.association_id == association_id, Claim.applicant_id == user_id
    )
    wanted = (
        (CaseKind.PROFILE_EDIT, changes),
        (CaseKind.REGISTRY_REQUEST, requests),
        (CaseKind.CLAIM, claims),
    )
    found = session().scalars(
        select(Case)
        .where(or_(*(and_(Case.kind == kind, Case.subject_id.in_(ids)) for kind, ids in wanted)))
        .order_by(Case.id.desc())
        .limit(CASES_SHOWN)
    )
    return [_case_row(case, user_id) for case in found]


def find_running_notice(association_id: int) -> NoticeRow | None:
    """Return the notice of removal that is running, or None."""
    row = (
        session()
        .execute(
            select(RemovalNotice.cause, RemovalNotice.reason, RemovalNotice.effective_on).where(
                RemovalNotice.association_id == association_id,
                RemovalNotice.state == NoticeState.PENDING,
            )
        )
        .one_or_none()
    )
    return NoticeRow(*row) if row else None


def list_pending_invitations(association_id: int) -> list[InvitationRow]:
    """Return who was invited to represent an association and has not answered, oldest first."""
    rows = session().execute(
        select(Invitation.email, Invitation.role, Invitation.invited_at, Invitation.expires_at)
        .where(
            Invitation.association_id == association_id,
            Invitation.state == InvitationState.PENDING,
        )
        .order_by(Invitation.invited_at, Invitation.id)
    )
    return [InvitationRow(*row) for row in rows]


def list_documents(association_id: int) -> list[DocumentRow]:
    """Return the documents of the request that brought an association into the registry."""
    rows = session().execute(
        select(
            RequestDocument.id,
            RequestDocument.kind,
            StoredFile.name,
            StoredFile.size,
            RequestDocument.created_at,
        )
        .join(RegistryRequest, RegistryRequest.id == RequestDocument.request_id)
        .join(StoredFile, StoredFile.id == RequestDocument.file_id)
        .where(RegistryRequest.association_id == association_id)
        .order_by(RequestDocument.created_at, RequestDocument.id)
    )
    return [DocumentRow(*row) for row in rows]


def get_document_file_id(*, association_id: int, document_id: int) -> int:
    """Return the file of a document of this association; raises `NotFoundError`."""
    found = session().scalar(
        select(RequestDocument.file_id)
        .join(RegistryRequest, RegistryRequest.id == RequestDocument.request_id)
        .where(RegistryRequest.association_id == association_id, RequestDocument.id == document_id)
    )
    if found is None:
        raise NotFoundError
    return found


def profile_of(association: Association) -> ProfileValues:
    """Return what an association says of itself now."""
    plain = {
        name: getattr(association, name)
        for name in PROFILE_FIELDS
        if name not in {"areas", "officers"}
    }
    return ProfileValues(
        areas=tuple(sorted(area.code for area in association.areas)),
        officers=officers_from(association.officers),
        **plain,
    )


def _case_row(case: Case, user_id: int) -> DeskCaseRow:
    return DeskCaseRow(
        id=case.id,
        case_number=case_number(case.id, case.created_at),
        kind=case.kind,
        subject_id=case.subject_id,
        title=case.title,
        state=case.state,
        received_on=case.received_on,
        due_on=case.due_on,
        decided_at=case.decided_at,
        reason=case.reason,
        is_mine=case.applicant_id == user_id,
    )
