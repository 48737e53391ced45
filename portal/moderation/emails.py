"""Mails of the queue. What a decision means is mailed by the feature that owns the subject."""

from portal.accounts.queries import Recipient
from portal.core.mail import absolute_address, absolute_url, queue_mail
from portal.moderation.kinds import find_case_kind
from portal.moderation.models import Case, Letter


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


def mail_letter(*, letter: Letter, case: Case, reader: Recipient) -> None:
    """Send the words of a letter to whom it is for, with the way to its PDF."""
    queue_mail(
        event_key=f"letter:{letter.id}:{case.applicant_id}",
        to=reader.email,
        template="moderation/letter",
        locale=reader.locale,
        subject=letter.subject,
        protocol=letter.protocol,
        body=letter.body,
        address=_own_case_address(case),
    )


def _own_case_address(case: Case) -> str:
    """Return where the applicant finds the case: on the feature's own page, or the queue's."""
    spec = find_case_kind(case.kind)
    if spec is not None and spec.own_page is not None:
        return absolute_address(spec.own_page(case.subject_id))
    return absolute_url("moderation.show_own_case", case_id=case.id)
