"""Who stayed away twice in a row."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import session
from portal.volunteering.models import Shift, SignUp
from portal.volunteering.policies import is_to_be_asked
from portal.volunteering.queries.presence import list_last_marks
from portal.volunteering.states import Presence, ShiftState

ASKED_AFTER = timedelta(hours=3)
"""After the end: until then a tutor may still mend a mark."""
ASKED_WITHIN = timedelta(days=3)


@dataclass(frozen=True)
class AbsentTwiceRow:
    """Somebody who was absent the last two times they were expected, wherever."""

    user_id: int
    name: str
    email: str | None
    locale: str
    sign_up_id: int
    """The second of the two."""
    starts_at: datetime


def list_absent_twice() -> list[AbsentTwiceRow]:
    """Return who stayed away for the second time in a row these days, and was there before."""
    now = utc_now()
    later, later_shift = aliased(SignUp), aliased(Shift)
    was_marked_later = (
        exists()
        .where(
            later.user_id == SignUp.user_id,
            later.presence.is_not(None),
            later_shift.id == later.shift_id,
            later_shift.starts_at > Shift.starts_at,
        )
        .correlate(SignUp, Shift)
    )
    statement = (
        select(User.id, User.display_name, User.email, User.locale, SignUp.id, Shift.starts_at)
        .join_from(SignUp, Shift, Shift.id == SignUp.shift_id)
        .join(User, User.id == SignUp.user_id)
        .where(
            SignUp.presence == Presence.ABSENT,
            Shift.state == ShiftState.OPEN,
            Shift.ends_at.between(now - ASKED_WITHIN, now - ASKED_AFTER),
            ~was_marked_later,
        )
        .order_by(Shift.starts_at, SignUp.id)
    )
    rows = [AbsentTwiceRow(*row) for row in session().execute(statement)]
    marks = list_last_marks({row.user_id for row in rows}, now)
    return [row for row in rows if is_to_be_asked(marks.get(row.user_id, ()))]
