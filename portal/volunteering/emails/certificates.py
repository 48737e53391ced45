"""Mails about certificates."""

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.volunteering.models import Certificate


def mail_certificate_revoked(*, user: User, certificate: Certificate) -> None:
    """Tell a person that a certificate holds no longer, and why."""
    queue_mail(
        event_key=f"certificate:{certificate.id}:revoked",
        to=user.email,
        phone_id=user.id,
        template="volunteering/certificate_revoked",
        locale=user.locale,
        name=user.display_name,
        certificate=certificate,
        address=absolute_url("volunteering.list_my_certificates"),
    )
