"""Mails about commitments: due soon, reported, confirmed or not, dropped."""

from typing import Any

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.laboratories.models import Agreement, Commitment, CommitmentProgress


def mail_due(*, reader: User, commitment: Commitment) -> None:
    """Remind a party of a commitment that is due soon."""
    _mail("due", reader, commitment, key=f"commitment:{commitment.id}:due:{commitment.due_on}")


def mail_reported(*, reader: User, commitment: Commitment, progress: CommitmentProgress) -> None:
    """Tell who leads the laboratory that a report waits to be confirmed."""
    _mail("reported", reader, commitment, key=_key(progress, "reported"), report=progress.text)


def mail_confirmed(*, reader: User, commitment: Commitment, progress: CommitmentProgress) -> None:
    """Tell who reported that it is confirmed and public."""
    _mail("confirmed", reader, commitment, key=_key(progress, "confirmed"))


def mail_unconfirmed(*, reader: User, commitment: Commitment, progress: CommitmentProgress) -> None:
    """Tell who reported why it is not confirmed."""
    key = _key(progress, "unconfirmed")
    _mail("unconfirmed", reader, commitment, key=key, reason=progress.reason)


def mail_dropped(*, reader: User, commitment: Commitment) -> None:
    """Tell a party that its commitment was let go, and why."""
    _mail(
        "dropped",
        reader,
        commitment,
        key=f"commitment:{commitment.id}:dropped:{commitment.version}",
        reason=commitment.dropped_reason,
    )


def mail_thanked(*, reader: User, commitment: Commitment, words: str, by: str) -> None:
    """Thank somebody of a party, in the words of who leads the laboratory."""
    _mail(
        "thanked", reader, commitment, key=f"commitment:{commitment.id}:thanked", words=words, by=by
    )


def _key(progress: CommitmentProgress, event: str) -> str:
    return f"commitment_progress:{progress.id}:{event}"


def _mail(event: str, reader: User, commitment: Commitment, *, key: str, **more: Any) -> None:  # noqa: ANN401 - what the template asks for
    agreement: Agreement = commitment.agreement
    queue_mail(
        event_key=f"{key}:{reader.id}",
        to=reader.email,
        phone_id=reader.id,
        locale=reader.locale,
        template=f"laboratories/commitment_{event}",
        name=reader.display_name,
        title=commitment.title,
        party=commitment.party_name,
        due_on=commitment.due_on,
        agreement_title=agreement.title,
        commitment_address=absolute_url(
            "laboratories.show_commitment", slug=agreement.slug, commitment_id=commitment.id
        ),
        **more,
    )
