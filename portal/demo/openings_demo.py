"""Two projects that the sheets of the agreement in force have opened, with what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import select

from portal.accounts.services import create_account
from portal.chain.services import open_project
from portal.core.access import PORTAL, Actor
from portal.core.clock import from_local, frozen, local_today, utc_now
from portal.core.database import session
from portal.demo.agreement_texts import ORTI
from portal.demo.people_demo import TUTOR
from portal.demo.programmes_demo import OPEN_DOORS, RPLUS
from portal.laboratories.models import ProjectSheet
from portal.volunteering.queries import get_project_desk, list_hours_to_verify
from portal.volunteering.queries.presence import get_presence_shift, list_coming
from portal.volunteering.services import (
    Mark,
    ProjectContent,
    add_tutor,
    close_project,
    create_shift,
    mark_presence,
    publish_project,
    take_place,
    verify_hours,
)
from portal.volunteering.states import Presence, Sector

ARCHITECT, CLERK = "architetta@example.org", "operatore@example.org"
HANDS = ("Nives Prova", "Tiziano Prova", "Fatima Prova", "Corrado Prova", "Irma Prova")
"""Further invented people, who lend a hand where the agreement says."""
SATURDAY, SUNDAY = 5, 6
NEWEST_TO_VERIFY = 1
"""Of the bread's last Saturday nobody has verified the hours yet: they do not count."""


@dataclass(frozen=True)
class DemoOpening:
    """A project that a sheet has opened."""

    sheet: str
    title: str
    summary: str
    tasks: str
    sector: Sector
    place: str
    weekday: int
    begins: int
    hours: int
    weeks_ago: Sequence[int]
    """Of the shifts that were held."""
    opened: int
    """Days ago."""
    is_closed: bool = False
    weeks_to_come: Sequence[int] = ()


OPENINGS = (
    DemoOpening(
        sheet=ORTI.sheets[0].title,
        title="Forno aperto: una mano al pane del sabato",
        summary="Ogni sabato mattina si accende il forno: serve chi impasta, chi serve, chi lava.",
        tasks="Impastare con le fornaie\nAccogliere chi viene\nRimettere in ordine la cucina",
        sector=Sector.SOCIAL,
        place="Cucina di quartiere",
        weekday=SATURDAY,
        begins=8,
        hours=5,
        weeks_ago=(30, 22, 12, 5, 1),
        opened=260,
        weeks_to_come=(0, 1),
    ),
    DemoOpening(
        sheet=ORTI.sheets[1].title,
        title="Due domeniche per la pergola",
        summary="Si costruisce insieme la pergola degli orti: legno, viti, merenda.",
        tasks="Portare il legname\nAvvitare e piantare\nPreparare la merenda",
        sector=Sector.GREEN,
        place="Orti tra i due quartieri",
        weekday=SUNDAY,
        begins=9,
        hours=4,
        weeks_ago=(13, 12),
        opened=150,
        is_closed=True,
    ),
)


def seed_openings(people: dict[str, Actor], programmes: dict[str, int]) -> None:
    """Let sheets open projects, the office publish them, people come, hours be verified.

    `programmes` are ids by key; the agreement is in force already.
    """
    hands = [
        create_account(
            actor=PORTAL, email=name.lower().replace(" ", ".") + "@example.org", name=name
        )
        for name in HANDS
    ]
    for demo in OPENINGS:
        project_id = _open(people, programmes[RPLUS], demo)
        for number, weeks in enumerate(demo.weeks_ago):
            if weeks == NEWEST_TO_VERIFY:
                _verify(people[CLERK], project_id)
            _hold(people, project_id, demo, weeks, hands[number % 3 :])
        if demo.is_closed:
            _close(people[CLERK], project_id)
        for weeks in demo.weeks_to_come:
            _plan(people[CLERK], project_id, demo, _day(demo.weekday, weeks))


def _open(people: dict[str, Actor], programme_id: int, demo: DemoOpening) -> int:
    sheet = session().scalars(select(ProjectSheet).where(ProjectSheet.title == demo.sheet)).one()
    content = ProjectContent(
        title=demo.title,
        summary=demo.summary,
        description=sheet.contents,
        tasks=demo.tasks,
        sector=demo.sector,
        district_id=min(district.id for district in sheet.laboratory.districts),
        place_name=demo.place,
        tutor_name="Giulia Prova",
        **OPEN_DOORS,
    )
    with frozen(utc_now() - timedelta(days=demo.opened)):
        project = open_project(
            actor=people[ARCHITECT],
            sheet_id=sheet.id,
            form_key=uuid4().hex,
            programme_id=programme_id,
            content=content,
        )
    with frozen(utc_now() - timedelta(days=demo.opened - 2)):
        add_tutor(actor=people[CLERK], project_id=project.id, email=TUTOR)
        publish_project(actor=people[CLERK], project_id=project.id, seen_version=project.version)
    return project.id


def _hold(
    people: dict[str, Actor],
    project_id: int,
    demo: DemoOpening,
    weeks_ago: int,
    coming: Sequence[Actor],
) -> None:
    day = _day(demo.weekday, -weeks_ago - 1)
    starts_at = from_local(datetime.combine(day, time(demo.begins)))
    with frozen(starts_at - timedelta(days=6)):
        shift_id = _plan(people[CLERK], project_id, demo, day)
        for actor in coming:
            take_place(actor=actor, shift_id=shift_id)
    with frozen(starts_at + timedelta(hours=demo.hours)):
        rows = list_coming(get_presence_shift(shift_id))
        marks = [Mark(row.sign_up_id, Presence.PRESENT) for row in rows]
        mark_presence(actor=people[TUTOR], shift_id=shift_id, marks=marks)


def _plan(clerk: Actor, project_id: int, demo: DemoOpening, day: date) -> int:
    starts_at = from_local(datetime.combine(day, time(demo.begins)))
    shift = create_shift(
        actor=clerk,
        project_id=project_id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=demo.hours),
        capacity=6,
    )
    return shift.id


def _verify(clerk: Actor, project_id: int) -> None:
    ids = [row.id for row in list_hours_to_verify([project_id])]
    verify_hours(actor=clerk, entry_ids=ids, project_ids=[project_id])


def _close(clerk: Actor, project_id: int) -> None:
    _verify(clerk, project_id)
    with frozen(utc_now() - timedelta(days=75)):
        close_project(
            actor=clerk,
            project_id=project_id,
            seen_version=get_project_desk(project_id).version,
            reason="La pergola è in piedi: grazie a chi ha dato una mano.",
        )


def _day(weekday: int, weeks: int) -> date:
    """Return the next such day, so many weeks later or, below 0, earlier."""
    tomorrow = local_today() + timedelta(days=1)
    return tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7, weeks=weeks)
