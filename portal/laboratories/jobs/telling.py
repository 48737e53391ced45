"""Telling people what happened in laboratories, and of what is due. Each may run twice."""

from portal.core.jobs import job
from portal.laboratories import services


@job("mail_laboratory_news")
def mail_laboratory_news(*, news_id: int) -> None:
    """Mail a piece of news to who follows its laboratory."""
    services.mail_new_news(news_id=news_id)


@job("remind_of_commitments", cron="0 7 * * *", retries=None)
def remind_of_commitments(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Remind parties of commitments that are due soon, each once."""
    services.remind_of_commitments()


@job("mail_proposal_answer")
def mail_proposal_answer(*, answer_id: int) -> None:
    """Tell authors and supporters what the municipality answers."""
    services.mail_answer(answer_id=answer_id)


@job("tell_supporters")
def tell_supporters(*, proposal_id: int) -> None:
    """Tell who supports a proposal that it says something else now."""
    services.tell_supporters(proposal_id=proposal_id)
