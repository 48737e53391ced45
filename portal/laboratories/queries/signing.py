"""What signing an agreement is asked: its versions, who has signed, who is missing."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import HistoryEntry
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
    Commitment,
    ExpectedSignature,
    ProjectSheet,
    Signature,
)
from portal.laboratories.policies.agreements import Party, SigningFacts, TextFacts
from portal.laboratories.states import AgreementAction, PartyKind, SheetState
from portal.registry.models import Representative


def load_text_facts(agreement: Agreement) -> TextFacts:
    """Return what approving asks of a draft."""
    of_municipality = Commitment.party_kind == PartyKind.MUNICIPALITY
    all_, municipal = (
        session()
        .execute(
            select(func.count(), func.count().filter(of_municipality))
            .select_from(Commitment)
            .where(Commitment.agreement_id == agreement.id)
        )
        .one()
    )
    return TextFacts(
        has_days=agreement.starts_on is not None and agreement.ends_on is not None,
        sheets=len(agreement.sheets),
        sheets_not_shared=sum(s.state is not SheetState.SHARED for s in agreement.sheets),
        commitments=all_,
        municipal_commitments=municipal,
    )


def get_newest_version(agreement_id: int) -> AgreementVersion:
    """Return the text frozen last; raises `NotFoundError` before there is one."""
    found = session().scalar(
        select(AgreementVersion)
        .where(AgreementVersion.agreement_id == agreement_id)
        .order_by(AgreementVersion.number.desc())
        .limit(1)
    )
    if found is None:
        raise NotFoundError
    return found


def find_reason_back(agreement_id: int) -> str | None:
    """Return why the frozen text was taken back last, or None if it never was."""
    return session().scalar(
        select(HistoryEntry.note)
        .where(
            HistoryEntry.subject_kind == "agreement",
            HistoryEntry.subject_id == agreement_id,
            HistoryEntry.action == AgreementAction.TAKE_BACK,
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )


def count_signatures(agreement_id: int) -> int:
    """Return how many have signed the newest version."""
    return len(_signatures(agreement_id))


def load_signed_kinds(agreement_id: int) -> frozenset[PartyKind]:
    """Return the kinds of parties that have signed the newest version."""
    return frozenset(signature.kind for signature in _signatures(agreement_id))


def load_signing_facts(agreement: Agreement, version: AgreementVersion) -> SigningFacts:
    """Return what `decide_signature` asks of the newest version."""
    in_force_at = agreement.in_force_at
    return SigningFacts(
        state=agreement.state,
        is_amendment=in_force_at is not None and version.frozen_at > in_force_at,
        sign_until=agreement.sign_until,
        sha256=version.sha256,
        signed=tuple(_party(signature) for signature in _signatures(agreement.id)),
        touched=tuple(
            Party(e.kind, e.association_id, e.user_id, e.name) for e in list_expected(version.id)
        ),
    )


def list_expected(version_id: int) -> Sequence[ExpectedSignature]:
    """Return the parties expected to sign a version, in the order of their commitments."""
    return (
        session()
        .scalars(
            select(ExpectedSignature)
            .where(ExpectedSignature.version_id == version_id)
            .order_by(ExpectedSignature.id)
        )
        .all()
    )


def list_sheets_to_choose(laboratory_id: int, agreement_id: int) -> Sequence[ProjectSheet]:
    """Return the shared sheets of a laboratory that are of no other agreement."""
    return (
        session()
        .scalars(
            select(ProjectSheet)
            .where(
                ProjectSheet.laboratory_id == laboratory_id,
                ProjectSheet.state == SheetState.SHARED,
                or_(ProjectSheet.agreement_id.is_(None), ProjectSheet.agreement_id == agreement_id),
            )
            .order_by(ProjectSheet.position, ProjectSheet.id)
        )
        .all()
    )


def list_missing(version_id: int) -> list[ExpectedSignature]:
    """Return who is expected to sign a version and has not."""
    signed = [
        _party(s)
        for s in session().scalars(select(Signature).where(Signature.version_id == version_id))
    ]
    return [
        e
        for e in list_expected(version_id)
        if not any(Party(e.kind, e.association_id, e.user_id, e.name).is_same(p) for p in signed)
    ]


def list_people_of_party(association_id: int | None, user_id: int | None) -> Sequence[User]:
    """Return who is written to for a party: who represents the association, or the person."""
    represents = select(Representative.user_id).where(
        Representative.association_id == association_id, Representative.until_on.is_(None)
    )
    return (
        session()
        .scalars(
            select(User)
            .where(or_(User.id.in_(represents), User.id == user_id), User.active)
            .order_by(User.id)
        )
        .all()
    )


def _signatures(agreement_id: int) -> Sequence[Signature]:
    newest = (
        select(AgreementVersion.id)
        .where(AgreementVersion.agreement_id == agreement_id)
        .order_by(AgreementVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        session()
        .scalars(select(Signature).where(Signature.version_id == newest).order_by(Signature.id))
        .all()
    )


def _party(signature: Signature) -> Party:
    name = signature.party_name or ""
    if signature.kind is PartyKind.PERSON and signature.user_id is None:
        # Who signed on paper is known by the name alone until they claim it.
        name = signature.signer_name
    return Party(signature.kind, signature.association_id, signature.user_id, name)
