"""Initiatives of places: written, published, cancelled."""

from dataclasses import dataclass, fields
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.accounts.queries import recipients_of
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import AlreadyDecidedError, ForbiddenStepError, NotFoundError
from portal.core.history import record_step, take_step
from portal.places.emails import mail_draft_still_waits, mail_draft_waits
from portal.places.models import Initiative, Occurrence, Place
from portal.places.policies import find_publish_refusal
from portal.places.states import (
    INITIATIVE_TRANSITIONS,
    InitiativeAction,
    InitiativeState,
    OccurrenceState,
    PublishRefusal,
)
from portal.registry.queries import list_representatives

HISTORY = "initiative"


class InitiativeChangedError(AlreadyDecidedError):
    """Somebody saved the initiative since it was opened; `version` is the saved one."""

    sentence = _l("Somebody has changed this initiative in the meantime: here is how it is now.")

    def __init__(self, version: int) -> None:
        """Keep the number of what is saved now."""
        super().__init__()
        self.version = version


class CannotPublishError(ForbiddenStepError):
    """The initiative is not ready; `refusal` says what is missing."""

    sentence = _l("This initiative cannot be published yet: say when it takes place.")

    def __init__(self, refusal: PublishRefusal) -> None:
        """Keep the reason."""
        super().__init__()
        self.refusal = refusal


@dataclass(frozen=True)
class InitiativeContent:
    """What is said of an initiative; None is what nobody says."""

    title: str
    summary: str
    organiser_name: str
    description: str | None = None
    for_whom: str | None = None
    cost: str | None = None
    how_to_join: str | None = None
    organiser_association_id: int | None = None


def create_initiative(
    *,
    actor: Actor,
    place_id: int,
    form_key: str,
    content: InitiativeContent,
    on_behalf_of: str | None = None,
) -> Initiative:
    """Write the draft of an initiative and return it; the same form (`form_key`) gives the same.

    `on_behalf_of`: the association the actor acts for, by name. Raises `NotFoundError`.
    """
    # Two presses at once wait for each other here.
    place = session().scalar(
        select(Place).where(Place.id == place_id).with_for_update(key_share=True)
    )
    if place is None:
        raise NotFoundError
    made_before = (Initiative.created_by_id == actor.account_id, Initiative.form_key == form_key)
    known = session().scalar(select(Initiative).where(*made_before))
    if known is not None:
        return known
    initiative = Initiative(
        place=place, created_by_id=actor.account_id, form_key=form_key, **_values(content)
    )
    session().add(initiative)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=initiative.id,
        action="create",
        to_state=initiative.state,
        on_behalf_of=on_behalf_of,
    )
    return initiative


def update_initiative(
    *,
    actor: Actor,
    initiative_id: int,
    seen_version: int,
    content: InitiativeContent,
    on_behalf_of: str | None = None,
) -> Initiative:
    """Write what is said of an initiative.

    Raises `InitiativeChangedError` when somebody saved since `seen_version`,
    `ForbiddenStepError` for a cancelled one, `NotFoundError`.
    """
    initiative = lock_open_initiative(initiative_id, seen_version)
    values = _values(content)
    changed = [name for name, value in values.items() if getattr(initiative, name) != value]
    for name in changed:
        setattr(initiative, name, values[name])
    initiative.version += 1
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=initiative.id,
        action="edit",
        note=" ".join(changed) or None,
        on_behalf_of=on_behalf_of,
    )
    return initiative


def publish_initiative(
    *, actor: Actor, initiative_id: int, seen_version: int, on_behalf_of: str | None = None
) -> Initiative:
    """Let everybody read of an initiative.

    Raises `CannotPublishError` without any time, `ForbiddenStepError`,
    `InitiativeChangedError`, `NotFoundError`.
    """
    initiative = lock_initiative(initiative_id, seen_version)
    refusal = find_publish_refusal(_count_planned(initiative_id))
    if initiative.state is InitiativeState.DRAFT and refusal is not None:
        raise CannotPublishError(refusal)
    _step(actor, initiative, InitiativeAction.PUBLISH, on_behalf_of=on_behalf_of)
    initiative.published_at = utc_now()
    session().flush()
    return initiative


def cancel_initiative(
    *,
    actor: Actor,
    initiative_id: int,
    seen_version: int,
    reason: str,
    on_behalf_of: str | None = None,
) -> Initiative:
    """Say that an initiative does not take place any more, and why; what was counted stays.

    Raises `ForbiddenStepError`, `InitiativeChangedError`, `NotFoundError`.
    """
    initiative = lock_initiative(initiative_id, seen_version)
    initiative.cancelled_reason = reason
    _step(actor, initiative, InitiativeAction.CANCEL, note=reason, on_behalf_of=on_behalf_of)
    session().flush()
    return initiative


def tell_of_draft(*, actor: Actor, initiative: Initiative, origin: str) -> None:
    """Tell who runs the place that somebody else has written a draft for it.

    `origin`: the title of what it was written from.
    """
    for reader_id, reader in recipients_of(_runners(initiative) - {actor.id}).items():
        mail_draft_waits(initiative=initiative, reader_id=reader_id, reader=reader, origin=origin)


def remind_of_draft(*, initiative: Initiative, origin: str, since: datetime) -> None:
    """Tell who runs the place that a draft is one since `since`. For a job; twice is like once."""
    for reader_id, reader in recipients_of(_runners(initiative)).items():
        mail_draft_still_waits(
            initiative=initiative, reader_id=reader_id, reader=reader, origin=origin, since=since
        )


def lock_initiative(initiative_id: int, seen_version: int | None = None) -> Initiative:
    """Return an initiative, locked; `NotFoundError`, `InitiativeChangedError` if it moved on."""
    initiative = session().scalar(
        select(Initiative)
        .where(Initiative.id == initiative_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if initiative is None:
        raise NotFoundError
    if seen_version is not None and initiative.version != seen_version:
        raise InitiativeChangedError(initiative.version)
    return initiative


def lock_open_initiative(initiative_id: int, seen_version: int | None = None) -> Initiative:
    """Return an initiative that is not cancelled, locked; `ForbiddenStepError` if it is."""
    initiative = lock_initiative(initiative_id, seen_version)
    if initiative.state is InitiativeState.CANCELLED:
        raise ForbiddenStepError(_l("This initiative was cancelled: write a new one."))
    return initiative


def _step(
    actor: Actor,
    initiative: Initiative,
    action: InitiativeAction,
    *,
    note: str | None = None,
    on_behalf_of: str | None,
) -> None:
    take_step(
        actor=actor,
        subject=initiative,
        transitions=INITIATIVE_TRANSITIONS,
        action=action,
        note=note,
        on_behalf_of=on_behalf_of,
    )
    initiative.version += 1


def _runners(initiative: Initiative) -> set[int]:
    """Return the accounts of who represents the association that runs the place, if one does."""
    association_id = initiative.place.managing_association_id
    if association_id is None:
        return set()
    return {row.user_id for row in list_representatives(association_id)}


def _count_planned(initiative_id: int) -> int:
    statement = select(func.count()).where(
        Occurrence.initiative_id == initiative_id, Occurrence.state == OccurrenceState.PLANNED
    )
    return session().scalar(statement) or 0


def _values(content: InitiativeContent) -> dict[str, object]:
    return {one.name: getattr(content, one.name) for one in fields(content)}
