"""The link by which who holds parental responsibility authorises a minor."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.signed_links import read
from portal.volunteering.emails.enrolments import GUARDIAN_LINK
from portal.volunteering.models import Enrolment, GuardianAuthorisation
from portal.volunteering.policies import age_on, is_minor
from portal.volunteering.states import EnrolmentState, GuardianState

ANSWER_WITHIN = timedelta(days=60)
LINKS_LAST = timedelta(days=366 * 4)
"""Until the youngest have come of age: by the same link an authorisation is withdrawn."""


class GuardianLinkState(StrEnum):
    """What the link still does."""

    OPEN = "open"
    GIVEN = "given"
    """Authorised: the link withdraws it."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """By the guardian, or somebody else is asked now."""
    EXPIRED = "expired"
    """Not answered in time: the minor can have a new one sent."""
    OVER = "over"
    """The minor has come of age, left the register, or was not accepted."""
    DEAD = "dead"
    """Not ours."""


@dataclass(frozen=True)
class GuardianLink:
    """Whom a link belongs to, about whom, and what it still does."""

    state: GuardianLinkState
    authorisation_id: int = 0
    enrolment_id: int = 0
    guardian_name: str = ""
    minor_name: str = ""
    minor_age: int = 0
    answered_at: datetime | None = None


DEAD_LINK = GuardianLink(GuardianLinkState.DEAD)
_ANSWERED = {
    GuardianState.GIVEN: GuardianLinkState.GIVEN,
    GuardianState.REFUSED: GuardianLinkState.REFUSED,
    GuardianState.WITHDRAWN: GuardianLinkState.WITHDRAWN,
}
_LIVE = (EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED, EnrolmentState.RETURNED)


def find_guardian_link(token: str) -> GuardianLink:
    """Return what the link in the mail to a guardian still does."""
    payload = read(GUARDIAN_LINK, token, LINKS_LAST)
    if not isinstance(payload, list) or len(payload) != 1:
        return DEAD_LINK
    row = (
        session()
        .execute(
            select(
                GuardianAuthorisation.enrolment_id,
                GuardianAuthorisation.state,
                GuardianAuthorisation.full_name,
                GuardianAuthorisation.answered_at,
                func.coalesce(
                    Enrolment.full_name, User.display_name, type_=User.display_name.type
                ).label("minor"),
                Enrolment.born_on,
                Enrolment.state.label("enrolment_state"),
            )
            .join(Enrolment, Enrolment.id == GuardianAuthorisation.enrolment_id)
            .join(User, User.id == Enrolment.user_id)
            .where(GuardianAuthorisation.id == payload[0])
        )
        .one_or_none()
    )
    if row is None or row.born_on is None:
        return DEAD_LINK
    is_in_time = read(GUARDIAN_LINK, token, ANSWER_WITHIN) is not None
    state = _state_of(row.state, row.enrolment_state, row.born_on, is_in_time=is_in_time)
    age = age_on(row.born_on, local_today())
    return GuardianLink(
        state, payload[0], row.enrolment_id, row.full_name, row.minor, age, row.answered_at
    )


def _state_of(
    state: GuardianState, enrolment: EnrolmentState, born_on: date, *, is_in_time: bool
) -> GuardianLinkState:
    if not is_minor(born_on, local_today()) or enrolment not in _LIVE:
        return GuardianLinkState.OVER
    if state is GuardianState.ASKED:
        return GuardianLinkState.OPEN if is_in_time else GuardianLinkState.EXPIRED
    return _ANSWERED[state]
