"""What the queue does by itself."""

from portal.core.clock import local_today
from portal.core.jobs import job
from portal.moderation.queries import list_cases_to_resume
from portal.moderation.services import resume_case


@job("resume_cases", cron="5 23 * * *", retries=None)
def resume_cases(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Let the term run again where the applicant's days to answer are over.

    Just after midnight in the city. A worker that was away changes no date: the term runs from
    the day after the last one, whenever this is done.
    """
    for case_id in list_cases_to_resume(local_today()):
        resume_case(case_id=case_id)
