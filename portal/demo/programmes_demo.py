"""The programmes of the demo with their rules, and what they offer beyond single shifts."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import local_today
from portal.core.working_calendar import holiday_name
from portal.demo.people_demo import TUTOR
from portal.registry.queries import list_associations_of
from portal.territory.queries import list_districts
from portal.volunteering.policies import SeriesPattern, list_series_days
from portal.volunteering.services import (
    ProgrammeContent,
    ProjectContent,
    add_tutor,
    apply_to_project,
    create_programme,
    create_project,
    create_series,
    draft_project,
    propose_project,
)
from portal.volunteering.states import ResidenceRule, Sector, Skill, TimeKind, Weekday

CLERK, SPOKESPERSON = "operatore@example.org", "associazione@example.org"
RPLUS, YOUTH, EVENTS = "rplus", "youth", "events"

PROGRAMMES = {
    # The municipality's rules of April 2019.
    RPLUS: ProgrammeContent(
        name="R+ Più volontari, più Reggio",
        summary="Chi ha tempo e competenze le mette nei progetti della città.",
        requires_enrolment=True,
        youngest_age=15,
        oldest_age=80,
        fitness_from_age=75,
        residence_rule=ResidenceRule.LIVING_HERE,
        requires_permit=True,
        requires_interview=True,
        requires_insurance=True,
        refuses_employees=True,
    ),
    YOUTH: ProgrammeContent(
        name="Giovani protagonisti",
        summary="Dai 14 ai 29 anni: progetti brevi, un punto per ogni ora verificata.",
        youngest_age=14,
        oldest_age=29,
        points_per_hour=Decimal(1),
    ),
    EVENTS: ProgrammeContent(
        name="Volontari per gli eventi",
        summary="Festival e feste della città: bastano un account e un giorno libero.",
        youngest_age=18,
    ),
}

OPEN_DOORS: dict[str, Any] = {
    "requires_enrolment": False,
    "requires_interview": False,
    "requires_insurance": False,
}
"""Rules of a project of R+ that everybody may try."""
REGISTER_ALONE: dict[str, Any] = {"requires_interview": False, "requires_insurance": False}
"""Rules of a project of R+ for which being in the register is enough."""

WEEKS_OF_SERIES = 12


def create_programmes(clerk: Actor) -> dict[str, int]:
    """Write the programmes; return their ids by key."""
    return {
        key: create_programme(actor=clerk, content=content).id
        for key, content in PROGRAMMES.items()
    }


def seed_programmes(people: dict[str, Actor], programmes: dict[str, int]) -> None:
    """Write a weekly series, two projects without shifts, and one that waits for the office."""
    clerk = people[CLERK]
    districts = {district.code: district.id for district in list_districts()}
    reading = _create(clerk, programmes[RPLUS], _reading(districts["centro"]))
    create_series(actor=clerk, project_id=reading, pattern=_saturdays())
    murals = _create(clerk, programmes[YOUTH], _murals(districts["e"]))
    applicant = create_account(actor=PORTAL, email="ines.prova@example.org", name="Ines Prova")
    apply_to_project(
        actor=applicant,
        project_id=murals,
        message="Disegno da sempre e ho i pomeriggi liberi, tranne il mercoledì.",
    )
    _create(clerk, programmes[RPLUS], _telephone(districts["b"]))
    _propose(people[SPOKESPERSON], programmes[RPLUS], districts["d"])


def _create(clerk: Actor, programme_id: int, content: ProjectContent) -> int:
    project = create_project(actor=clerk, programme_id=programme_id, content=content)
    add_tutor(actor=clerk, project_id=project.id, email=TUTOR)
    return project.id


def _saturdays() -> SeriesPattern:
    """Return every Saturday for some weeks, without holidays."""
    first = local_today() + timedelta(days=1)
    facts: dict[str, Any] = {
        "weekdays": frozenset({Weekday.SAT}),
        "starts_time": time(10),
        "ends_time": time(12),
        "from_on": first,
        "until_on": first + timedelta(weeks=WEEKS_OF_SERIES),
        "capacity": 2,
        "waiting_capacity": 2,
        "opens_days_before": 21,
        "closes_hours_before": 12,
    }
    every = SeriesPattern(**facts, days_left_out=frozenset())
    return SeriesPattern(
        **facts, days_left_out=frozenset(filter(_is_holiday, list_series_days(every)))
    )


def _is_holiday(day: date) -> bool:
    return holiday_name(day, "it") is not None


def _reading(district_id: int) -> ProjectContent:
    return ProjectContent(
        title="Storie ad alta voce",
        summary="Ogni sabato mattina si leggono storie a chi ha dai tre ai sei anni.",
        description="Si sceglie un libro insieme, si legge in due, poi si colora."
        "\n\nNon serve essere attrici o attori: serve una voce e un po’ di pazienza.",
        tasks="Scegliere i libri\nLeggere in due\nSistemare l’angolo delle storie",
        you_learn="A leggere per chi ascolta, con chi lavora in biblioteca.",
        sector=Sector.LIBRARY,
        skills=sorted([Skill.CHILDREN, Skill.TEACHING]),
        district_id=district_id,
        place_name="Biblioteca Panizzi",
        address="via Farini 3",
        tutor_name="Giulia Prova",
        **OPEN_DOORS,
    )


def _murals(district_id: int) -> ProjectContent:
    today = local_today()
    return ProjectContent(
        title="Il sottopasso si colora",
        summary="Tre mesi per disegnare e dipingere insieme il muro del sottopasso.",
        description="Si comincia con i bozzetti, poi si dipinge quando c’è il sole."
        "\n\nOgnuno viene quando può e segna le proprie ore.",
        tasks="Disegnare i bozzetti\nPreparare il muro\nDipingere",
        what_to_bring="Vestiti che si possono macchiare.",
        sector=Sector.SOCIAL,
        skills=sorted([Skill.MANUAL, Skill.COMMUNICATION]),
        time_kind=TimeKind.FLEXIBLE,
        starts_on=today + timedelta(days=14),
        ends_on=today + timedelta(days=104),
        people_wanted=8,
        district_id=district_id,
        place_name="Sottopasso di Ospizio",
        tutor_name="Giulia Prova",
    )


def _telephone(district_id: int) -> ProjectContent:
    return ProjectContent(
        title="Due chiacchiere al telefono",
        summary="Una telefonata alla settimana a chi vive da solo, sempre alla stessa persona.",
        description="All’inizio ci si conosce di persona, con chi segue il progetto."
        "\n\nPoi si decide insieme il giorno e l’ora. Si continua finché si ha voglia.",
        you_learn="Ad ascoltare, e che cosa fare se qualcosa non va.",
        sector=Sector.SOCIAL,
        skills=[Skill.ELDERLY],
        time_kind=TimeKind.OPEN_ENDED,
        people_wanted=12,
        district_id=district_id,
        place_name="Centro sociale Orologio",
        tutor_name="Giulia Prova",
    )


def _propose(spokesperson: Actor, programme_id: int, district_id: int) -> None:
    """Let the invented association, where the demo has it, hand a project in."""
    associations = list_associations_of(spokesperson.account_id)
    if not associations:
        return
    project = draft_project(
        actor=spokesperson,
        association_id=associations[0].id,
        programme_id=programme_id,
        content=ProjectContent(
            title="L’officina delle biciclette",
            summary="Si riparano le biciclette di chi non può comprarne una nuova.",
            description="Il sabato pomeriggio si lavora in coppia: chi sa insegna a chi non sa."
            "\n\nGli attrezzi li mettiamo noi, i pezzi li recuperiamo.",
            tasks="Smontare e pulire\nCambiare camere d’aria e freni\nProvare la bicicletta",
            sector=Sector.SOCIAL,
            skills=[Skill.MANUAL],
            district_id=district_id,
            place_name="Centro sociale Rosta Nuova",
            tutor_name="Bruno Prova",
        ),
    )
    propose_project(
        actor=spokesperson,
        association_id=associations[0].id,
        project_id=project.id,
        seen_version=project.version,
    )
