"""Young people who have helped this year, with hours that give points of the youth card."""

from datetime import timedelta

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import frozen, local_today, utc_now
from portal.demo.people_demo import TUTOR
from portal.demo.programmes_demo import CLERK, YOUTH
from portal.territory.queries import list_districts
from portal.volunteering.queries import list_hours_to_verify
from portal.volunteering.queries.applications import list_applications
from portal.volunteering.services import (
    ProjectContent,
    add_tutor,
    answer_application,
    apply_to_project,
    create_project,
    declare_hours,
    verify_hours,
)
from portal.volunteering.states import ApplicationAction, Sector, Skill, TimeKind

PROJECT_BEGAN, PROJECT_LASTS = 80, 180
"""Days ago, and days."""
HOURS = {
    "Gaia Prova": ((70, 150), (56, 120), (42, 150), (28, 90), (14, 120)),
    "Omar Prova": ((63, 120), (49, 45), (35, 120)),
    "Milo Prova": ((21, 90),),
}
"""Days ago and minutes, by person."""


def seed_youth(people: dict[str, Actor], programmes: dict[str, int]) -> None:
    """Let three young people have helped in a project of theirs, with hours that are verified."""
    with frozen(utc_now() - timedelta(days=PROJECT_BEGAN)):
        project_id = create_project(
            actor=people[CLERK], programme_id=programmes[YOUTH], content=_conversation()
        ).id
        add_tutor(actor=people[CLERK], project_id=project_id, email=TUTOR)
        members = [_join(people[TUTOR], project_id, name) for name in HOURS]
    for actor, hours in zip(members, HOURS.values(), strict=True):
        for days, minutes in hours:
            declare_hours(
                actor=actor,
                project_id=project_id,
                worked_on=local_today() - timedelta(days=days),
                minutes=minutes,
                note="",
            )
    ids = [row.id for row in list_hours_to_verify([project_id])]
    verify_hours(actor=people[TUTOR], entry_ids=ids, project_ids=[project_id])


def _join(tutor: Actor, project_id: int, name: str) -> Actor:
    email = f"{name.lower().replace(' ', '.')}@example.org"
    actor = create_account(actor=PORTAL, email=email, name=name)
    apply_to_project(actor=actor, project_id=project_id)
    (application,) = [
        row for row in list_applications(project_id, page=1).rows if row.user_id == actor.id
    ]
    answer_application(
        actor=tutor,
        project_id=project_id,
        application_id=application.id,
        action=ApplicationAction.ACCEPT,
    )
    return actor


def _conversation() -> ProjectContent:
    """Return a project that begins today."""
    districts = {district.code: district.id for district in list_districts()}
    return ProjectContent(
        title="Quattro chiacchiere in italiano",
        summary="Si parla un’ora alla settimana con chi sta imparando l’italiano.",
        description="Ci si trova in biblioteca, o si cammina insieme per il quartiere."
        "\n\nOgnuno viene quando può e segna le proprie ore.",
        tasks="Parlare piano\nFare domande\nSpiegare le parole difficili",
        sector=Sector.SOCIAL,
        skills=sorted([Skill.LANGUAGES, Skill.TEACHING]),
        time_kind=TimeKind.FLEXIBLE,
        starts_on=local_today(),
        ends_on=local_today() + timedelta(days=PROJECT_LASTS),
        people_wanted=6,
        district_id=districts["e"],
        place_name="Biblioteca Ospizio",
        tutor_name="Giulia Prova",
    )
