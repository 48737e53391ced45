"""Mails about an agreement. The event key holds the version: each frozen text is told once."""

from datetime import date

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.laboratories.models import Agreement, AgreementVersion, Amendment, ExpectedSignature


def mail_signature_open(
    *,
    person: User,
    agreement: Agreement,
    version: AgreementVersion,
    expected: ExpectedSignature,
    sign_until: date | None,
) -> None:
    """Tell who is expected to sign that the text can be signed, for whom, and until when."""
    queue_mail(
        event_key=f"agreement_version:{version.id}:open:{expected.id}:{person.id}",
        to=person.email,
        locale=person.locale,
        template="laboratories/agreement_open",
        phone_id=person.id,
        name=person.display_name,
        title=agreement.title,
        party=expected.name,
        sign_until=sign_until,
        changes=version.changes,
        address=absolute_url("laboratories.show_signing", slug=agreement.slug),
    )


def mail_amendment_withdrawn(*, person: User, agreement: Agreement, amendment: Amendment) -> None:
    """Tell who was to sign a change that it was given up, and why."""
    queue_mail(
        event_key=f"agreement_amendment:{amendment.id}:withdrawn:{person.id}",
        to=person.email,
        locale=person.locale,
        template="laboratories/amendment_withdrawn",
        phone_id=person.id,
        name=person.display_name,
        title=agreement.title,
        reason=amendment.withdrawn_reason,
        address=absolute_url("laboratories.show_agreement", slug=agreement.slug),
    )
