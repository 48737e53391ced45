"""An association looks after its own page."""

from dataclasses import dataclass

from werkzeug.datastructures import FileStorage

from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import AlreadyDecidedError
from portal.core.files import PICTURES, delete_stored_file, store_upload
from portal.core.history import record_step
from portal.registry.models import Association
from portal.registry.profile import ProfileValues
from portal.registry.services.changes import lock_association, write_changes
from portal.registry.services.freshness import end_stale_notice, mark_confirmed
from portal.registry.services.representatives import ASSOCIATION_HISTORY
from portal.registry.states import ChangeState


class ProfileChangedError(AlreadyDecidedError):
    """The profile was saved by somebody else since it was opened."""


@dataclass(frozen=True)
class SavedProfile:
    """What became of a saving: names of fields."""

    public: tuple[str, ...]
    """Everybody sees them now."""
    under_review: tuple[str, ...]
    """The office looks at them first."""


def update_profile(
    *, actor: Actor, association_id: int, seen_version: int, values: ProfileValues
) -> SavedProfile:
    """Write the profile; what an association is before the law waits for the office.

    The page is fresh from today, even when nothing changed. Raises `ProfileChangedError` when
    somebody saved since `seen_version`, `NotFoundError`, and what `write_changes` raises.
    """
    association = lock_association(association_id)
    if association.version != seen_version:
        raise ProfileChangedError
    association.profile_updated_on = local_today()
    changes = write_changes(actor=actor, association=association, values=values)
    if changes:
        end_stale_notice(actor=actor, association=association)
    else:
        mark_confirmed(actor=actor, association=association)
    names = {change.state: tuple(change.after) for change in changes}
    return SavedProfile(
        public=names.get(ChangeState.APPLIED, ()),
        under_review=names.get(ChangeState.PENDING, ()),
    )


def save_logo(*, actor: Actor, association_id: int, upload: FileStorage) -> None:
    """Show this picture as the association's logo; raises `FileRefusedError`, `NotFoundError`."""
    association = lock_association(association_id)
    before = association.logo_id
    association.logo_id = store_upload(upload=upload, allowed=PICTURES).id
    _finish_logo(actor, association, "save_logo", before)


def remove_logo(*, actor: Actor, association_id: int) -> None:
    """Show no logo any more; nothing happens where there is none."""
    association = lock_association(association_id)
    before, association.logo_id = association.logo_id, None
    if before is not None:
        _finish_logo(actor, association, "remove_logo", before)


def _finish_logo(actor: Actor, association: Association, step: str, before: int | None) -> None:
    association.profile_updated_on = local_today()
    session().flush()
    if before is not None:
        delete_stored_file(before)
    record_step(
        actor=actor,
        subject_kind=ASSOCIATION_HISTORY,
        subject_id=association.id,
        action=step,
        on_behalf_of=association.name,
    )
