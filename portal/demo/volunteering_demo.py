"""Invented projects and shifts at real places of the city, and invented people who take part."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import from_local, frozen, local_today, utc_now
from portal.demo.enrolment_demo import accept, demo_person, fill_in
from portal.demo.giving_back_demo import seed_giving_back
from portal.demo.programmes_demo import (
    EVENTS,
    OPEN_DOORS,
    REGISTER_ALONE,
    RPLUS,
)
from portal.demo.tutor_demo import seed_tutor
from portal.registry.queries import RepresentedRow, list_associations_of
from portal.territory.queries import list_districts
from portal.volunteering.models import Shift
from portal.volunteering.services import (
    ProjectContent,
    create_project,
    create_shift,
    take_place,
)
from portal.volunteering.states import Sector

CITIZEN, CLERK = "cittadina@example.org", "operatore@example.org"
SPOKESPERSON = "associazione@example.org"
VOLUNTEERS = (
    "Samuele Prova",
    "Teresa Prova",
    "Yasmin Prova",
    "Giorgio Prova",
    "Lin Prova",
    "Federica Prova",
    "Matteo Prova",
    "Olena Prova",
    "Ahmed Prova",
    "Chiara Prova",
)
"""Further invented people; without a password nobody signs in as them."""
PANIZZI = ("Biblioteca Panizzi", "via Farini 3")


@dataclass(frozen=True)
class DemoProject:
    """A project of the demo."""

    key: str
    title: str
    summary: str
    description: str
    sector: Sector
    district: str
    place: tuple[str, str | None]
    tutor: str
    bring: str | None = None
    needs_register: bool = False
    is_event: bool = False
    """Of the programme for events, with its rules; else of R+."""
    has_partner: bool = False
    """Done with the invented association, where the demo has it."""


@dataclass(frozen=True)
class DemoShift:
    """A shift on the `weekday` (Monday is 0) that comes after today, `week` weeks later."""

    project: str
    weekday: int
    week: int
    start: str
    end: str
    capacity: int
    taken: int = 0
    """How many of the invented people press the button; past the places they wait."""
    waiting: int = 5
    opens_days_before: int | None = None
    has_citizen: bool = False
    """The demo's citizen is the first to press it."""


