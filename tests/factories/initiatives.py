"""Initiatives of places, for tests."""

from collections.abc import Sequence
from datetime import timedelta

from portal.accounts.models import User
from portal.chain.services import open_initiative
from portal.core.access import Actor
from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.laboratories.models import ProjectSheet
from portal.places.models import Initiative, Occurrence
from portal.places.queries import PlaceDetail
from portal.places.services import (
    InitiativeContent,
    OccurrenceContent,
    add_occurrences,
    count_attendance,
    create_initiative,
    publish_initiative,
)
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of
from tests.factories.places import make_place


def said(title: str = "Cena inventata", **more: object) -> InitiativeContent:
    """Return what is said of an initiative."""
    facts: dict[str, object] = {
        "title": title,
        "summary": "Si cena insieme.",
        "organiser_name": "Chi abita qui",
        **more,
    }
    return InitiativeContent(**facts)  # type: ignore[arg-type]


def in_hours(hours: float, lasts: float = 2) -> OccurrenceContent:
    """Return a time that begins so many hours from now; below 0, before now."""
    start = utc_now().replace(microsecond=0) + timedelta(hours=hours)
    return OccurrenceContent(start, start + timedelta(hours=lasts))


def make_initiative(
    actor: Actor,
    place: PlaceDetail | None = None,
    *,
    hours: Sequence[float] = (24,),
    is_public: bool = True,
    **content: object,
) -> Initiative:
    """Store an initiative with times that begin so many hours from now."""
    initiative = create_initiative(
        actor=actor,
        place_id=(place or make_place()).id,
        form_key=key(),
        content=said(**content),  # type: ignore[arg-type]
    )
    return _complete(actor, initiative, hours, is_public=is_public)


def make_opened_initiative(
    actor: Actor,
    sheet: ProjectSheet,
    place: PlaceDetail | None = None,
    *,
    hours: Sequence[float] = (24,),
    is_public: bool = True,
    **content: object,
) -> Initiative:
    """Store an initiative written from a sheet."""
    initiative = open_initiative(
        actor=actor,
        sheet_id=sheet.id,
        form_key=key(),
        place_id=(place or make_place()).id,
        content=said(**content),  # type: ignore[arg-type]
    )
    return _complete(actor, initiative, hours, is_public=is_public)


def times_of(initiative: Initiative) -> list[Occurrence]:
    """Return the times of an initiative, earliest first."""
    statement = db.select(Occurrence).where(Occurrence.initiative_id == initiative.id)
    return list(db.session.scalars(statement.order_by(Occurrence.starts_at)))


def let_come(actor: Actor, initiative: Initiative, people: int, *, time: int = 0) -> None:
    """Count people at one of the times of an initiative, when it is over."""
    occurrence = times_of(initiative)[time]
    with frozen(max(utc_now(), occurrence.ends_at)):
        count_attendance(
            actor=actor,
            initiative_id=initiative.id,
            occurrence_id=occurrence.id,
            attendance=people,
        )
    db.session.commit()


def make_world_initiatives(
    clerk: User, sheet_address: dict[str, object], place: PlaceDetail, words: str
) -> dict[str, dict[str, object]]:
    """Store one that happens and a draft, both opened from the sheet; their values in addresses."""
    actor = actor_of(clerk)
    sheet = db.session.get_one(ProjectSheet, sheet_address["sheet_id"])
    text = f"Si cena {words}"
    content = {
        "title": f"Cena {words}"[:150],
        "summary": text[:300],
        "description": text,
        "organiser_name": f"Chi abita qui {words}"[:200],
        "for_whom": text[:200],
        "cost": text[:200],
        "how_to_join": text[:200],
    }
    held = make_opened_initiative(actor, sheet, place, hours=(-26, 24), **content)
    draft = make_initiative(actor, place, is_public=False, **content)
    of_place = {"slug": place.slug}
    past, coming = times_of(held)
    return {
        "initiative": of_place | {"initiative_id": held.id},
        "ini-draft": of_place | {"initiative_id": draft.id},
        "ini-past": of_place | {"initiative_id": held.id, "occurrence_id": past.id},
        "ini-time": of_place | {"initiative_id": held.id, "occurrence_id": coming.id},
        "ini-opened": sheet_address | {"opened": "initiative", "thing_id": held.id},
    }


def _complete(
    actor: Actor, initiative: Initiative, hours: Sequence[float], *, is_public: bool
) -> Initiative:
    if hours:
        add_occurrences(
            actor=actor, initiative_id=initiative.id, times=[in_hours(one) for one in hours]
        )
    if is_public:
        publish_initiative(
            actor=actor, initiative_id=initiative.id, seen_version=initiative.version
        )
    db.session.commit()
    return initiative
