"""Mails about applications to projects without shifts."""

from typing import Any

from portal.core.mail import absolute_url, queue_mail
from portal.volunteering.emails.places import Recipient
from portal.volunteering.models import ProjectApplication


def mail_application_received(*, application: ProjectApplication) -> None:
    """Receipt for who asked to join."""
    _mail_person("received", application)


def mail_application_accepted(*, application: ProjectApplication) -> None:
    """Tell who asked that they are awaited."""
    _mail_person("accepted", application)


def mail_application_refused(*, application: ProjectApplication) -> None:
    """Tell who asked that it does not work this time, and why."""
    _mail_person("refused", application)


def mail_application_arrived(*, application: ProjectApplication, tutor: Recipient) -> None:
    """Tell a tutor that somebody asks to join."""
    _mail_tutor("arrived", application, tutor)


def mail_application_left(*, application: ProjectApplication, tutor: Recipient) -> None:
    """Tell a tutor that somebody is no longer in."""
    _mail_tutor("left", application, tutor)


def _mail_person(event: str, application: ProjectApplication) -> None:
    user = application.user
    _mail(
        event,
        application,
        user.id,
        to=user.email,
        phone_id=user.id,
        locale=user.locale,
        name=user.display_name,
        address=absolute_url("volunteering.show_project", slug=application.project.slug),
        shifts_address=absolute_url("volunteering.list_shifts"),
    )


def _mail_tutor(event: str, application: ProjectApplication, tutor: Recipient) -> None:
    _mail(
        event,
        application,
        tutor.user_id,
        to=tutor.email,
        locale=tutor.locale,
        name=tutor.name,
        person=application.user.display_name,
        address=absolute_url("volunteering.list_applications", project_id=application.project_id),
    )


def _mail(event: str, application: ProjectApplication, reader_id: int, **mail: Any) -> None:  # noqa: ANN401 - what the template asks for
    queue_mail(
        event_key=f"project_application:{application.id}:{event}:{reader_id}",
        template=f"volunteering/application_{event}",
        application=application,
        project=application.project,
        **mail,
    )
