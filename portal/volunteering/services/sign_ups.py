"""Taking and leaving a place.

Order of locks, the same everywhere so that nobody waits for each other in a circle: one shift,
then people by ascending id. The lock on the shift puts everybody who wants it in a line; the
lock on the person makes two places at the same hour impossible. Both are `FOR NO KEY UPDATE`,
which does not hold up the foreign keys of other people's rows.
"""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from portal.accounts.models import User
from portal.core.access import PORTAL, Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.history import record_step, take_step
from portal.volunteering.emails import (
    mail_place_confirmed,
    mail_place_promoted,
    mail_place_waiting,
)
from portal.volunteering.models import Shift, SignUp, VolunteeringProject
from portal.volunteering.policies import (
    HeldSignUp,
    ShiftFacts,
    SignUpDecision,
    can_leave,
    decide_sign_up,
)
from portal.volunteering.queries import find_person_facts
from portal.volunteering.states import (
    HELD_STATES,
    SIGN_UP_TRANSITIONS,
    SignUpAction,
    SignUpState,
)

HISTORY = "sign_up"


def take_place(*, actor: Actor, shift_id: int) -> SignUpDecision:
    """Give `actor` a place in the shift, or on its waiting list, if the rules allow it.

    Returns the decision: where its refusal is `already_signed_up` the person has what its
    outcome says (the same tap twice is one sign-up), with any other refusal nothing was done.
    Raises `NotFoundError` where there is no such shift.
    """
    shift = _lock_shift(shift_id)
    (user,) = _lock_people([actor.account_id])
    person = find_person_facts(actor)
    decision = decide_sign_up(_facts_of(shift), person, utc_now())
    if not decision.is_allowed or decision.outcome is None:
        return decision
    if shift_id in person.held:
        _move_up_oneself(actor, shift)
    else:
        _sign_up(actor, user, shift, decision)
    return decision


def leave_place(*, actor: Actor, shift_id: int) -> None:
    """Give back the place of `actor`; the first in line who can take it gets it at once.

    Leaving what one does not hold does nothing. Raises `ForbiddenStepError` once the shift has
    started, `NotFoundError` where there is no such shift.
    """
    shift = _lock_shift(shift_id)
    sign_up = _find_held(shift_id, actor.account_id)
    if sign_up is None:
        return
    if not can_leave(_facts_of(shift), HeldSignUp(sign_up.state), utc_now()):
        raise ForbiddenStepError(
            _l("The shift has started, so the place can no longer be given back here.")
        )
    had_place = sign_up.state is SignUpState.CONFIRMED
    sign_up.left_at = utc_now()
    _step(actor, sign_up, SignUpAction.LEAVE)
    # Before anybody moves up: until then the shift is full.
    session().flush()
    if had_place:
        _promote_first(shift)
    _forget_counts(shift)


def _sign_up(actor: Actor, user: User, shift: Shift, decision: SignUpDecision) -> None:
    is_confirmed = decision.outcome is SignUpState.CONFIRMED
    sign_up = SignUp(shift=shift, user=user, state=decision.outcome)
    session().add(sign_up)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=sign_up.id,
        action=SignUpAction.TAKE_PLACE if is_confirmed else SignUpAction.JOIN_WAITING_LIST,
        to_state=sign_up.state,
    )
    _forget_counts(shift)
    if is_confirmed:
        mail_place_confirmed(sign_up=sign_up, shift=shift)
    else:
        mail_place_waiting(sign_up=sign_up, shift=shift, position=decision.position or 1)


def _move_up_oneself(actor: Actor, shift: Shift) -> None:
    """Take the free place for which one waits (see `decide_sign_up`)."""
    sign_up = _find_held(shift.id, actor.account_id)
    if sign_up is None:
        raise NotFoundError
    _step(actor, sign_up, SignUpAction.PROMOTE)
    session().flush()
    _forget_counts(shift)
    mail_place_confirmed(sign_up=sign_up, shift=shift)


def _promote_first(shift: Shift) -> None:
    """Give a freed place to the first in line who is not elsewhere at that time."""
    waiting = list(
        session().scalars(
            select(SignUp)
            .where(SignUp.shift_id == shift.id, SignUp.state == SignUpState.WAITING)
            .order_by(SignUp.id)
        )
    )
    people = _lock_people(s.user_id for s in waiting)
    busy = _people_elsewhere((user.id for user in people), shift)
    first = next((s for s in waiting if s.user_id not in busy), None)
    if first is None:
        return
    # Not the act of who left, and not theirs to be named in.
    _step(PORTAL, first, SignUpAction.PROMOTE)
    session().flush()
    mail_place_promoted(sign_up=first, shift=shift)


def _people_elsewhere(people: Iterable[int], shift: Shift) -> set[int]:
    other = aliased(Shift)
    return set(
        session().scalars(
            select(SignUp.user_id)
            .join(other, other.id == SignUp.shift_id)
            .where(
                SignUp.user_id.in_(list(people)),
                SignUp.state == SignUpState.CONFIRMED,
                other.id != shift.id,
                other.state == shift.state,
                other.starts_at < shift.ends_at,
                other.ends_at > shift.starts_at,
            )
        )
    )


def _step(actor: Actor, sign_up: SignUp, action: SignUpAction) -> None:
    take_step(actor=actor, subject=sign_up, transitions=SIGN_UP_TRANSITIONS, action=action)


def _find_held(shift_id: int, user_id: int) -> SignUp | None:
    return session().scalar(
        select(SignUp)
        .where(
            SignUp.shift_id == shift_id,
            SignUp.user_id == user_id,
            SignUp.state.in_(HELD_STATES),
        )
        .execution_options(populate_existing=True)
    )


def _lock_shift(shift_id: int) -> Shift:
    shift = session().scalar(
        select(Shift)
        .where(Shift.id == shift_id)
        .options(joinedload(Shift.project).joinedload(VolunteeringProject.programme))
        .with_for_update(of=Shift, key_share=True)
        .execution_options(populate_existing=True)
    )
    if shift is None:
        raise NotFoundError
    return shift


def _lock_people(ids: Iterable[int]) -> Sequence[User]:
    statement = select(User).where(User.id.in_(list(ids))).order_by(User.id)
    return session().scalars(statement.with_for_update(key_share=True)).all()


def _forget_counts(shift: Shift) -> None:
    """Read the counts anew at the next look: the database has changed them by itself."""
    session().expire(shift, ["confirmed_count", "waiting_count"])


def _facts_of(shift: Shift) -> ShiftFacts:
    project = shift.project
    own = project.requires_enrolment
    return ShiftFacts(
        id=shift.id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        state=shift.state,
        capacity=shift.capacity,
        confirmed_count=shift.confirmed_count,
        waiting_capacity=shift.waiting_capacity,
        waiting_count=shift.waiting_count,
        opens_at=shift.opens_at,
        closes_at=shift.closes_at,
        requires_enrolment=project.programme.requires_enrolment if own is None else own,
    )
