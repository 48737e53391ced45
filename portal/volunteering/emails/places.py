"""Mails about places in shifts."""

from typing import Any, Protocol

from portal.accounts.models import User
from portal.core.calendar import calendar_text
from portal.core.mail import MailExtras, absolute_url, queue_mail
from portal.core.signed_links import sign
from portal.volunteering.calendars import event_of
from portal.volunteering.models import Shift, SignUp

OFFER_LINK = "volunteering-offer"
"""Purpose of the link in the mail that offers a place."""


CALLS_LINK = "volunteering-calls"
"""Purpose of the link that ends mails asking for help."""
ATTENDANCE_LINK = "volunteering-attendance"
"""Purpose of the link in the mail that asks "ci sei?"."""


BY_PHONE = ("offered", "lapsed", "attendance")
"""What a clerk tells who has no e-mail; receipts were given at the counter."""


class Recipient(Protocol):
    """Somebody a mail goes to."""

    @property
    def user_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def locale(self) -> str: ...


def mail_place_confirmed(*, sign_up: SignUp, shift: Shift) -> None:
    """Receipt for a place just taken, with the entry for one's own calendar."""
    calendar = calendar_text([event_of(shift)], name=shift.project.title)
    _mail_about_place("confirmed", sign_up, shift, extras=MailExtras(calendar=calendar))


def mail_place_waiting(*, sign_up: SignUp, shift: Shift, position: int) -> None:
    """Receipt for having joined the waiting list at `position`, from 1."""
    _mail_about_place("waiting", sign_up, shift, position=position)


def mail_place_offered(*, sign_up: SignUp, shift: Shift) -> None:
    """Offer a freed place to who waited; the links answer without signing in."""
    _mail_about_place("offered", sign_up, shift, offer_address=offer_address(sign_up))


def mail_place_lapsed(*, sign_up: SignUp, shift: Shift) -> None:
    """Tell who did not answer that the place went to the next."""
    _mail_about_place("lapsed", sign_up, shift)


def mail_place_left_late(*, sign_up: SignUp, shift: Shift, tutor: Recipient) -> None:
    """Tell a tutor that somebody gave back a place after the deadline."""
    queue_mail(
        event_key=f"sign_up:{sign_up.id}:left_late:{tutor.user_id}",
        to=tutor.email,
        template="volunteering/place_left_late",
        locale=tutor.locale,
        name=tutor.name,
        person=sign_up.user.display_name,
        shift=shift,
        project=shift.project,
        address=absolute_url("volunteering.show_shift", shift_id=shift.id),
    )


def mail_attendance_asked(*, sign_up: SignUp, shift: Shift) -> None:
    """Ask two days before whether the person is coming; the links answer without signing in."""
    token = sign(ATTENDANCE_LINK, [sign_up.id])
    answer_address = absolute_url("volunteering.show_attendance", token=token)
    # A shift at another hour asks anew: the moment tells one question from the next.
    event = f"attendance:{sign_up.asked_at:%Y%m%dT%H%M%S}"
    _mail_about_place("attendance", sign_up, shift, event=event, answer_address=answer_address)


def mail_people_missing(*, user: User, shift: Shift) -> None:
    """Ask a suitable person for help with a shift that lacks people; one tap ends such mails."""
    unsubscribe_url = absolute_url("volunteering.show_calls", token=sign(CALLS_LINK, user.id))
    queue_mail(
        event_key=f"shift:{shift.id}:people_missing:{user.id}",
        to=user.email,
        template="volunteering/people_missing",
        locale=user.locale,
        extras=MailExtras(unsubscribe_url=unsubscribe_url),
        name=user.display_name,
        shift=shift,
        project=shift.project,
        missing=shift.capacity - shift.confirmed_count - shift.offered_count,
        address=absolute_url("volunteering.show_shift", shift_id=shift.id),
        unsubscribe_url=unsubscribe_url,
    )


def offer_address(sign_up: SignUp) -> str:
    """Return where who was offered a place answers without signing in."""
    token = sign(OFFER_LINK, [sign_up.id])
    return absolute_url("volunteering.show_offer", token=token)


def _mail_about_place(
    template: str,
    sign_up: SignUp,
    shift: Shift,
    event: str | None = None,
    **more: Any,  # noqa: ANN401 - what the template asks for
) -> None:
    user = sign_up.user
    queue_mail(
        event_key=f"sign_up:{sign_up.id}:{event or template}",
        to=user.email,
        phone_id=user.id if template in BY_PHONE else None,
        template=f"volunteering/place_{template}",
        locale=user.locale,
        name=user.display_name,
        sign_up=sign_up,
        shift=shift,
        project=shift.project,
        address=absolute_url("volunteering.show_shift", shift_id=shift.id),
        **more,
    )
