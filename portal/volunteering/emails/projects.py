"""Mails to who proposed a project for an association."""

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.moderation.models import Case
from portal.volunteering.models import VolunteeringProject


def mail_project_received(
    *, proposer: User, project: VolunteeringProject, case: Case, slug: str
) -> None:
    """Receipt for a project handed in; `slug` is the association's."""
    _mail("received", proposer, project, case, slug)


def mail_project_published(
    *, proposer: User, project: VolunteeringProject, case: Case, slug: str
) -> None:
    """Tell that everybody can see the project now."""
    _mail("published", proposer, project, case, slug)


def mail_project_returned(
    *, proposer: User, project: VolunteeringProject, case: Case, slug: str
) -> None:
    """Tell what is to be mended."""
    _mail("returned", proposer, project, case, slug)


def mail_project_refused(
    *, proposer: User, project: VolunteeringProject, case: Case, slug: str
) -> None:
    """Tell that the project was not accepted, and why."""
    _mail("refused", proposer, project, case, slug)


def _mail(event: str, proposer: User, project: VolunteeringProject, case: Case, slug: str) -> None:
    queue_mail(
        # The version of the case tells a second hand-in or decision from the first.
        event_key=f"case:{case.id}:project_{event}:{case.version}",
        to=proposer.email,
        template=f"volunteering/project_{event}",
        locale=proposer.locale,
        name=proposer.display_name,
        project=project,
        case=case,
        reason=project.answer_reason,
        address=absolute_url(
            "volunteering.show_proposed_project", slug=slug, project_id=project.id
        ),
        public_address=absolute_url("volunteering.show_project", slug=project.slug),
    )
