"""Invented meetings of laboratories, made by the services."""

from datetime import datetime, timedelta
from io import BytesIO
from itertools import count
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.sign_ups import SignUpState
from portal.laboratories.models import Laboratory, Meeting, MeetingSignUp
from portal.laboratories.queries.attendance import code_of_meeting
from portal.laboratories.services import (
    MeetingContent,
    add_attendee,
    add_document,
    add_photo,
    plan_meeting,
    register,
)
from portal.laboratories.states import DocumentKind
from portal.permissions import Role
from tests.factories.files import PDF, upload
from tests.factories.laboratories import make_laboratory
from tests.factories.people import actor_of, make_user

_numbers = count(1)


def content(starts_at: datetime, **given: Any) -> MeetingContent:
    """Return what is said of a meeting of two hours."""
    facts = {
        "title": "Incontro di prova",
        "ends_at": starts_at + timedelta(hours=2),
        "place_name": "Sala inventata",
        "address": "via delle Prove 1",
        "capacity": 3,
        "waiting_capacity": 2,
        **given,
    }
    return MeetingContent(starts_at=starts_at, **facts)


def plan(laboratory: Laboratory | None = None, *, in_hours: float = 72, **given: Any) -> Meeting:
    """Plan a meeting that starts `in_hours` from now, by somebody of the office."""
    laboratory = laboratory or make_laboratory()
    starts_at = (utc_now() + timedelta(hours=in_hours)).replace(second=0, microsecond=0)
    meeting = plan_meeting(
        actor=actor_of(make_user(name="Carla Ufficio", roles=(Role.STAFF,))),
        laboratory_id=laboratory.id,
        form_key=f"{next(_numbers):032d}",
        content=content(starts_at, **given),
    )
    db.session.commit()
    return meeting


def register_user(meeting: Meeting, user: User | Actor | None = None, people: int = 1) -> User:
    """Register somebody, before the meeting; return who."""
    person = user if isinstance(user, User) else make_user()
    with frozen(min(utc_now(), meeting.starts_at - timedelta(days=2))):
        register(actor=actor_of(person), meeting_id=meeting.id, people=people)
    db.session.commit()
    return person


def states(meeting: Meeting) -> list[SignUpState]:
    """Return the states of a meeting's sign-ups in the order of arrival."""
    db.session.expire_all()
    statement = db.select(MeetingSignUp.state).where(MeetingSignUp.meeting_id == meeting.id)
    return list(db.session.scalars(statement.order_by(MeetingSignUp.id)))


def picture() -> FileStorage:
    """Return a picture as a telephone sends it, with where it was taken."""
    image, out = Image.new("RGB", (8, 8), "green"), BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (44.0, 42.0, 0.0)}
    image.save(out, "JPEG", exif=exif)
    return FileStorage(BytesIO(out.getvalue()), filename="tavoli.jpg")


def make_world_meeting(
    people: dict[str, User], laboratory: Laboratory, words: str
) -> dict[str, dict[str, Any]]:
    """Plan a meeting to come and one that is on, with one of each; their values in addresses."""
    clerk = actor_of(people["staff"])
    coming = plan(laboratory, title=f"Incontro {words}", place_name=words or "Sala")
    running = plan(laboratory, in_hours=-1, title=f"Adesso {words}", agenda=words or None)
    register_user(coming, people["citizen"])
    register_user(running, people["citizen"])
    slug, code = {"slug": laboratory.slug}, code_of_meeting(running.id)
    attendee = add_attendee(
        actor=clerk,
        meeting_id=running.id,
        full_name=f"Gino {words}",
        contact=words or None,
        on_behalf_of=words or None,
        shows_name=True,
    )
    photo = add_photo(
        actor=clerk,
        laboratory_id=laboratory.id,
        meeting_id=running.id,
        upload=picture(),
        alt_text=f"Tavoli {words}",
    )
    document = add_document(
        actor=clerk,
        laboratory_id=laboratory.id,
        meeting_id=running.id,
        kind=DocumentKind.MATERIAL,
        title=f"Mappa {words}",
        upload=upload(PDF),
    )
    db.session.commit()
    on = slug | {"meeting_id": running.id}
    return {
        "meeting": slug | {"meeting_id": coming.id},
        "meeting-on": on,
        "at-meeting": slug | {"meeting_id": coming.id, "user_id": people["citizen"].id},
        "came": on | {"attendee_id": attendee.id},
        "meeting-pic": on | {"photo_id": photo.id},
        "meeting-doc": on | {"document_id": document.id},
        "meet-code": {"code": code},
    }
