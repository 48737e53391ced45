"""The link that takes an offered place in a meeting without signing in."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import read
from portal.laboratories.emails.meetings import OFFER_LINK
from portal.laboratories.models import Laboratory, Meeting, MeetingSignUp
from portal.laboratories.states import MeetingState

LINKS_LAST = timedelta(days=21)
"""Longer than any offer."""


class OfferState(StrEnum):
    """What a link still does."""

    OPEN = "open"
    YES = "yes"
    """Used: the person said yes, by this link or on the page."""
    NO = "no"
    """Used: the person gave the place back."""
    OVER = "over"
    """Too late: the offer lapsed, the meeting started or was cancelled."""
    DEAD = "dead"
    """Not ours, or too old."""


@dataclass(frozen=True)
class MeetingOffer:
    """Whom a link belongs to, about which meeting, and what it still does."""

    state: OfferState
    slug: str = ""
    """Of the laboratory."""
    meeting_id: int = 0
    actor: Actor | None = None
    """The person it was mailed to: acts through it as themselves."""
    name: str = ""


DEAD_OFFER = MeetingOffer(OfferState.DEAD)


def find_meeting_offer(token: str) -> MeetingOffer:
    """Return what the link in a mail that offers a place still does."""
    payload = read(OFFER_LINK, token, LINKS_LAST)
    if payload is None:
        return DEAD_OFFER
    row = (
        session()
        .execute(
            select(MeetingSignUp, Meeting, User, Laboratory.slug)
            .join(Meeting, Meeting.id == MeetingSignUp.meeting_id)
            .join(Laboratory, Laboratory.id == Meeting.laboratory_id)
            .join(User, User.id == MeetingSignUp.user_id)
            .where(MeetingSignUp.id == payload[0])
            .execution_options(populate_existing=True)
        )
        .one_or_none()
    )
    if row is None:
        return DEAD_OFFER
    sign_up, meeting, user, slug = row
    state = _state_of(sign_up)
    is_over = meeting.state is MeetingState.CANCELLED or meeting.starts_at <= utc_now()
    if state is OfferState.OPEN and is_over:
        state = OfferState.OVER
    actor = Actor(id=user.id, name=user.display_name, email=user.email, locale=user.locale)
    return MeetingOffer(state, slug, meeting.id, actor, user.display_name)


def _state_of(sign_up: MeetingSignUp) -> OfferState:
    if sign_up.state is SignUpState.OFFERED:
        is_in_time = sign_up.offer_until_at is not None and utc_now() < sign_up.offer_until_at
        return OfferState.OPEN if is_in_time else OfferState.OVER
    states = {SignUpState.CONFIRMED: OfferState.YES, SignUpState.LEFT: OfferState.NO}
    return states.get(sign_up.state, OfferState.OVER)
