"""What the worker does as agreements come to their end. Each may run twice."""

from portal.core.access import PORTAL
from portal.core.jobs import defer, job
from portal.laboratories.queries.endings import list_agreements_to_tell
from portal.laboratories.services import evaluation, force


# The day's job only finds agreements; each is a job, and so a transaction, of its own.
@job("find_ending_agreements", cron="20 7 * * *", retries=None)
def find_ending_agreements(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Find the agreements whose signatories are to be told that the end comes."""
    for agreement_id in list_agreements_to_tell():
        lock = f"tell_of_ending:{agreement_id}"
        defer("tell_of_ending", queueing_lock=lock, agreement_id=agreement_id)


@job("tell_of_ending")
def tell_of_ending(*, agreement_id: int) -> None:
    """Tell the signatories of one agreement that its end comes."""
    force.tell_of_ending(actor=PORTAL, agreement_id=agreement_id)


@job("ask_participants")
def ask_participants(*, agreement_id: int) -> None:
    """Ask who took part in an agreement how it went."""
    evaluation.mail_questions(agreement_id=agreement_id)
