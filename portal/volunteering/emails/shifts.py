"""Mails to who is signed up when something about their shifts changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.core.mail import absolute_url, queue_mail
from portal.volunteering.emails.places import Recipient
from portal.volunteering.models import VolunteeringProject


@dataclass(frozen=True)
class ShiftLook:
    """When and where a shift is, or was."""

    starts_at: datetime
    ends_at: datetime
    place_name: str
    address: str | None

    @property
    def place(self) -> str:
        """The place with its address, as one reads it."""
        return ", ".join(part for part in (self.place_name, self.address) if part)


@dataclass(frozen=True)
class ShiftNews:
    """What a reader has to know of one of their shifts."""

    shift_id: int
    was: ShiftLook
    now: ShiftLook

    @property
    def has_other_time(self) -> bool:
        """Say whether the hours are others."""
        before = (self.was.starts_at, self.was.ends_at)
        return before != (self.now.starts_at, self.now.ends_at)

    @property
    def has_other_place(self) -> bool:
        """Say whether the place is another one."""
        return self.was.place != self.now.place

    @property
    def url(self) -> str:
        """Where the shift is looked at and the place given back."""
        return absolute_url("volunteering.show_shift", shift_id=self.shift_id)


@dataclass(frozen=True)
class Change:
    """One change, whoever it is told to."""

    event: str
    """Names the change, with its version: the same one is told once to each."""
    project: VolunteeringProject
    reason: str = ""


def mail_shift_changed(*, reader: Recipient, news: Sequence[ShiftNews], change: Change) -> None:
    """Tell who is signed up what their shifts were and what they are now, in one mail."""
    _mail("shift_changed", reader, news, change)


def mail_shift_cancelled(*, reader: Recipient, news: Sequence[ShiftNews], change: Change) -> None:
    """Tell who is signed up that shifts do not take place, and why, in one mail."""
    _mail("shift_cancelled", reader, news, change)


def mail_project_closed(*, reader: Recipient, news: Sequence[ShiftNews], change: Change) -> None:
    """Tell who takes part that a project ends, why, and which shifts go with it."""
    _mail("project_closed", reader, news, change)


def _mail(template: str, reader: Recipient, news: Sequence[ShiftNews], change: Change) -> None:
    address = absolute_url("volunteering.show_project", slug=change.project.slug)
    queue_mail(
        event_key=f"{change.event}:{reader.user_id}",
        to=reader.email,
        phone_id=reader.user_id,
        template=f"volunteering/{template}",
        locale=reader.locale,
        name=reader.name,
        project=change.project,
        news=news,
        reason=change.reason,
        address=news[0].url if len(news) == 1 else address,
        project_address=address,
        shifts_address=absolute_url("volunteering.list_shifts"),
    )
