"""The mail about new shifts that fit what a person searches for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from portal.core.mail import MailExtras, absolute_url, queue_mail
from portal.core.signed_links import read, sign
from portal.volunteering.shift_filters import ShiftFilters

STOP_LINK = "volunteering-saved-searches"
"""Purpose of the link that ends these mails."""
STOP_LINK_DAYS = 400
"""People keep mails, and who wants no more of them has no reason to sign in."""


class Reader(Protocol):
    """Whom the mail goes to."""

    @property
    def id(self) -> int: ...
    @property
    def display_name(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def locale(self) -> str: ...


@dataclass(frozen=True)
class SearchNews:
    """What is new in one search."""

    filters: ShiftFilters
    district_name: str
    """Empty where no district is chosen."""
    shifts: Sequence[object]
    """Rows of the list, soonest first."""
    is_more: bool

    @property
    def address(self) -> str:
        """Where the whole list is."""
        path = absolute_url("volunteering.list_shifts")
        return f"{path}?{self.filters.query}" if self.filters.query else path


def mail_new_shifts_found(*, user: Reader, news: Sequence[SearchNews], day: str) -> None:
    """Tell a person what is new in their searches on `day` (`2026-11-30`)."""
    stop_address = absolute_url("volunteering.show_alert_stop", token=sign(STOP_LINK, user.id))
    queue_mail(
        event_key=f"saved_searches:{user.id}:{day}",
        to=user.email,
        template="volunteering/new_shifts",
        locale=user.locale,
        extras=MailExtras(unsubscribe_url=stop_address),
        name=user.display_name,
        news=news,
        number=sum(len(search.shifts) for search in news),
        shift_address=lambda shift: absolute_url("volunteering.show_shift", shift_id=shift.id),
        searches_address=absolute_url("volunteering.list_saved_searches"),
        stop_address=stop_address,
    )


def read_stop_link(token: str) -> int | None:
    """Return whose mails the link ends, None for a link that is not ours or too old."""
    user_id = read(STOP_LINK, token, timedelta(days=STOP_LINK_DAYS))
    return user_id if isinstance(user_id, int) else None
