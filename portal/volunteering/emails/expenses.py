"""Mails about expenses asked back."""

from portal.core.mail import absolute_url, queue_mail
from portal.moderation.models import Case
from portal.volunteering.models import Expense


def mail_expense_received(*, expense: Expense, case: Case) -> None:
    """Receipt for an expense handed in, with the day by which the office answers."""
    _mail("received", expense, case)


def mail_expense_approved(*, expense: Expense, case: Case) -> None:
    """Tell that the money will be paid back."""
    _mail("approved", expense, case)


def mail_expense_returned(*, expense: Expense, case: Case) -> None:
    """Tell what is to be mended."""
    _mail("returned", expense, case)


def mail_expense_refused(*, expense: Expense, case: Case) -> None:
    """Tell that it will not be paid back, and why."""
    _mail("refused", expense, case)


def _mail(event: str, expense: Expense, case: Case) -> None:
    reader = expense.user
    queue_mail(
        # The version of the case tells a second hand-in or decision from the first.
        event_key=f"case:{case.id}:expense_{event}:{case.version}:{expense.user_id}",
        to=reader.email,
        phone_id=reader.id,
        template=f"volunteering/expense_{event}",
        locale=reader.locale,
        name=reader.display_name,
        expense=expense,
        project=expense.project,
        case=case,
        address=absolute_url("volunteering.show_expense", expense_id=expense.id),
    )
