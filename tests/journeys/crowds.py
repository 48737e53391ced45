"""Many people at once before a running portal, without a browser each."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import current_app, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text

from portal.accounts.services import create_account
from portal.core.access import PORTAL
from portal.core.clock import utc_now
from portal.core.database import db
from portal.volunteering.services import (
    ProjectContent,
    create_programme,
    create_project,
    create_shift,
)
from portal.volunteering.states import Sector


def prepare_shift_and_people(
    *, people: int, capacity: int, waiting_capacity: int
) -> tuple[int, dict[str, tuple[str, str]]]:
    """Store a shift and people; return its id and each person's e-mail with cookie and token."""
    programme = create_programme(actor=PORTAL, name="Prova di forza", requires_enrolment=False)
    project = create_project(
        actor=PORTAL,
        programme_id=programme.id,
        content=ProjectContent(
            title="Turno conteso",
            summary="Prova",
            description="Prova",
            sector=Sector.EVENTS,
            place_name="Piazza",
            tutor_name="Tutor Prova",
            district_id=db.session.scalar(text("SELECT min(id) FROM district")),
        ),
    )
    shift = create_shift(
        actor=PORTAL, project_id=project.id, capacity=capacity,
        waiting_capacity=waiting_capacity,
        starts_at=utc_now() + timedelta(days=3), ends_at=utc_now() + timedelta(days=3, hours=2),
    )  # fmt: skip
    actors = [
        create_account(actor=PORTAL, email=f"forza{n}@example.org", name=f"Forza {n}")
        for n in range(people)
    ]
    db.session.commit()
    rows = db.session.execute(
        text("SELECT email, fs_uniquifier FROM user_account WHERE id = ANY(:ids)"),
        {"ids": [actor.id for actor in actors]},
    ).all()
    return shift.id, dict(zip((r.email for r in rows), sign_in_cookies(rows), strict=True))


def sign_in_cookies(rows: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Give the cookie and CSRF token of signed-in browsers, made with the portal's own key."""
    app = current_app._get_current_object()
    token = generate_csrf()
    name, signer = app.config["SESSION_COOKIE_NAME"], app.session_interface
    for row in rows:
        content = {
            "csrf_token": session["csrf_token"],
            "_user_id": row.fs_uniquifier,
            "_fresh": True,
        }
        yield f"{name}={signer.get_signing_serializer(app).dumps(content)}", token
