"""Agreements, as lists and pages show them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import StoredFile
from portal.laboratories.models import (
    Agreement,
    AgreementDocument,
    AgreementVersion,
    Amendment,
    Commitment,
    ProjectSheet,
    Signature,
)
from portal.laboratories.policies import AgreementFacts, LaboratoryFacts
from portal.laboratories.policies.agreements import (
    SigningFacts,
    is_open_for_signature,
    is_too_late,
)
from portal.laboratories.signatory_names import public_name, read_text
from portal.laboratories.states import (
    EDITABLE_AGREEMENTS,
    AgreementState,
    AmendmentState,
    PartyKind,
    SignatureMode,
)


@dataclass(frozen=True)
class SignatoryRow:
    """Who signed, as everybody reads it."""

    name: str
    kind: PartyKind
    role_words: str | None
    mode: SignatureMode
    signed_at: datetime


@dataclass(frozen=True)
class VersionRow:
    """A frozen text and who signed it."""

    id: int
    number: int
    sha256: str
    text: dict[str, Any]
    changes: str | None
    frozen_at: datetime
    signatories: tuple[SignatoryRow, ...]
    amendment: AmendmentState | None
    """Where the change is whose text it is; None: it is no amendment."""
    sign_until: date | None
    """Of an amendment."""

    @property
    def holds(self) -> bool:
        """Say whether it is no change that somebody still has to sign, or that was given up."""
        return self.amendment in (None, AmendmentState.IN_FORCE)

    @property
    def counts(self) -> Counter[PartyKind]:
        """Return how many have signed, by kind."""
        return Counter(row.kind for row in self.signatories)


@dataclass(frozen=True)
class AgreementDetail:
    """An agreement with what its pages show."""

    id: int
    slug: str
    title: str
    summary: str
    state: AgreementState
    texts: Agreement
    laboratory_slug: str
    facts: LaboratoryFacts
    districts: tuple[str, ...]
    neighbourhoods: tuple[str, ...]
    versions: tuple[VersionRow, ...]
    """Newest first."""
    pdf_size: int | None
    """Bytes; None while it is being made."""

    @property
    def sheets(self) -> list[ProjectSheet]:
        """Return its sheets in their order; read when they are asked for."""
        return self.texts.sheets

    @property
    def commitments(self) -> list[Commitment]:
        """Return what its parties take on, in the order of the text; read when asked for."""
        return self.texts.commitments

    @property
    def version(self) -> VersionRow | None:
        """Return the text that holds, or will once it is signed; None before one was frozen."""
        return next((version for version in self.versions if version.holds), None)

    @property
    def signed(self) -> VersionRow | None:
        """Return the text everybody signed: the one that holds but for its amendments."""
        return next((version for version in self.versions if version.amendment is None), None)

    @property
    def amendments(self) -> tuple[VersionRow, ...]:
        """Return the amendments that hold or can be signed, newest first."""
        shown = (AmendmentState.IN_FORCE, AmendmentState.OPEN)
        return tuple(version for version in self.versions if version.amendment in shown)

    @property
    def newest(self) -> VersionRow | None:
        """Return the text frozen last that was not given up: the one that is being signed."""
        return next((v for v in self.versions if v.amendment is not AmendmentState.WITHDRAWN), None)

    @property
    def to_sign(self) -> VersionRow | None:
        """Return the text that can be signed today, or None."""
        newest = self.newest
        if newest is None:
            return None
        until = newest.sign_until if newest.amendment else self.texts.sign_until
        facts = SigningFacts(self.state, newest.amendment, until, newest.sha256)
        is_open = is_open_for_signature(facts) and not is_too_late(facts, local_today())
        return newest if is_open else None

    def before(self, version: VersionRow) -> VersionRow | None:
        """Return the text from which `version` differs; None for the first."""
        older = (v for v in self.versions if v.number < version.number and v.holds)
        return next(older, None)

    @property
    def reading(self) -> AgreementFacts:
        """Return what the rules ask before somebody reads it."""
        return AgreementFacts(self.state, self.facts)

    def get_commitment(self, commitment_id: int) -> Commitment:
        """Return one of its commitments; raises `NotFoundError`."""
        found = next((c for c in self.commitments if c.id == commitment_id), None)
        if found is None:
            raise NotFoundError
        return found

    @property
    def is_editable(self) -> bool:
        """Say whether the text is still written."""
        return self.state in EDITABLE_AGREEMENTS


def get_agreement(slug: str) -> AgreementDetail:
    """Return an agreement, drafts too (the page asks who may); raises `NotFoundError`."""
    found = session().execute(_agreements().where(Agreement.slug == slug)).one_or_none()
    if found is None:
        raise NotFoundError
    return _detail(*found)


def find_agreement_of_laboratory(laboratory_id: int) -> AgreementDetail | None:
    """Return the newest agreement of a laboratory."""
    found = (
        session()
        .execute(
            _agreements()
            .where(Agreement.laboratory_id == laboratory_id)
            .order_by(Agreement.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return None if found is None else _detail(*found)


def find_document_file(agreement_id: int) -> int | None:
    """Return the file of the newest PDF of the text that holds, or None while it is made."""
    return session().scalar(_newest_document(agreement_id, AgreementDocument.file_id))


def _agreements() -> Select[Any]:
    size = (
        _newest_document(Agreement.id, StoredFile.size)
        .join(StoredFile, StoredFile.id == AgreementDocument.file_id)
        .correlate(Agreement)
        .scalar_subquery()
    )
    return select(Agreement, size).options(joinedload(Agreement.laboratory))


def _detail(agreement: Agreement, pdf_size: int | None) -> AgreementDetail:
    return AgreementDetail(
        id=agreement.id,
        slug=agreement.slug,
        title=agreement.title,
        summary=agreement.summary,
        state=agreement.state,
        texts=agreement,
        laboratory_slug=agreement.laboratory.slug,
        # Who led its districts leads it, also after the city draws them anew.
        facts=LaboratoryFacts(
            agreement.laboratory_id, frozenset(d.id for d in agreement.districts)
        ),
        districts=tuple(d.name for d in agreement.districts),
        neighbourhoods=tuple(n.name for n in agreement.neighbourhoods),
        versions=_versions(agreement.id),
        pdf_size=pdf_size,
    )


def _versions(agreement_id: int) -> tuple[VersionRow, ...]:
    of_it = AgreementVersion.agreement_id == agreement_id
    signatures: dict[int, list[Signature]] = {}
    for s in session().scalars(
        select(Signature)
        .join(AgreementVersion, AgreementVersion.id == Signature.version_id)
        .where(of_it)
        .order_by(Signature.kind != PartyKind.MUNICIPALITY, Signature.id)
    ):
        signatures.setdefault(s.version_id, []).append(s)
    rows = session().execute(
        select(AgreementVersion, Amendment.state, Amendment.sign_until)
        .outerjoin(Amendment, Amendment.version_id == AgreementVersion.id)
        .where(of_it)
        .order_by(AgreementVersion.number.desc())
    )
    return tuple(
        VersionRow(
            id=v.id,
            number=v.number,
            sha256=v.sha256,
            text=read_text(v.canonical, signatures.get(v.id, ())),
            changes=v.changes,
            frozen_at=v.frozen_at,
            signatories=tuple(_signatory(s) for s in signatures.get(v.id, ())),
            amendment=amendment,
            sign_until=sign_until,
        )
        for v, amendment, sign_until in rows
    )


def _signatory(signature: Signature) -> SignatoryRow:
    s = signature
    return SignatoryRow(public_name(s), s.kind, s.role_words, s.mode, s.signed_at)


def _newest_document(agreement_id: Any, column: Any) -> Any:  # noqa: ANN401 - any column of it
    return (
        select(column)
        .select_from(AgreementDocument)
        .join(AgreementVersion, AgreementVersion.id == AgreementDocument.version_id)
        .outerjoin(Amendment, Amendment.version_id == AgreementVersion.id)
        .where(
            AgreementVersion.agreement_id == agreement_id,
            AgreementDocument.file_id.is_not(None),
            func.coalesce(Amendment.state, AmendmentState.IN_FORCE) == AmendmentState.IN_FORCE,
        )
        .order_by(AgreementVersion.number.desc(), AgreementDocument.id.desc())
        .limit(1)
    )
