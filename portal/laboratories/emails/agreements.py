"""Mails about an agreement. The event key holds the version: each frozen text is told once."""

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.laboratories.models import Agreement, AgreementVersion


def mail_signature_open(
    *, person: User, agreement: Agreement, version: AgreementVersion, party: str
) -> None:
    """Tell who is expected to sign that the text can be signed, for whom, and until when."""
    queue_mail(
        event_key=f"agreement_version:{version.id}:open:{party}:{person.id}",
        to=person.email,
        locale=person.locale,
        template="laboratories/agreement_open",
        phone_id=person.id,
        name=person.display_name,
        title=agreement.title,
        party=party,
        sign_until=agreement.sign_until,
        address=absolute_url("laboratories.show_signing", slug=agreement.slug),
    )
