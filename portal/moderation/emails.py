"""Mails of the queue. What a decision means is mailed by the feature that owns the subject."""

from datetime import date

from portal.accounts.queries import Recipient
from portal.core.mail import absolute_address, absolute_url, queue_mail
from portal.moderation.kinds import own_page
from portal.moderation.models import Case, CaseMessage, Letter
from portal.moderation.states import SuspensionReason


def mail_taken(*, case: Case, to: str | None, name: str, locale: str, officer_name: str) -> None:
    """Tell who asked that somebody works on it, who, and by when (Law 241/1990, art. 8).

    Once for each time it was handed in, however often it changes hands.
    """
    queue_mail(
        event_key=f"case:{case.id}:taken:{case.received_on}:{case.applicant_id}",
        to=to,
        template="moderation/taken",
        locale=locale,
        phone_id=case.applicant_id,
        case=case,
        name=name,
        officer_name=officer_name,
        address=absolute_address(own_page(case)),
    )


def mail_message(
    *,
    message: CaseMessage,
    case: Case,
    author: str,
    documents: int,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Bring a message to the other side, whole, with the number of its documents."""
    queue_mail(
        event_key=f"case_message:{message.id}:{reader_id}",
        to=reader.email,
        template="moderation/message",
        locale=reader.locale,
        phone_id=reader_id,
        message=message,
        case=case,
        author=author,
        documents=documents,
        reader=reader.name,
        address=_queue_page(case)
        if not message.is_from_office
        else absolute_address(own_page(case)),
    )


def mail_answer_arrived(
    *,
    case: Case,
    reason: SuspensionReason,
    applicant: str,
    text: str,
    resumes_on: date,
    reader: Recipient,
) -> None:
    """Tell the officer that what was missing, or the observations, came."""
    queue_mail(
        event_key=f"case:{case.id}:answered:{reason}:{case.officer_id}",
        to=reader.email,
        template="moderation/answer_arrived",
        locale=reader.locale,
        case=case,
        is_notice=reason is SuspensionReason.REFUSAL_NOTICE,
        applicant=applicant,
        text=text,
        resumes_on=resumes_on,
        reader=reader.name,
        address=_queue_page(case),
    )


def mail_assigned(*, case: Case, giver: str, reader: Recipient) -> None:
    """Tell a colleague that a case is theirs now."""
    queue_mail(
        event_key=f"case:{case.id}:assigned:{case.officer_id}:{case.version}",
        to=reader.email,
        template="moderation/assigned",
        locale=reader.locale,
        case=case,
        giver=giver,
        reader=reader.name,
        address=_queue_page(case),
    )


def mail_window_over(
    *, case: Case, reason: SuspensionReason, ended_on: date, reader: Recipient
) -> None:
    """Tell the officer that nothing came in time: the clock runs again."""
    queue_mail(
        event_key=f"case:{case.id}:window_over:{reason}:{case.officer_id}",
        to=reader.email,
        template="moderation/window_over",
        locale=reader.locale,
        case=case,
        is_notice=reason is SuspensionReason.REFUSAL_NOTICE,
        ended_on=ended_on,
        reader=reader.name,
        address=_queue_page(case),
    )


def _queue_page(case: Case) -> str:
    return absolute_url("moderation.show_case", case_id=case.id)


def mail_letter(*, letter: Letter, case: Case, reader: Recipient) -> None:
    """Send the words of a letter to whom it is for, with the way to its PDF."""
    queue_mail(
        event_key=f"letter:{letter.id}:{case.applicant_id}",
        to=reader.email,
        template="moderation/letter",
        locale=reader.locale,
        phone_id=case.applicant_id,
        subject=letter.subject,
        protocol=letter.protocol,
        body=letter.body,
        address=absolute_address(own_page(case)),
    )
