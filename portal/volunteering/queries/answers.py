"""Links that answer without signing in: a place that is offered, "ci sei?"."""

from collections.abc import Callable
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
from portal.volunteering.emails.places import ATTENDANCE_LINK, CALLS_LINK, OFFER_LINK
from portal.volunteering.models import Enrolment, Shift, SignUp
from portal.volunteering.states import Answer, ShiftState

LINKS_LAST = timedelta(days=21)
"""Longer than any offer, and than the time from "ci sei?" to the shift."""


class LinkState(StrEnum):
    """What a link still does."""

    OPEN = "open"
    YES = "yes"
    """Used: the person said yes, by this link or on the page."""
    NO = "no"
    """Used: the person said no, or gave the place back."""
    OVER = "over"
    """Too late: the offer lapsed, the shift started or was cancelled."""
    DEAD = "dead"
    """Not ours, or too old."""


@dataclass(frozen=True)
class AnswerLink:
    """Whom a link belongs to, about what, and what it still does."""

    state: LinkState
    shift_id: int = 0
    actor: Actor | None = None
    """The person it was mailed to: acts through it as themselves."""
    name: str = ""


DEAD_LINK = AnswerLink(LinkState.DEAD)


def find_offer_link(token: str) -> AnswerLink:
    """Return what the link in a mail that offers a place still does."""
    return _find(OFFER_LINK, token, _state_of_offer)


def find_attendance_link(token: str) -> AnswerLink:
    """Return what the link of "ci sei?" still does."""
    return _find(ATTENDANCE_LINK, token, _state_of_attendance)


def _find(purpose: str, token: str, state_of: Callable[[SignUp], LinkState]) -> AnswerLink:
    payload = read(purpose, token, LINKS_LAST)
    if payload is None:
        return DEAD_LINK
    row = (
        session()
        .execute(
            select(SignUp, Shift, User)
            .join(Shift, Shift.id == SignUp.shift_id)
            .join(User, User.id == SignUp.user_id)
            .where(SignUp.id == payload[0])
            .execution_options(populate_existing=True)
        )
        .one_or_none()
    )
    if row is None:
        return DEAD_LINK
    sign_up, shift, user = row
    state = state_of(sign_up)
    is_over = shift.state is ShiftState.CANCELLED or shift.starts_at <= utc_now()
    if state is LinkState.OPEN and is_over:
        state = LinkState.OVER
    actor = Actor(id=user.id, name=user.display_name, email=user.email, locale=user.locale)
    return AnswerLink(state, shift.id, actor, user.display_name)


def _state_of_offer(sign_up: SignUp) -> LinkState:
    if sign_up.state is SignUpState.OFFERED:
        is_in_time = sign_up.offer_until_at is not None and utc_now() < sign_up.offer_until_at
        return LinkState.OPEN if is_in_time else LinkState.OVER
    states = {SignUpState.CONFIRMED: LinkState.YES, SignUpState.LEFT: LinkState.NO}
    return states.get(sign_up.state, LinkState.OVER)


def _state_of_attendance(sign_up: SignUp) -> LinkState:
    if sign_up.state is not SignUpState.CONFIRMED:
        return LinkState.NO if sign_up.state is SignUpState.LEFT else LinkState.OVER
    return LinkState.YES if sign_up.answer is Answer.YES else LinkState.OPEN


CALLS_LAST = timedelta(days=365)


@dataclass(frozen=True)
class CallsLink:
    """Whose calls for help a link ends; `user_id` is 0 for a link that is not ours."""

    user_id: int
    wants_calls: bool = False


def find_calls_link(token: str) -> CallsLink:
    """Return whose calls for help the link ends, and whether they still come."""
    user_id = read(CALLS_LINK, token, CALLS_LAST) or 0
    wants = session().scalar(select(Enrolment.wants_calls).where(Enrolment.user_id == user_id))
    return CallsLink(0) if wants is None else CallsLink(user_id, wants)
