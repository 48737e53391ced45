"""Mails about the introductory talk."""

from typing import Any

from flask_babel import force_locale

from portal.core.calendar import calendar_text
from portal.core.mail import NO_EXTRAS, MailExtras, absolute_url, queue_mail
from portal.volunteering.calendars import interview_event
from portal.volunteering.models import InterviewBooking


class _Entry:
    """A booking as calendars read it."""

    def __init__(self, booking: InterviewBooking) -> None:
        slot = booking.slot
        self.id = booking.id
        self.starts_at, self.ends_at = slot.starts_at, slot.ends_at
        self.place_name, self.address = slot.place_name, slot.address


def mail_interview_booked(
    *, booking: InterviewBooking, moved_from: InterviewBooking | None = None
) -> None:
    """Receipt for a talk booked or moved, with the entry for one's own calendar."""
    gone = () if moved_from is None else (moved_from,)
    extras = _interview_calendar(booking, cancelled=gone)
    _mail("booked", booking, extras, was=moved_from.slot if moved_from else None)


def mail_interview_cancelled(*, booking: InterviewBooking, reason: str) -> None:
    """Tell that the office cannot keep a talk, and where to choose another time."""
    _mail("cancelled", booking, _interview_calendar(cancelled=(booking,)), reason=reason)


def mail_interview_reminder(*, booking: InterviewBooking) -> None:
    """Remind of tomorrow's talk, and say where it can be moved."""
    _mail("reminder", booking)


def mail_interview_missed(*, booking: InterviewBooking) -> None:
    """Say that we did not meet, and that another time can be chosen."""
    _mail("missed", booking)


def _interview_calendar(
    *booked: InterviewBooking, cancelled: tuple[InterviewBooking, ...] = ()
) -> MailExtras:
    """Return the entries of talks, and of those that go: programs take them away."""
    with force_locale((*booked, *cancelled)[0].enrolment.user.locale):
        entries = [interview_event(_Entry(one)) for one in booked]
        entries += [interview_event(_Entry(one), is_cancelled=True, version=1) for one in cancelled]
        return MailExtras(calendar=calendar_text(entries, name=entries[0].title))


def _mail(
    event: str,
    booking: InterviewBooking,
    extras: MailExtras = NO_EXTRAS,
    **more: Any,  # noqa: ANN401 - what the template asks for
) -> None:
    user = booking.enrolment.user
    queue_mail(
        event_key=f"interview:{booking.id}:{event}:{user.id}",
        to=user.email,
        phone_id=None if event == "booked" else user.id,
        template=f"volunteering/interview_{event}",
        locale=user.locale,
        extras=extras,
        name=user.display_name,
        slot=booking.slot,
        interviewer=booking.slot.interviewer.display_name,
        address=absolute_url("volunteering.show_interview"),
        **more,
    )
