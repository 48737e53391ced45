"""Mails about hours, and to who has stayed away twice."""

from collections.abc import Sequence
from typing import Any

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.volunteering.emails.places import Recipient
from portal.volunteering.models import HoursEntry


def mail_hours_verified(*, entries: Sequence[HoursEntry]) -> None:
    """Tell a person which hours count now: one mail, however many entries were verified."""
    first = min(entry.id for entry in entries)
    _mail(
        f"hours_entry:{first}:verified",
        entries[0].user,
        "hours_verified",
        entries=entries,
        minutes=sum(entry.minutes for entry in entries),
    )


def mail_hours_corrected(*, old: HoursEntry, new: HoursEntry) -> None:
    """Tell a person that other minutes count than were there, and why."""
    _mail(
        f"hours_entry:{new.id}:corrected",
        new.user,
        "hours_corrected",
        old=old,
        new=new,
        reason=old.reason,
    )


def mail_hours_refused(*, entry: HoursEntry) -> None:
    """Tell a person that an entry does not count, and why."""
    _mail(
        f"hours_entry:{entry.id}:refused",
        entry.user,
        "hours_refused",
        entry=entry,
        reason=entry.reason,
    )


def mail_are_you_well(*, person: Recipient, sign_up_id: int) -> None:
    """Ask who stayed away twice whether all is well, without reproach; once for that pair.

    `sign_up_id`: of the second of the two.
    """
    queue_mail(
        event_key=f"sign_up:{sign_up_id}:are_you_well:{person.user_id}",
        to=person.email,
        template="volunteering/are_you_well",
        locale=person.locale,
        name=person.name,
        address=absolute_url("volunteering.list_shifts"),
        area_address=absolute_url("home.show_personal_area"),
    )


def _mail(event_key: str, user: User, event: str, **words: Any) -> None:  # noqa: ANN401 - what the template asks for
    queue_mail(
        event_key=f"{event_key}:{user.id}",
        to=user.email,
        phone_id=user.id,
        template=f"volunteering/{event}",
        locale=user.locale,
        name=user.display_name,
        address=absolute_url("volunteering.list_my_hours"),
        **words,
    )
