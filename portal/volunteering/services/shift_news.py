"""Telling who is signed up, once for each change, and never who made it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.access import PORTAL, Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import HELD_STATES, SignUpState
from portal.volunteering.emails.shifts import Change, ShiftLook, ShiftNews
from portal.volunteering.models import Shift, SignUp, VolunteeringProject
from portal.volunteering.queries.signed_up import list_signed_up
from portal.volunteering.services.sign_ups.places import end_sign_up
from portal.volunteering.states import ShiftState


def look_of(shift: Shift, project: VolunteeringProject) -> ShiftLook:
    """Return when and where a shift is now; its own place, or that of its project."""
    return ShiftLook(
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        place_name=shift.place_name or project.place_name,
        address=shift.address if shift.place_name else shift.address or project.address,
    )


def lock_shifts_to_come(project_id: int, *, series_id: int | None = None) -> list[Shift]:
    """Return the open shifts to come of a project, or of one series, locked by ascending id."""
    statement = select(Shift).where(
        Shift.project_id == project_id,
        Shift.state == ShiftState.OPEN,
        Shift.starts_at > utc_now(),
    )
    if series_id is not None:
        statement = statement.where(Shift.series_id == series_id)
    return list(
        session().scalars(
            statement.order_by(Shift.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def tell_signed_up(
    *, actor: Actor, news: Iterable[ShiftNews], mail: Callable[..., None], change: Change
) -> set[int]:
    """Write one mail to each person signed up for the shifts in `news`; return who was told.

    `mail` takes `reader`, `news` (of that person's shifts, soonest first) and `change`.
    """
    by_shift = {one.shift_id: one for one in news}
    told = set()
    for user_id, rows in groupby(list_signed_up(by_shift), key=lambda row: row.user_id):
        if user_id == actor.id:
            continue
        own = list(rows)
        shifts = sorted((by_shift[r.shift_id] for r in own), key=lambda one: one.now.starts_at)
        mail(reader=own[0], news=shifts, change=change)
        told.add(user_id)
    return told


def withdraw_offers(shift_ids: Sequence[int]) -> None:
    """Take back the places offered in locked shifts that do not take place.

    Who was offered one is told of the shift; that the offer ran out would be one mail too many.
    """
    for sign_up in _list_offered(shift_ids):
        end_sign_up(actor=PORTAL, sign_up=sign_up)


def forget_answers(shift_ids: Sequence[int]) -> None:
    """Ask "ci sei?" anew in shifts at another hour: a yes was said of the hour before."""
    sign_ups = session().scalars(
        select(SignUp).where(
            SignUp.shift_id.in_(shift_ids),
            SignUp.state.in_(HELD_STATES),
            SignUp.asked_at.is_not(None) | SignUp.answer.is_not(None),
        )
    )
    for sign_up in sign_ups:
        sign_up.asked_at = sign_up.answer = sign_up.answered_at = None


def shorten_offers(shift_id: int, starts_at: datetime) -> None:
    """Let no place be kept past the start of a shift that was moved nearer."""
    for sign_up in _list_offered([shift_id]):
        if sign_up.offer_until_at is not None and sign_up.offer_until_at > starts_at:
            sign_up.offer_until_at = starts_at


def _list_offered(shift_ids: Sequence[int]) -> list[SignUp]:
    return list(
        session().scalars(
            select(SignUp)
            .where(SignUp.shift_id.in_(shift_ids), SignUp.state == SignUpState.OFFERED)
            .options(joinedload(SignUp.user))
            .order_by(SignUp.id)
            .execution_options(populate_existing=True)
        )
    )
