"""Giving and taking roles."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.models import RoleAssignment, User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import DomainError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.permissions import GRANTED_ROLES, Role
from portal.territory.queries import list_districts

HISTORY = "user_account"


class LastAdministratorError(DomainError):
    """Without an administrator nobody could give roles any more."""

    sentence = _l("This is the last administrator: first give the role to somebody else.")


def grant_role(*, actor: Actor, user_id: int, role: Role, district_id: int | None = None) -> None:
    """Give a person a role, an architect for one district; giving it twice changes nothing.

    Raises `NotFoundError` for nobody's id and `RuleBrokenError` for a role that is not granted by
    hand, an architect without district, or a district with another role.
    """
    _lock_user(user_id)
    if role not in GRANTED_ROLES:
        raise RuleBrokenError(_l("This role cannot be given: it follows from what people do."))
    if (role is Role.ARCHITECT) != (district_id is not None):
        raise RuleBrokenError(
            _l("Choose the district of the architect, and only hers."), "district"
        )
    district = _district_name(district_id)
    if district_id is not None and district is None:
        raise RuleBrokenError(_l("Choose a district of today."), "district")
    if _find_assignment(user_id, role, district_id) is not None:
        return
    session().add(RoleAssignment(user_id=user_id, role=role, district_id=district_id))
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=user_id,
        action="grant_role",
        to_state=role,
        note=district,
    )


def revoke_role(*, actor: Actor, user_id: int, role: Role, district_id: int | None = None) -> None:
    """Take a role from a person; one the person does not hold changes nothing.

    Raises `LastAdministratorError` rather than leaving the portal without one.
    """
    _lock_user(user_id)
    assignment = _find_assignment(user_id, role, district_id)
    if assignment is None:
        return
    if role is Role.ADMINISTRATOR and _is_last_administrator():
        raise LastAdministratorError
    session().delete(assignment)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=user_id,
        action="revoke_role",
        from_state=role,
        note=_district_name(district_id),
    )


def is_last_administrator(user_id: int) -> bool:
    """Say whether a person is the only administrator."""
    holders = session().scalars(
        select(RoleAssignment.user_id).where(RoleAssignment.role == Role.ADMINISTRATOR)
    )
    return list(holders) == [user_id]


def hold_administrators() -> None:
    """Hold all administrators until the end of a change, so that two cannot leave at once."""
    _is_last_administrator()


def _lock_user(user_id: int) -> None:
    if session().scalar(select(User.id).where(User.id == user_id).with_for_update()) is None:
        raise NotFoundError


def _find_assignment(user_id: int, role: Role, district_id: int | None) -> RoleAssignment | None:
    return session().scalar(
        select(RoleAssignment).where(
            RoleAssignment.user_id == user_id,
            RoleAssignment.role == role,
            RoleAssignment.district_id.is_not_distinct_from(district_id),
        )
    )


def _is_last_administrator() -> bool:
    """Lock all administrators, so that two cannot leave at once."""
    holders = session().scalars(
        select(RoleAssignment.id)
        .where(RoleAssignment.role == Role.ADMINISTRATOR)
        .order_by(RoleAssignment.id)
        .with_for_update()
    )
    return len(list(holders)) == 1


def _district_name(district_id: int | None) -> str | None:
    if district_id is None:
        return None
    return next((d.name for d in list_districts() if d.id == district_id), None)
