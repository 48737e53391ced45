"""Mails about the register of volunteers: the request, guardians, papers, leaving."""

from datetime import date
from typing import Any

from portal.core.clock import local_today, utc_now
from portal.core.mail import absolute_url, queue_mail
from portal.core.signed_links import sign
from portal.moderation.models import Case
from portal.volunteering.models import Enrolment, GuardianAuthorisation, RegisterEntry
from portal.volunteering.policies import Rules, age_on

GUARDIAN_LINK = "volunteering-guardian"
"""Purpose of the link in the mail to who holds parental responsibility."""


def mail_enrolment_received(*, enrolment: Enrolment, case: Case) -> None:
    """Receipt for a request handed in, with the day by which the office answers."""
    _mail_about_enrolment("enrolment_received", enrolment, case)


def mail_enrolment_accepted(
    *, enrolment: Enrolment, case: Case, entry: RegisterEntry, is_missing_something: bool
) -> None:
    """Tell that the person is in the register now, with which number and since when.

    `is_missing_something`: a talk or a paper that some shifts ask for.
    """
    _mail_about_enrolment(
        "enrolment_accepted",
        enrolment,
        case,
        entry=entry,
        is_missing_something=is_missing_something,
    )


def mail_enrolment_returned(*, enrolment: Enrolment, case: Case) -> None:
    """Tell what is to be mended."""
    _mail_about_enrolment("enrolment_returned", enrolment, case)


def mail_enrolment_refused(*, enrolment: Enrolment, case: Case) -> None:
    """Tell that the request was not accepted, and why."""
    _mail_about_enrolment("enrolment_refused", enrolment, case)


def guardian_address(authorisation_id: int) -> str:
    """Return where who holds parental responsibility answers without signing in."""
    token = sign(GUARDIAN_LINK, [authorisation_id])
    return absolute_url("volunteering.show_authorisation", token=token)


def mail_guardian_asked(
    *,
    authorisation: GuardianAuthorisation,
    enrolment: Enrolment,
    rules: Rules,
    is_reminder: bool = False,
) -> None:
    """Ask who holds parental responsibility whether a minor may volunteer.

    A double tap on "send again" is one mail: the key holds the hour.
    """
    again = f":{utc_now():%Y%m%d%H}" if is_reminder else ""
    queue_mail(
        event_key=f"guardian_authorisation:{authorisation.id}:asked{again}",
        to=authorisation.email,
        template="volunteering/guardian_asked",
        locale=enrolment.user.locale,
        name=authorisation.full_name,
        minor=enrolment.full_name or enrolment.user.display_name,
        age=age_on(enrolment.born_on, local_today()) if enrolment.born_on else None,
        asks_interview=rules.requires_interview,
        answer_address=guardian_address(authorisation.id),
    )


def mail_guardian_answered(*, authorisation: GuardianAuthorisation, enrolment: Enrolment) -> None:
    """Tell the minor what who holds parental responsibility has answered."""
    _mail(
        enrolment,
        f"guardian_authorisation:{authorisation.id}:{authorisation.state}",
        "guardian_answered",
        guardian=authorisation.full_name,
        state=authorisation.state,
    )


def mail_enrolment_left(*, enrolment: Enrolment, places: int) -> None:
    """Receipt for having left the register; `places` are those given back."""
    _mail(
        enrolment, f"enrolment:{enrolment.id}:left:{utc_now():%Y%m%d%H%M}", "enrolment_left",
        on=enrolment.left_on, places=places,
    )  # fmt: skip


def mail_paper_ends(*, enrolment: Enrolment, paper: str, until: date) -> None:
    """Tell thirty days ahead that the `permit` or the certificate of `fitness` ends."""
    _mail(
        enrolment, f"enrolment:{enrolment.id}:{paper}_ends:{until}", "paper_ends",
        paper=paper, until=until,
    )  # fmt: skip


def mail_now_of_age(*, enrolment: Enrolment) -> None:
    """Tell who has come of age that nobody has to authorise any more."""
    _mail(enrolment, f"enrolment:{enrolment.id}:of_age", "now_of_age")


def mail_fitness_needed(*, enrolment: Enrolment, from_on: date) -> None:
    """Tell that from a birthday on a certificate of fitness is asked."""
    _mail(
        enrolment, f"enrolment:{enrolment.id}:fitness_needed:{from_on}", "fitness_needed",
        from_on=from_on,
    )  # fmt: skip


def mail_oldest_age(*, enrolment: Enrolment, from_on: date) -> None:
    """Tell that from a birthday on the projects of the register have no more places for one."""
    _mail(
        enrolment, f"enrolment:{enrolment.id}:oldest_age:{from_on}", "oldest_age", from_on=from_on
    )


def _mail(enrolment: Enrolment, event_key: str, event: str, **more: Any) -> None:  # noqa: ANN401 - what the template asks for
    user = enrolment.user
    queue_mail(
        event_key=event_key,
        to=user.email,
        # Who leaves at the counter hears it there.
        phone_id=None if event == "enrolment_left" else user.id,
        template=f"volunteering/{event}",
        locale=user.locale,
        name=user.display_name,
        address=absolute_url("volunteering.show_enrolment"),
        shifts_address=absolute_url("volunteering.list_shifts"),
        **more,
    )


def _mail_about_enrolment(
    event: str,
    enrolment: Enrolment,
    case: Case,
    **more: Any,  # noqa: ANN401 - what the template asks for
) -> None:
    user = enrolment.user
    queue_mail(
        # The version of the case tells a second hand-in or decision from the first.
        event_key=f"case:{case.id}:{event}:{case.version}",
        to=user.email,
        # The receipt of what is handed in at the counter is printed there.
        phone_id=None if event == "enrolment_received" else user.id,
        template=f"volunteering/{event}",
        locale=user.locale,
        name=user.display_name,
        case=case,
        reason=enrolment.reason,
        address=absolute_url("volunteering.show_enrolment"),
        shifts_address=absolute_url("volunteering.list_shifts"),
        interview_address=absolute_url("volunteering.show_interview"),
        **more,
    )
