"""Freezing the text of an agreement as a version, and who is expected to sign it."""

from collections.abc import Sequence

from sqlalchemy import func, select

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.jobs import defer
from portal.laboratories.emails import agreements as emails
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
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
    commitments = _commitments(agreement.id)
    canonical = write_canonical(agreement, commitments)
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
    _expect(version, commitments)
    defer_document(version.id)
    return version


def defer_document(version_id: int) -> None:
    """Have the PDF of a version made; one job for however many signatures come at once."""
    defer(
        "make_agreement_document",
        queueing_lock=f"agreement_document:{version_id}",
        version_id=version_id,
    )


def tell_expected(*, actor: Actor, agreement: Agreement) -> None:
    """Write to everybody who is expected to sign the newest version, each once."""
    version = queries.get_newest_version(agreement.id)
    waiting = session().scalars(
        select(ExpectedSignature)
        .where(ExpectedSignature.version_id == version.id, ExpectedSignature.told_at.is_(None))
        .order_by(ExpectedSignature.id)
        .with_for_update()
    )
    for expected in waiting:
        people = queries.list_people_of_party(expected.association_id, expected.user_id)
        for person in people:
            if person.id != actor.id:
                emails.mail_signature_open(
                    person=person, agreement=agreement, version=version, party=expected.name
                )
        expected.told_at = utc_now()
    session().flush()


def _expect(version: AgreementVersion, commitments: Sequence[Commitment]) -> None:
    parties = [Party(PartyKind.MUNICIPALITY, name=MUNICIPALITY)]
    for c in commitments:
        party = Party(c.party_kind, c.association_id, c.user_id, c.party_name)
        if not any(party.is_same(known) for known in parties):
            parties.append(party)
    session().add_all(
        ExpectedSignature(
            version_id=version.id,
            kind=party.kind,
            association_id=party.association_id,
            user_id=party.user_id,
            name=party.name,
        )
        for party in parties
    )
    session().flush()


def _commitments(agreement_id: int) -> list[Commitment]:
    return list(
        session().scalars(
            select(Commitment)
            .where(Commitment.agreement_id == agreement_id)
            .order_by(Commitment.position, Commitment.id)
        )
    )