PROJECTS = (
    DemoProject(
        "compiti",
        "Compiti insieme dopo la scuola",
        "Due ore con ragazze e ragazzi delle medie: compiti, merenda e un po’ di pazienza.",
        "Aiuti due o tre ragazze e ragazzi con i compiti: non serve sapere tutto, serve esserci."
        "\n\nAlle 16:30 fate merenda insieme. Alla fine riordinate la sala, dieci minuti.",
        Sector.SCHOOL,
        "e",
        ("Centro sociale Nuovo Villaggio Stranieri", "via Don Sturzo 1"),
        "Giulia Prova",
        "Un astuccio. Libri e merenda ci sono già.",
    ),
    DemoProject(
        "pedibus",
        "Pedibus: a scuola a piedi",
        "Accompagni a scuola una fila di bambine e bambini, sempre in due adulti.",
        "Ritrovo alla fermata in piazza, gilet e fischietto: si parte puntuali e si raccoglie chi"
        " aspetta lungo la strada.\n\nIn mezz’ora siete a scuola. Se piove si va lo stesso, con"
        " l’ombrello.",
        Sector.SCHOOL,
        "e",
        ("Fermata del Pedibus di Ospizio", None),
        "Marco Prova",
        "Scarpe comode. Il gilet te lo diamo noi.",
        needs_register=True,
    ),
    DemoProject(
        "scaffali",
        "Gli scaffali della biblioteca",
        "Rimetti a posto i libri restituiti e copri quelli nuovi, con chi ci lavora.",
        "I libri tornano ogni giorno a centinaia: li riporti al loro posto, e impari come sono"
        " ordinati.\n\nA metà turno c’è una pausa. Chi vuole impara a foderare i libri nuovi.",
        Sector.LIBRARY,
        "centro",
        PANIZZI,
        "Elisa Prova",
    ),
    DemoProject(
        "verde",
        "Siepi e bulbi per la primavera",
        "Una mattina all’aperto: si pota, si pulisce, si piantano i bulbi.",
        "Lavorate in gruppetti di quattro con una persona che sa come si fa. Gli attrezzi ci sono."
        "\n\nA mezzogiorno si finisce con qualcosa di caldo al centro sociale.",
        Sector.GREEN,
        "c",
        ("Centro sociale Coviolo", "via F.lli Rosselli"),
        "Paolo Prova",
        "Guanti da giardino, se ne hai, e vestiti che si possono sporcare.",
    ),
    DemoProject(
        "digitale",
        "Sportello digitale",
        "Aiuti chi non usa il computer: una prenotazione, una bolletta, una videochiamata.",
        "Le persone arrivano con una domanda e un telefono in mano. Ti siedi accanto e lo fate"
        " insieme: il dito sullo schermo è sempre il loro.\n\nNon si chiedono e non si scrivono"
        " password di nessuno.",
        Sector.DIGITAL,
        "b",
        ("Centro sociale Orologio", None),
        "Nadia Prova",
    ),
    DemoProject(
        "cucina",
        "Cucina di quartiere: la cena del mercoledì",
        "Si cucina, si apparecchia e si mangia insieme a chi quella sera sarebbe da solo.",
        "Dalle sei si tagliano verdure e si apparecchia; alle otto ci si siede tutti, anche tu."
        "\n\nDopo si lava e si chiude. Chi vuole porta una ricetta di casa.",
        Sector.SOCIAL,
        "d",
        ("Centro sociale Rosta Nuova", None),
        "Carmela Prova",
        "Un grembiule.",
        has_partner=True,
    ),
    DemoProject(
        "musei",
        "Custodi gentili nelle sale",
        "Accogli chi visita le collezioni, orienti le famiglie e tieni d’occhio le sale.",
        "Prima del turno c’è un quarto d’ora di spiegazione sulla sala che ti è toccata.\n\nNon"
        " serve essere esperti: serve saper salutare.",
        Sector.MUSEUM,
        "centro",
        ("Palazzo dei Musei", "via Spallanzani 1"),
        "Renata Prova",
        needs_register=True,
    ),
    DemoProject(
        "fotografia",
        "Verso Fotografia Europea: la squadra dell’accoglienza",
        "Gli incontri per chi accoglierà il pubblico delle mostre in primavera.",
        "Si conoscono i luoghi delle mostre e si prova ad accompagnare un gruppo.\n\nChi viene"
        " adesso sceglie per primo i giorni del festival.",
        Sector.EVENTS,
        "centro",
        ("Chiostri di San Pietro", "via Emilia San Pietro 44/c"),
        "Davide Prova",
        is_event=True,
    ),
    DemoProject(
        "carrozzone",
        "Una mano al Carrozzone",
        "Il sabato si monta, si serve il caffè e si sistema la sala per le feste dei bambini.",
        "Un pomeriggio semplice: tavoli, sedie, caffè e due chiacchiere.\n\nÈ il turno giusto per"
        " cominciare, anche in due.",
        Sector.CENTRES,
        "b",
        ("Centro sociale Carrozzone", None),
        "Ivo Prova",
    ),
)

SHIFTS = (
    DemoShift("compiti", 1, 0, "15:00", "18:00", 10, 6, has_citizen=True),
    DemoShift("compiti", 3, 0, "15:00", "18:00", 10, 3),
    DemoShift("compiti", 1, 1, "15:00", "18:00", 10, 1),
    DemoShift("compiti", 3, 1, "15:00", "18:00", 10),
    DemoShift("compiti", 1, 2, "15:00", "18:00", 10),
    DemoShift("pedibus", 0, 0, "7:30", "8:30", 4, 0),
    DemoShift("pedibus", 2, 0, "7:30", "8:30", 4, 0),
    DemoShift("pedibus", 4, 0, "7:30", "8:30", 4, 0),
    DemoShift("pedibus", 0, 1, "7:30", "8:30", 4, 0),
    DemoShift("scaffali", 2, 0, "9:30", "12:00", 3, 2),
    DemoShift("scaffali", 5, 0, "14:30", "18:30", 3, 5, waiting=2),
    DemoShift("scaffali", 2, 1, "9:30", "12:00", 3, 0),
    DemoShift("verde", 5, 0, "9:00", "12:30", 8, 7),
    DemoShift("verde", 5, 1, "9:00", "12:30", 8, 2),
    DemoShift("verde", 6, 2, "9:00", "12:30", 8, 0, opens_days_before=6),
    DemoShift("digitale", 1, 0, "17:00", "19:00", 3, 6, waiting=6),
    DemoShift("digitale", 3, 0, "17:00", "19:00", 3, 4, has_citizen=True),
    DemoShift("digitale", 3, 1, "17:00", "19:00", 3, 1),
    DemoShift("cucina", 2, 0, "18:30", "21:00", 5, 4),
    DemoShift("cucina", 2, 1, "18:30", "21:00", 5, 2),
    DemoShift("musei", 6, 0, "15:00", "18:00", 4, 0),
    DemoShift("musei", 6, 1, "15:00", "18:00", 4, 0),
    DemoShift("fotografia", 4, 1, "18:00", "20:00", 20, 9),
    DemoShift("fotografia", 4, 2, "18:00", "20:00", 20, 0, opens_days_before=9),
    DemoShift("carrozzone", 5, 1, "14:00", "18:00", 4, 3),
)


