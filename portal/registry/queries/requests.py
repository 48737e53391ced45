"""Requests to be included, as their applicant and as staff see them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, any_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import StoredFile
from portal.moderation.queries import CaseRow, cases_of_subjects, find_case_of, list_suspensions
from portal.moderation.states import CaseKind
from portal.registry.models import (
    ActivityArea,
    Association,
    RegistryRequest,
    RequestDocument,
)
from portal.registry.request_gaps import incomplete_steps, missing_documents
from portal.registry.states import (
    OPEN_REQUEST_STATES,
    AssociationKind,
    AssociationState,
    DocumentKind,
    RequestState,
    RequestStep,
)
from portal.registry.tax_code import find_tax_code_problem
from portal.territory.models import District, Municipality

MOST_SIMILAR = 5
"""How many associations of a similar name staff is shown."""
SIMILAR_ENOUGH = 0.6
"""Below it names share little but "associazione" and "APS"."""


@dataclass(frozen=True)
class RequestRow:
    """A request or a claim as its applicant's own lists show it."""

    id: int
    name: str | None
    """The association's; None while a draft has no name."""
    state: RequestState
    submitted_at: datetime | None
    case: CaseRow | None
    association_slug: str | None
    """Where it led, or what is claimed."""


@dataclass(frozen=True)
class RequestDocumentRow:
    """A document of a request, without its content."""

    kind: DocumentKind
    file_id: int
    name: str
    size: int
    """Bytes."""
    updated_at: datetime


@dataclass(frozen=True)
class RequestDetail:
    """A request with everything the applicant wrote, and its case."""

    id: int
    applicant_id: int
    state: RequestState
    updated_at: datetime
    submitted_at: datetime | None
    name: str | None
    acronym: str | None
    tax_code: str | None
    kind: AssociationKind | None
    municipality_code: str | None
    municipality_name: str | None
    district_id: int | None
    district_name: str | None
    areas: list[str]
    description: str | None
    email: str | None
    is_email_public: bool
    phone: str | None
    is_phone_public: bool
    website: str | None
    address: str | None
    is_address_public: bool
    purposes: str | None
    audience: str | None
    meeting_times: str | None
    certified_email: str | None
    legal_representative: str | None
    officers: list[dict[str, str]]
    applicant_role: str | None
    has_declared: bool
    association_slug: str | None
    area_names: list[str]
    documents: list[RequestDocumentRow]
    """Those uploaded, in the order in which they are asked for."""
    case: CaseRow | None = None
    asked: str | None = None
    """What the office asks for, while the request is open again."""
    answer_by: date | None = None
    """Last day to send it."""

    @property
    def incomplete_steps(self) -> list[RequestStep]:
        """Steps that still miss something."""
        return incomplete_steps(self, self.document_kinds)

    @property
    def document_kinds(self) -> list[DocumentKind]:
        """What of the documents is there."""
        return [document.kind for document in self.documents]

    @property
    def missing_documents(self) -> list[DocumentKind]:
        """What of the documents is needed and not there."""
        return missing_documents(self.document_kinds)


@dataclass(frozen=True)
class AssociationHintRow:
    """An association that may be the same one."""

    slug: str
    name: str
    tax_code: str
    municipality_name: str | None
    is_same_name: bool = False
    """Spelling, accents and legal form apart."""
    is_from_list: bool = False
    """Known from a public list only: nobody looks after its page."""


@dataclass(frozen=True)
class RequestCaseRow:
    """A request as its case shows it to staff."""

    request: RequestDetail
    is_tax_code_valid: bool
    listed: AssociationHintRow | None
    """The association that already has this tax code."""
    similar: list[AssociationHintRow]
    """Associations of the same or nearly the same name, nearest first."""


def list_requests_of(user_id: int) -> list[RequestRow]:
    """Return what this person asked to include, drafts too, newest first."""
    rows = list(
        session().execute(
            select(
                RegistryRequest.id,
                RegistryRequest.name,
                RegistryRequest.state,
                RegistryRequest.submitted_at,
                Association.slug,
            )
            .outerjoin(Association, Association.id == RegistryRequest.association_id)
            .where(RegistryRequest.applicant_id == user_id)
            .order_by(RegistryRequest.id.desc())
        )
    )
    return with_cases(CaseKind.REGISTRY_REQUEST, rows)


def with_cases(kind: CaseKind, rows: Sequence[Any]) -> list[RequestRow]:
    """Return rows of id, name, state, submitted_at and slug, each with its case of `kind`."""
    cases = cases_of_subjects(kind, [row.id for row in rows])
    return [
        RequestRow(
            id=row.id,
            name=row.name,
            state=row.state,
            submitted_at=row.submitted_at,
            case=cases.get(row.id),
            association_slug=row.slug,
        )
        for row in rows
    ]


def get_request(request_id: int) -> RequestDetail:
    """Return a request with its case; raises `NotFoundError`."""
    found = _find(RegistryRequest.id == request_id)
    if found is None:
        raise NotFoundError
    return _with_case(found)


def find_request_under_way(user_id: int) -> RequestDetail | None:
    """Return the draft, the waiting or the returned request of a person (at most one), or None."""
    found = _find(
        RegistryRequest.applicant_id == user_id,
        RegistryRequest.state.in_(
            (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.RETURNED)
        ),
    )
    return _with_case(found) if found else None


