"""Mails of the queue. What a decision means is mailed by the feature that owns the subject."""

from portal.core.mail import absolute_url, queue_mail
from portal.moderation.models import Case


def mail_taken(*, case: Case, to: str, name: str, locale: str, officer_name: str) -> None:
    """Tell who asked that somebody works on it, who, and by when (Law 241/1990, art. 8).

    Once for each time it was handed in, however often it changes hands.
    """
    queue_mail(
        event_key=f"case:{case.id}:taken:{case.received_on}:{case.applicant_id}",
        to=to,
        template="moderation/taken",
        locale=locale,
        case=case,
        name=name,
        officer_name=officer_name,
        address=absolute_url("moderation.show_own_case", case_id=case.id),
    )