def seed_volunteering(people: dict[str, Actor], programmes: dict[str, int]) -> None:
    """Write projects, shifts, places taken and enrolments.

    `people` are the demo's accounts by e-mail, about ten more people are made here; `programmes`
    are ids by key.
    """
    volunteers = [
        create_account(actor=PORTAL, email=_email(name), name=name) for name in VOLUNTEERS
    ]
    partners = list_associations_of(people[SPOKESPERSON].account_id)
    projects = _create_projects(people[CLERK], programmes, partners[0] if partners else None)
    for demo in SHIFTS:
        shift = _create_shift(people[CLERK], projects[demo.project], demo)
        # Not always the same people: whoever is elsewhere at that hour is refused anyway.
        first = SHIFTS.index(demo) % len(volunteers)
        line = volunteers[first:] + volunteers[:first]
        for actor in ([people[CITIZEN]] if demo.has_citizen else []) + line[: demo.taken]:
            take_place(actor=actor, shift_id=shift.id)
    seed_giving_back(people, projects, volunteers)
    seed_tutor(people, projects["compiti"])
    _enrol(people[CLERK], volunteers[0], days_ago=20, is_accepted=True)
    _enrol(people[CLERK], volunteers[1], days_ago=4, is_accepted=False)


def _email(name: str) -> str:
    return name.lower().replace(" ", ".") + "@example.org"


def _create_projects(
    clerk: Actor, programmes: dict[str, int], partner: RepresentedRow | None
) -> dict[str, int]:
    """Return the ids of the projects by key."""
    districts = {district.code: district.id for district in list_districts()}
    return {
        demo.key: create_project(
            actor=clerk,
            programme_id=programmes[EVENTS if demo.is_event else RPLUS],
            content=ProjectContent(
                title=demo.title,
                summary=demo.summary,
                description=demo.description,
                sector=demo.sector,
                district_id=districts[demo.district],
                place_name=demo.place[0],
                address=demo.place[1],
                tutor_name=demo.tutor,
                what_to_bring=demo.bring,
                partner_name=partner.name if partner and demo.has_partner else None,
                partner_association_id=partner.id if partner and demo.has_partner else None,
                **_own_rules(demo),
            ),
        ).id
        for demo in PROJECTS
    }


def _own_rules(demo: DemoProject) -> dict[str, Any]:
    if demo.is_event:
        return {}
    return REGISTER_ALONE if demo.needs_register else OPEN_DOORS


def _create_shift(clerk: Actor, project_id: int, demo: DemoShift) -> Shift:
    day = _day_after_today(demo.weekday) + timedelta(weeks=demo.week)
    starts_at = _at(day, demo.start)
    opens_at = None
    if demo.opens_days_before is not None:
        opens_at = _at(day - timedelta(days=demo.opens_days_before), "9:00")
    return create_shift(
        actor=clerk,
        project_id=project_id,
        starts_at=starts_at,
        ends_at=_at(day, demo.end),
        capacity=demo.capacity,
        waiting_capacity=demo.waiting,
        opens_at=opens_at,
    )


def _day_after_today(weekday: int) -> date:
    tomorrow = local_today() + timedelta(days=1)
    return tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7)


def _at(day: date, hour: str) -> datetime:
    hours, minutes = map(int, hour.split(":"))
    return from_local(datetime.combine(day, time(hours, minutes)))


def _enrol(clerk: Actor, actor: Actor, *, days_ago: int, is_accepted: bool) -> None:
    with frozen(utc_now() - timedelta(days=days_ago)):
        enrolment = fill_in(actor, demo_person(actor.name, date(1988, 3, 14)))
    if is_accepted:
        with frozen(utc_now() - timedelta(days=days_ago - 5)):
            accept(clerk, enrolment, reason="Colloquio fatto: ti diamo il benvenuto nel registro.")
