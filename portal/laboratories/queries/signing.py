"""What signing an agreement is asked: its versions, who has signed, who is missing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import HistoryEntry
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
    Amendment,
    Commitment,
    ExpectedSignature,
    ProjectSheet,
    Signature,
)
from portal.laboratories.policies.agreements import Party, SigningFacts, TextFacts
from portal.laboratories.states import (
    NAMED_PARTIES,
    PENDING_AMENDMENTS,
    AgreementAction,
    AmendmentState,
    PartyKind,
    SheetState,
)
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
    """Return the text frozen last that was not withdrawn; raises `NotFoundError` before any."""
    return _one(_newest(agreement_id, but=(AmendmentState.WITHDRAWN,)))


def get_holding_version(agreement_id: int) -> AgreementVersion:
    """Return the text that holds: the newest but for amendments not everybody has signed yet."""
    return _one(_newest(agreement_id, but=(AmendmentState.WITHDRAWN, AmendmentState.OPEN)))


def find_pending_amendment(agreement_id: int) -> Amendment | None:
    """Return the change of an agreement that is on its way, or None."""
    return session().scalar(
        select(Amendment).where(
            Amendment.agreement_id == agreement_id, Amendment.state.in_(PENDING_AMENDMENTS)
        )
    )


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


def load_signed_parties(agreement_id: int) -> tuple[Party, ...]:
    """Return everybody who has signed the agreement or one of its amendments."""
    of_it = (
        select(Signature)
        .join(AgreementVersion, AgreementVersion.id == Signature.version_id)
        .where(AgreementVersion.agreement_id == agreement_id)
        .order_by(Signature.id)
    )
    return tuple(_party(signature, is_named=True) for signature in session().scalars(of_it))


def load_signing_facts(agreement: Agreement, version: AgreementVersion) -> SigningFacts:
    """Return what `decide_signature` asks of the newest version."""
    amendment = session().scalar(select(Amendment).where(Amendment.version_id == version.id))
    return SigningFacts(
        state=agreement.state,
        amendment=amendment.state if amendment else None,
        sign_until=amendment.sign_until if amendment else agreement.sign_until,
        sha256=version.sha256,
        signed=tuple(_party(signature) for signature in _signatures(agreement.id)),
        expected=tuple(_expected_party(expected) for expected in list_expected(version.id)),
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


def list_spoken_parties(version_id: int, user_id: int) -> Sequence[ExpectedSignature]:
    """Return the groups, schools and bodies somebody was named to sign a version for."""
    return (
        session()
        .scalars(
            select(ExpectedSignature)
            .where(
                ExpectedSignature.version_id == version_id,
                ExpectedSignature.user_id == user_id,
                ExpectedSignature.kind.in_(NAMED_PARTIES),
            )
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
        if not any(_expected_party(e).is_same(party) for party in signed)
    ]


def list_people_expected(version_id: int) -> list[tuple[ExpectedSignature, User]]:
    """Return who is written to for each party expected to sign: who represents it, or the person.

    In the order of the parties; somebody who signs for two stands there twice.
    """
    represents = exists().where(
        Representative.association_id == ExpectedSignature.association_id,
        Representative.user_id == User.id,
        Representative.until_on.is_(None),
    )
    rows = session().execute(
        select(ExpectedSignature, User)
        .join(User, or_(User.id == ExpectedSignature.user_id, represents))
        .where(ExpectedSignature.version_id == version_id, User.active)
        .order_by(ExpectedSignature.id, User.id)
    )
    return [(row.ExpectedSignature, row.User) for row in rows]


def _newest(agreement_id: int, *, but: tuple[AmendmentState, ...]) -> Select[Any]:
    set_aside = select(Amendment.version_id).where(
        Amendment.agreement_id == agreement_id,
        Amendment.version_id.is_not(None),
        Amendment.state.in_(but),
    )
    return (
        select(AgreementVersion)
        .where(AgreementVersion.agreement_id == agreement_id, AgreementVersion.id.not_in(set_aside))
        .order_by(AgreementVersion.number.desc())
        .limit(1)
    )


def _one(statement: Select[Any]) -> AgreementVersion:
    found: AgreementVersion | None = session().scalar(statement)
    if found is None:
        raise NotFoundError
    return found


def _signatures(agreement_id: int) -> Sequence[Signature]:
    newest = _newest(agreement_id, but=(AmendmentState.WITHDRAWN,))
    version_id = newest.with_only_columns(AgreementVersion.id).scalar_subquery()
    return (
        session()
        .scalars(select(Signature).where(Signature.version_id == version_id).order_by(Signature.id))
        .all()
    )


def _expected_party(expected: ExpectedSignature) -> Party:
    return Party(expected.kind, expected.association_id, expected.user_id, expected.name)


def _party(signature: Signature, *, is_named: bool = False) -> Party:
    name = signature.party_name or ""
    if signature.kind is PartyKind.PERSON and (is_named or signature.user_id is None):
        # Who signed on paper is known by the name alone until they claim it.
        name = signature.signer_name
    return Party(signature.kind, signature.association_id, signature.user_id, name)
