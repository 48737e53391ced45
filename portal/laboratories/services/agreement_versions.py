"""Freezing the text of an agreement as a version, and who is expected to sign it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select, update

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.jobs import defer
from portal.laboratories.emails import agreements as emails
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
    AmendedCommitment,
    Commitment,
    ExpectedSignature,
)
from portal.laboratories.policies.agreements import Party
from portal.laboratories.queries import signing as queries
from portal.laboratories.services.agreement_text import fingerprint, write_canonical
from portal.laboratories.states import PartyKind
from portal.moderation.letter_texts import MUNICIPALITY


def freeze_version(*, actor: Actor, agreement: Agreement, changes: str | None) -> AgreementVersion:
    """Freeze the text as it stands, say who is to sign it, and have its PDF made.

    `changes`: what is different from the version before; the first has none.
    """
    parties = [party_of(commitment) for commitment in agreement.commitments]
    return keep_version(
        actor=actor,
        agreement=agreement,
        canonical=write_canonical(agreement, agreement.commitments),
        changes=changes,
        parties=[Party(PartyKind.MUNICIPALITY, name=MUNICIPALITY), *parties],
    )


def keep_version(
    *,
    actor: Actor,
    agreement: Agreement,
    canonical: str,
    changes: str | None,
    parties: Sequence[Party],
) -> AgreementVersion:
    """Keep a frozen text as the next version; `parties` are expected to sign it, each once."""
    last = session().scalar(
        select(func.max(AgreementVersion.number)).where(
            AgreementVersion.agreement_id == agreement.id
        )
    )
    version = AgreementVersion(
        agreement=agreement,
        number=(last or 0) + 1,
        canonical=canonical,
        sha256=fingerprint(canonical),
        changes=changes if last else None,
        frozen_at=utc_now(),
        frozen_by_id=actor.account_id,
    )
    session().add(version)
    session().flush()
    _expect(version, parties)
    defer_document(version.id)
    return version


def party_of(commitment: Commitment | AmendedCommitment) -> Party:
    """Return who takes a commitment on, as one who is expected to sign."""
    return Party(
        commitment.party_kind,
        commitment.association_id,
        commitment.user_id,
        commitment.party_name,
    )


def defer_document(version_id: int) -> None:
    """Have the PDF of a version made; one job for however many signatures come at once."""
    defer(
        "make_agreement_document",
        queueing_lock=f"agreement_document:{version_id}",
        version_id=version_id,
    )


def tell_expected(*, actor: Actor, agreement: Agreement, sign_until: date | None) -> None:
    """Write to everybody who is expected to sign the newest version, each once.

    `sign_until`: the last day for it, None where there is none.
    """
    version = queries.get_newest_version(agreement.id)
    for expected, person in queries.list_people_expected(version.id):
        if expected.told_at is None and person.id != actor.id:
            emails.mail_signature_open(
                person=person,
                agreement=agreement,
                version=version,
                expected=expected,
                sign_until=sign_until,
            )
    session().execute(
        update(ExpectedSignature)
        .where(ExpectedSignature.version_id == version.id, ExpectedSignature.told_at.is_(None))
        .values(told_at=utc_now())
    )


def _expect(version: AgreementVersion, parties: Sequence[Party]) -> None:
    once: list[Party] = []
    for party in parties:
        if not any(party.is_same(known) for known in once):
            once.append(party)
    session().add_all(
        ExpectedSignature(
            version_id=version.id,
            kind=party.kind,
            association_id=party.association_id,
            user_id=party.user_id,
            name=party.name,
        )
        for party in once
    )
    session().flush()
