"""Mails about the end of an agreement: notice, evaluation, what became of it."""

from datetime import date

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.laboratories.models import Agreement
from portal.laboratories.policies.endings import NOTICE_DAYS


def mail_ending(*, person: User, agreement: Agreement, notice: int) -> None:
    """Tell a signatory that the agreement ends in about `notice` days, and what comes before."""
    queue_mail(
        event_key=f"agreement:{agreement.id}:ending:{agreement.ends_on}:{notice}:{person.id}",
        to=person.email,
        locale=person.locale,
        template="laboratories/agreement_ending",
        phone_id=person.id,
        name=person.display_name,
        title=agreement.title,
        ends_on=agreement.ends_on,
        is_first=notice == max(NOTICE_DAYS),
        commitments=absolute_url("laboratories.list_commitments", slug=agreement.slug),
        address=absolute_url("laboratories.show_agreement", slug=agreement.slug),
    )


def mail_questions(*, person: User, agreement: Agreement, until: date | None) -> None:
    """Ask somebody who took part how it went; `until`: the last day to answer, if there is one."""
    queue_mail(
        event_key=f"agreement:{agreement.id}:questions:{person.id}",
        to=person.email,
        locale=person.locale,
        template="laboratories/evaluation_asked",
        phone_id=person.id,
        name=person.display_name,
        title=agreement.title,
        until=until,
        address=absolute_url("laboratories.show_evaluation", slug=agreement.slug),
    )


def mail_ended(*, person: User, agreement: Agreement) -> None:
    """Tell a signatory that the agreement was closed, renewed or ended early, and why."""
    queue_mail(
        event_key=f"agreement:{agreement.id}:{agreement.state}:{person.id}",
        to=person.email,
        locale=person.locale,
        template="laboratories/agreement_ended",
        phone_id=person.id,
        name=person.display_name,
        title=agreement.title,
        state=agreement.state,
        reason=agreement.closing_words,
        has_account=agreement.account_published_at is not None,
        address=absolute_url("laboratories.show_agreement", slug=agreement.slug),
        account=absolute_url("laboratories.show_final_account", slug=agreement.slug),
    )