def find_listed_association(tax_code: str | None) -> AssociationHintRow | None:
    """Return the public association with this tax code, or None."""
    row = session().execute(_hints().where(Association.tax_code == tax_code)).one_or_none()
    return AssociationHintRow(*row) if row else None


def has_open_request_of_another(tax_code: str, *, user_id: int) -> bool:
    """Say whether somebody else has asked to include this association and waits for an answer."""
    found = session().scalar(
        select(RegistryRequest.id).where(
            RegistryRequest.tax_code == tax_code,
            RegistryRequest.state.in_(OPEN_REQUEST_STATES),
            RegistryRequest.applicant_id != user_id,
        )
    )
    return found is not None


def get_request_case(request_id: int) -> RequestCaseRow:
    """Return what staff looks at before deciding (without the case); raises `NotFoundError`."""
    request = _find(RegistryRequest.id == request_id)
    if request is None:
        raise NotFoundError
    hints = _list_hints(request)
    return RequestCaseRow(
        request=request,
        is_tax_code_valid=find_tax_code_problem(request.tax_code or "") is None,
        listed=next((h for h in hints if h.tax_code == request.tax_code), None),
        similar=[h for h in hints if h.tax_code != request.tax_code],
    )


_AREA_NAMES = (
    select(func.array_agg(aggregate_order_by(ActivityArea.name, ActivityArea.position)))
    .where(ActivityArea.code == any_(RegistryRequest.areas))
    .scalar_subquery()
)


# In the same question as the request: a case has a dozen others to ask.
_DOCUMENTS = (
    select(
        func.json_agg(
            func.json_build_object(
                *("kind", RequestDocument.kind, "file_id", StoredFile.id),
                *("name", StoredFile.name, "size", StoredFile.size),
                *("updated_at", RequestDocument.updated_at),
            )
        )
    )
    .join_from(RequestDocument, StoredFile, StoredFile.id == RequestDocument.file_id)
    .where(RequestDocument.request_id == RegistryRequest.id)
    .scalar_subquery()
)


def _find(*conditions: Any) -> RequestDetail | None:  # noqa: ANN401 - SQLAlchemy's conditions
    row = (
        session()
        .execute(
            select(
                RegistryRequest,
                Municipality.name.label("municipality_name"),
                District.name.label("district_name"),
                Association.slug.label("association_slug"),
                _AREA_NAMES.label("area_names"),
                _DOCUMENTS.label("documents"),
            )
            .outerjoin(Municipality, Municipality.istat_code == RegistryRequest.municipality_code)
            .outerjoin(District, District.id == RegistryRequest.district_id)
            .outerjoin(Association, Association.id == RegistryRequest.association_id)
            .where(*conditions)
        )
        .one_or_none()
    )
    if row is None:
        return None
    request: RegistryRequest = row.RegistryRequest
    own = {f.name: getattr(request, f.name) for f in fields(RequestDetail) if f.name in _OWN}
    return RequestDetail(
        **own,
        municipality_name=row.municipality_name,
        district_name=row.district_name,
        association_slug=row.association_slug,
        area_names=row.area_names or [],
        documents=_documents_of(row.documents),
    )


def _documents_of(found: list[dict[str, Any]] | None) -> list[RequestDocumentRow]:
    order = list(DocumentKind)
    documents = (
        RequestDocumentRow(
            kind=DocumentKind(row["kind"]),
            file_id=row["file_id"],
            name=row["name"],
            size=row["size"],
            updated_at=datetime.fromisoformat(row["updated_at"]),
        )
        for row in found or ()
    )
    return sorted(documents, key=lambda document: order.index(document.kind))


_OWN = frozenset(RegistryRequest.__table__.columns.keys())


def _with_case(request: RequestDetail) -> RequestDetail:
    if request.state is RequestState.DRAFT:
        return request
    case = find_case_of(CaseKind.REGISTRY_REQUEST, request.id)
    if request.state is not RequestState.RETURNED or case is None:
        return replace(request, case=case)
    running = next((s for s in list_suspensions(case.id) if s.is_running), None)
    return replace(
        request,
        case=case,
        asked=running.asked if running else case.reason,
        answer_by=running.latest_end_on if running else None,
    )


_HINT = (Association.slug, Association.name, Association.tax_code, Municipality.name)


def _hints() -> Select[*tuple[Any, ...]]:
    return (
        select(*_HINT)
        .outerjoin(Municipality, Municipality.istat_code == Association.municipality_code)
        .where(Association.state != AssociationState.REMOVED)
    )


def _list_hints(request: RequestDetail) -> list[AssociationHintRow]:
    """Return who has the tax code, then who has a similar name, nearest first."""
    name = func.association_sort_name(request.name or "")
    has_tax_code = Association.tax_code == request.tax_code
    rows = session().execute(
        _hints()
        .add_columns(Association.sort_name == name, Association.state == AssociationState.LISTED)
        .where(or_(has_tax_code, func.similarity(Association.sort_name, name) >= SIMILAR_ENOUGH))
        .order_by(
            has_tax_code.desc(),
            func.similarity(Association.sort_name, name).desc(),
            Association.id,
        )
        .limit(MOST_SIMILAR + 1)
    )
    return [AssociationHintRow(*row) for row in rows]
