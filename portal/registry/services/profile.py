"""An association looks after its own page."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import AlreadyDecidedError, NotFoundError
from portal.core.history import record_step
from portal.registry.models import ActivityArea, Association
from portal.registry.profile import ProfileValues, changed_fields
from portal.registry.queries import profile_of
from portal.registry.services.representatives import ASSOCIATION_HISTORY
from portal.territory.queries import CITY_CODE


class ProfileChangedError(AlreadyDecidedError):
    """The profile was saved by somebody else since it was opened."""


def update_profile(
    *, actor: Actor, association_id: int, seen_version: int, values: ProfileValues
) -> list[str]:
    """Write the public profile and return the names of the fields that changed.

    The page is public at once and fresh from today, even when nothing changed. Raises
    `ProfileChangedError` when somebody saved since `seen_version`, `NotFoundError`.
    """
    association = session().scalar(
        select(Association)
        .where(Association.id == association_id)
        .options(selectinload(Association.areas))
        .with_for_update(of=Association)
        .execution_options(populate_existing=True)
    )
    if association is None:
        raise NotFoundError
    if association.version != seen_version:
        raise ProfileChangedError
    changed = changed_fields(profile_of(association), values)
    for field in changed:
        if field == "areas":
            association.areas = _areas(values.areas)
        else:
            setattr(association, field, getattr(values, field))
    if association.municipality_code != CITY_CODE:
        # Only the city has districts.
        association.district_id = None
    association.profile_updated_on = local_today()
    # Areas stand in a table of their own: without this the version would not see them change.
    flag_modified(association, "profile_updated_on")
    session().flush()
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action="edit_profile",
        note=" ".join(changed) or None,
    )
    return changed


def _areas(codes: tuple[str, ...]) -> list[ActivityArea]:
    return list(session().scalars(select(ActivityArea).where(ActivityArea.code.in_(codes))))
