"""Mails about meetings: a place, the waiting list, another time, a reminder."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.core.calendar import calendar_text
from portal.core.mail import MailExtras, absolute_url, queue_mail
from portal.core.signed_links import sign
from portal.laboratories.calendars import event_of
from portal.laboratories.models import Meeting, MeetingSignUp

OFFER_LINK = "laboratory-meeting-offer"
"""Purpose of the link in the mail that offers a place."""
BY_PHONE = ("offered", "lapsed", "moved", "cancelled")
"""What a clerk tells who has no e-mail; receipts were given by who registered them."""


@dataclass(frozen=True)
class MeetingLook:
    """When and where a meeting is, or was."""

    starts_at: datetime
    ends_at: datetime
    place_name: str
    address: str | None

    @property
    def place(self) -> str:
        """The place with its address, as one reads it."""
        return ", ".join(filter(None, (self.place_name, self.address)))

    @property
    def time(self) -> tuple[datetime, datetime]:
        """From when to when."""
        return self.starts_at, self.ends_at


def look_of(meeting: Meeting) -> MeetingLook:
    """Return when and where a meeting is now."""
    return MeetingLook(meeting.starts_at, meeting.ends_at, meeting.place_name, meeting.address)


def mail_registered(*, sign_up: MeetingSignUp, meeting: Meeting) -> None:
    """Receipt for a place just taken, with the entry for one's own calendar."""
    _mail("confirmed", sign_up, meeting, extras=_with_calendar(meeting))


def mail_waiting(*, sign_up: MeetingSignUp, meeting: Meeting, position: int) -> None:
    """Receipt for having joined the waiting list at `position`, from 1."""
    _mail("waiting", sign_up, meeting, position=position)


def mail_offered(*, sign_up: MeetingSignUp, meeting: Meeting) -> None:
    """Offer a freed place to who waited; the link answers without signing in."""
    token = sign(OFFER_LINK, [sign_up.id])
    offer_address = absolute_url("laboratories.show_meeting_offer", token=token)
    _mail("offered", sign_up, meeting, offer_address=offer_address)


def mail_lapsed(*, sign_up: MeetingSignUp, meeting: Meeting) -> None:
    """Tell who did not answer that the place went to the next."""
    _mail("lapsed", sign_up, meeting)


def mail_moved(*, sign_up: MeetingSignUp, meeting: Meeting, was: MeetingLook) -> None:
    """Tell who is registered what the meeting was and what it is now."""
    _mail(
        "moved",
        sign_up,
        meeting,
        event=f"moved:{meeting.version}",
        extras=_with_calendar(meeting),
        was=was,
    )


def mail_cancelled(*, sign_up: MeetingSignUp, meeting: Meeting) -> None:
    """Tell who is registered that the meeting does not take place, and why."""
    _mail("cancelled", sign_up, meeting, extras=_with_calendar(meeting))


def mail_reminder(*, sign_up: MeetingSignUp, meeting: Meeting) -> None:
    """Remind who has a place of a meeting of the next day."""
    # A meeting at another hour is reminded of anew.
    event = f"reminder:{meeting.starts_at:%Y%m%dT%H%M}"
    _mail("reminder", sign_up, meeting, event=event)


def _with_calendar(meeting: Meeting) -> MailExtras:
    return MailExtras(calendar=calendar_text([event_of(meeting)], name=meeting.title))


def _mail(
    template: str,
    sign_up: MeetingSignUp,
    meeting: Meeting,
    event: str | None = None,
    **more: Any,  # noqa: ANN401 - what the template asks for
) -> None:
    user = sign_up.user
    queue_mail(
        event_key=f"meeting_sign_up:{sign_up.id}:{event or template}",
        to=user.email,
        phone_id=user.id if template in BY_PHONE else None,
        template=f"laboratories/meeting_{template}",
        locale=user.locale,
        name=user.display_name,
        sign_up=sign_up,
        meeting=meeting,
        place=look_of(meeting).place,
        laboratory_title=meeting.laboratory.title,
        address=absolute_url(
            "laboratories.show_meeting", slug=meeting.laboratory.slug, meeting_id=meeting.id
        ),
        **more,
    )
