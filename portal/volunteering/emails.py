"""Mails about places in shifts and about the register of volunteers."""

from portal.core.mail import absolute_url, queue_mail
from portal.moderation.models import Case
from portal.volunteering.models import Enrolment, Shift, SignUp


def mail_place_confirmed(*, sign_up: SignUp, shift: Shift) -> None:
    """Receipt for a place just taken."""
    _mail_about_place("confirmed", sign_up, shift)


def mail_place_waiting(*, sign_up: SignUp, shift: Shift, position: int) -> None:
    """Receipt for having joined the waiting list at `position`, from 1."""
    _mail_about_place("waiting", sign_up, shift, position=position)


def mail_place_promoted(*, sign_up: SignUp, shift: Shift) -> None:
    """Tell who waited that a place has become theirs."""
    _mail_about_place("promoted", sign_up, shift)


def mail_enrolment_received(*, enrolment: Enrolment, case: Case) -> None:
    """Receipt for a request handed in, with the day by which the office answers."""
    _mail_about_enrolment("enrolment_received", enrolment, case)


def mail_enrolment_accepted(*, enrolment: Enrolment, case: Case) -> None:
    """Tell that the person is in the register now."""
    _mail_about_enrolment("enrolment_accepted", enrolment, case)


def mail_enrolment_returned(*, enrolment: Enrolment, case: Case) -> None:
    """Tell what is to be mended."""
    _mail_about_enrolment("enrolment_returned", enrolment, case)


def mail_enrolment_refused(*, enrolment: Enrolment, case: Case) -> None:
    """Tell that the request was not accepted, and why."""
    _mail_about_enrolment("enrolment_refused", enrolment, case)


def _mail_about_place(event: str, sign_up: SignUp, shift: Shift, **more: object) -> None:
    user = sign_up.user
    queue_mail(
        event_key=f"sign_up:{sign_up.id}:{event}",
        to=user.email,
        template=f"volunteering/place_{event}",
        locale=user.locale,
        name=user.display_name,
        shift=shift,
        project=shift.project,
        address=absolute_url("volunteering.show_shift", shift_id=shift.id),
        **more,
    )


def _mail_about_enrolment(event: str, enrolment: Enrolment, case: Case) -> None:
    user = enrolment.user
    queue_mail(
        # The version of the case tells a second hand-in or decision from the first.
        event_key=f"case:{case.id}:{event}:{case.version}",
        to=user.email,
        template=f"volunteering/{event}",
        locale=user.locale,
        name=user.display_name,
        case=case,
        reason=enrolment.reason,
        address=absolute_url("volunteering.show_enrolment"),
        shifts_address=absolute_url("volunteering.list_shifts"),
    )
