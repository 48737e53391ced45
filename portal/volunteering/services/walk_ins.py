"""People who came without a place: occasional volunteers of the day."""

from dataclasses import replace
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.core.access import Actor
from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.history import record_step
from portal.volunteering.models import Shift, WalkIn
from portal.volunteering.policies import takes_walk_ins
from portal.volunteering.services.register import Person, enter_occasional
from portal.volunteering.services.sign_ups.locks import lock_shift

HISTORY = "walk_in"


def add_walk_in(*, actor: Actor, shift_id: int, full_name: str, contact: str | None) -> WalkIn:
    """Write down somebody who came without a place; the same tap twice is one person.

    Raises `ForbiddenStepError` before half an hour ahead of the shift and after its day.
    """
    shift = _lock(shift_id)
    walk_in = _find(shift_id, full_name, contact)
    if walk_in is not None:
        return walk_in
    walk_in = WalkIn(
        shift_id=shift_id,
        full_name=full_name,
        contact=contact or None,
        minutes=int((shift.ends_at - shift.starts_at).total_seconds() // 60),
        recorded_by_id=actor.account_id,
    )
    session().add(walk_in)
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=walk_in.id, action="add")
    return walk_in


def identify_walk_in(*, actor: Actor, shift_id: int, walk_in_id: int, person: Person) -> WalkIn:
    """Say who a walk-in is, and enter them in the register of occasional volunteers, once.

    The name of `person` is ignored: it is the walk-in's. Who is identified already stays as
    they are: the office corrects the register. Raises `RuleBrokenError` without tax code or day
    and place of birth, `ForbiddenStepError` after the day, `NotFoundError` for nobody.
    """
    shift = _lock(shift_id)
    walk_in = _get(shift_id, walk_in_id)
    if is_identified(walk_in):
        return walk_in
    entered = replace(person, full_name=walk_in.full_name)
    enter_occasional(actor=actor, person=entered, on=_day_of(shift))
    walk_in.tax_code, walk_in.born_on = person.tax_code, person.born_on
    walk_in.birth_place, walk_in.address = person.birth_place, person.address
    record_step(actor=actor, subject_kind=HISTORY, subject_id=walk_in.id, action="identify")
    session().flush()
    return walk_in


def remove_walk_in(*, actor: Actor, shift_id: int, walk_in_id: int) -> None:
    """Take back somebody added by mistake, while no line of the register names them.

    Taking back twice does nothing. Raises `ForbiddenStepError` once they are in the register.
    """
    _lock(shift_id)
    walk_in = session().get(WalkIn, walk_in_id, populate_existing=True)
    if walk_in is None or walk_in.shift_id != shift_id:
        return
    if is_identified(walk_in):
        raise ForbiddenStepError(
            _l("This person is in the register already: only the office can correct it.")
        )
    record_step(actor=actor, subject_kind=HISTORY, subject_id=walk_in.id, action="remove")
    session().delete(walk_in)
    session().flush()


def is_identified(walk_in: WalkIn) -> bool:
    """Say whether the register has a line for a walk-in: who they are is kept only with it."""
    return walk_in.tax_code is not None or walk_in.born_on is not None


def _lock(shift_id: int) -> Shift:
    shift = lock_shift(shift_id)
    if not takes_walk_ins(shift, utc_now()):
        raise ForbiddenStepError(
            _l("People can be added on the day of the shift, until the evening: tell the office.")
        )
    return shift


def _get(shift_id: int, walk_in_id: int) -> WalkIn:
    walk_in = session().get(WalkIn, walk_in_id, populate_existing=True)
    if walk_in is None or walk_in.shift_id != shift_id:
        raise NotFoundError
    return walk_in


def _find(shift_id: int, full_name: str, contact: str | None) -> WalkIn | None:
    return session().scalar(
        select(WalkIn).where(
            WalkIn.shift_id == shift_id,
            func.lower(WalkIn.full_name) == func.lower(full_name),
            func.coalesce(func.lower(WalkIn.contact), "") == func.lower(contact or ""),
        )
    )


def _day_of(shift: Shift) -> date:
    return to_local(shift.starts_at).date()
