"""Sheets in force and what they opened, for tests."""

from portal.accounts.models import User
from portal.chain.services import open_project, tie_opening
from portal.core.access import Actor
from portal.core.database import db
from portal.laboratories.models import Agreement, Laboratory, ProjectSheet
from portal.laboratories.openings import OpeningKind
from portal.volunteering.models import VolunteeringProject
from portal.volunteering.services import ProjectContent, publish_project
from portal.volunteering.states import Sector
from tests.factories.agreements import make_in_force
from tests.factories.laboratories import district_id_of
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_programme


def content_of(title: str = "Mani nei cortili", **more: object) -> ProjectContent:
    """Return what is said of a project."""
    facts: dict[str, object] = {
        "title": title,
        "summary": "Si apre il cortile insieme.",
        "description": "Si sistemano le sedie, poi si parla.",
        "sector": Sector.SOCIAL,
        "district_id": district_id_of("e"),
        "place_name": "Cortile inventato",
        "tutor_name": "Tea Tutora",
        **more,
    }
    return ProjectContent(**facts)  # type: ignore[arg-type]


def make_sheet_in_force(
    clerk: Actor, laboratory: Laboratory | None = None, words: str = ""
) -> ProjectSheet:
    """Store an agreement in force and return its sheet."""
    facts = {"words": words} if laboratory is None else {"words": words, "laboratory": laboratory}
    agreement = make_in_force(clerk, actor_of(make_user()), **facts)
    return sheet_of(agreement)


def sheet_of(agreement: Agreement) -> ProjectSheet:
    """Return the first sheet of an agreement."""
    statement = db.select(ProjectSheet).where(ProjectSheet.agreement_id == agreement.id)
    return db.session.scalars(statement.order_by(ProjectSheet.id).limit(1)).one()


def make_opened(
    actor: Actor, sheet: ProjectSheet, *, is_public: bool = True, **content: object
) -> VolunteeringProject:
    """Store a project written from a sheet, published by the office unless `is_public` says not."""
    project = open_project(
        actor=actor,
        sheet_id=sheet.id,
        form_key=key(),
        programme_id=make_programme().id,
        content=content_of(**content),  # type: ignore[arg-type]
    )
    if is_public:
        publish_project(actor=actor, project_id=project.id, seen_version=project.version)
    db.session.commit()
    return project


def make_world_openings(
    people: dict[str, User], slug: str, words: str
) -> dict[str, dict[str, object]]:
    """Let the sheet in force of a laboratory have opened a project; its values in addresses."""
    clerk = actor_of(people["staff"])
    sheet = db.session.scalars(
        db.select(ProjectSheet).join(Laboratory).where(Laboratory.slug == slug)
    ).one()
    title, text = f"Mani {words}"[:150], f"Si apre {words}"
    project = make_opened(
        clerk, sheet, title=title, summary=text[:300], description=text, place_name=title
    )
    of_sheet = {"slug": slug, "sheet_id": sheet.id}
    return {"opening": of_sheet, "opened": of_sheet | {"opened": "project", "thing_id": project.id}}


def make_tied(actor: Actor, sheet: ProjectSheet, project: VolunteeringProject) -> None:
    """Tie a project that is there already to a sheet."""
    tie_opening(actor=actor, sheet_id=sheet.id, kind=OpeningKind.PROJECT, thing_id=project.id)
    db.session.commit()
