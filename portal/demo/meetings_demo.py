"""Meetings of the demo's laboratories: one held, with minutes, and one to come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid4

from portal.core.access import Actor
from portal.core.clock import from_local, frozen, local_today, utc_now
from portal.laboratories.services import (
    MeetingContent,
    MinutesContent,
    add_attendee,
    check_in_to_meeting,
    count_without_name,
    plan_meeting,
    register,
    write_minutes,
)
from portal.laboratories.states import MeetingKind
from portal.places.queries import list_place_choices

CITIZEN = "cittadina@example.org"
SAMIRA, PAOLO, IVANA = (
    "samira.prova@example.org",
    "paolo.prova@example.org",
    "ivana.prova@example.org",
)


@dataclass(frozen=True)
class DemoMeeting:
    """A meeting, so many days from today; before today it was held."""

    laboratory: str
    days: int
    title: str
    agenda: str
    place: int
    """Which of the places, by name."""
    registered: Sequence[str] = ()
    capacity: int | None = None
    minutes: str = ""
    decisions: str = ""
    without_name: int = 0
    kind: MeetingKind = MeetingKind.OPEN


MEETINGS = (
    DemoMeeting(
        "rosta",
        -12,
        "Primo incontro: che cosa manca al parco",
        "Chi siamo\nChe cosa manca, d’estate e d’inverno\nCome si scrive una proposta",
        0,
        (SAMIRA, PAOLO),
        minutes="Ci siamo divisi in quattro tavoli. Tre su quattro hanno parlato di ombra, due di"
        " un posto dove stare quando piove.\n\nChi abita dal lato della scuola chiede il cortile"
        " aperto; chi viene da Belvedere chiede una strada sicura per arrivare.",
        decisions="Raccogliamo idee fino alla fine dell’ascolto\n"
        "La scuola porta al prossimo incontro gli orari del cortile",
        without_name=21,
    ),
    DemoMeeting(
        "rosta",
        8,
        "Secondo incontro: mettiamo in ordine le idee",
        "Le idee più sostenute\nChi può fare che cosa\nDubbi aperti",
        0,
        (CITIZEN, SAMIRA, PAOLO),
        capacity=40,
    ),
    DemoMeeting(
        "ospizio",
        -40,
        "Una passeggiata intorno alla scuola",
        "Si parte dal cancello\nSi guardano attraversamenti e marciapiedi",
        1,
        (SAMIRA,),
        minutes="In trentadue abbiamo fatto il giro dell’isolato due volte, una con i bambini e una"
        " con i tecnici della mobilità.",
        decisions="I tecnici guardano dove mettere la zona 30",
        without_name=30,
    ),
    DemoMeeting(
        "ospizio",
        16,
        "Che cosa si può fare, e quanto costa",
        "Le risposte dei servizi\nIl Pedibus: chi accompagna",
        1,
        capacity=25,
    ),
    DemoMeeting(
        "orti",
        -390,
        "Che cosa manca tra i due quartieri",
        "Gli orti\nLa cucina\nChi c’è",
        2,
        (PAOLO,),
        minutes="In ventisei, metà da Santa Croce e metà da Pieve Modolena.",
        decisions="Si scrivono le proposte entro un mese",
        without_name=25,
    ),
    DemoMeeting(
        "orti",
        -310,
        "Leggiamo insieme la bozza dell’accordo",
        "Le schede\nChi prende quale impegno",
        2,
        (PAOLO, SAMIRA),
        kind=MeetingKind.SHARING,
        minutes="La bozza è stata letta riga per riga. Il Comune aggiunge il secondo punto"
        " d’acqua.",
        decisions="Si chiede l’approvazione",
        without_name=17,
    ),
    DemoMeeting(
        "orologio",
        -160,
        "Un quartiere, quattro tavoli",
        "La scuola\nLa strada\nLa sala\nChi c’è",
        2,
        (SAMIRA,),
        minutes="Quattro tavoli, quaranta persone, dodici disponibili per il doposcuola.",
        decisions="Si scrive la proposta per la sala",
        without_name=39,
    ),
    DemoMeeting(
        "orologio",
        -60,
        "La bozza sotto la lente",
        "Le schede\nGli impegni di ognuno",
        2,
        (SAMIRA, IVANA),
        kind=MeetingKind.SHARING,
        minutes="Il gruppo delle vicine prende il Pedibus, la scuola mette un’aula.",
        decisions="Si va in Giunta",
        without_name=28,
    ),
    DemoMeeting(
        "orti",
        -150,
        "A metà strada",
        "Gli impegni presi\nChe cosa va e che cosa no",
        2,
        (PAOLO, IVANA),
        minutes="Gli orti vanno, la cucina ha bisogno di un secondo giorno.",
        decisions="Si chiede la cucina anche il mercoledì",
        without_name=9,
    ),
    DemoMeeting(
        "cortile",
        -520,
        "Che cosa si può fare in un cortile",
        "Le auto\nLe cene\nGli attrezzi",
        3,
        (IVANA, PAOLO),
        minutes="In diciotto, uno per scala almeno.",
        decisions="Si prova con una cena",
        without_name=15,
    ),
    DemoMeeting(
        "cortile",
        -440,
        "La bozza in cortile",
        "La scheda\nGli impegni",
        3,
        (IVANA, SAMIRA),
        kind=MeetingKind.SHARING,
        minutes="Letta ad alta voce, con due correzioni.",
        decisions="Si chiede l’approvazione",
        without_name=20,
    ),
    DemoMeeting(
        "cortile",
        -45,
        "Com’è andata? Guardiamo i numeri insieme",
        "Le cene\nL’armadio\nChe cosa teniamo",
        3,
        (IVANA, SAMIRA, PAOLO),
        kind=MeetingKind.EVALUATION,
        minutes="Le cene restano. L’armadio resta. Sulle auto non c’è accordo.",
        decisions="Se ne riparla in un nuovo laboratorio",
        without_name=24,
    ),
    DemoMeeting("orti", 30, "Semi e ricette: scambio di primavera", "Portate semi e ricette", 2),
)


def seed_meetings(
    leader: Actor, people: Mapping[str, Actor], laboratory_ids: Mapping[str, int]
) -> None:
    """Hold and plan meetings; `laboratory_ids` are the demo's laboratories by their keys."""
    for demo in MEETINGS:
        _seed(leader, people, laboratory_ids[demo.laboratory], demo)


def _seed(
    leader: Actor, people: Mapping[str, Actor], laboratory_id: int, demo: DemoMeeting
) -> None:
    day = local_today() + timedelta(days=demo.days)
    starts_at = from_local(datetime.combine(day, time(18)))
    with frozen(min(utc_now(), starts_at) - timedelta(days=9)):
        meeting = plan_meeting(
            actor=leader,
            laboratory_id=laboratory_id,
            form_key=uuid4().hex,
            content=_content(demo, starts_at),
        )
        for email in demo.registered:
            register(actor=people[email], meeting_id=meeting.id)
    if demo.days < 0:
        _hold(leader, people, meeting.id, demo, starts_at)
        with frozen(starts_at + timedelta(days=3)):
            write_minutes(
                actor=leader,
                laboratory_id=laboratory_id,
                meeting_id=meeting.id,
                version=meeting.version,
                content=MinutesContent(demo.minutes, demo.decisions),
                is_published=True,
            )


def _hold(
    leader: Actor,
    people: Mapping[str, Actor],
    meeting_id: int,
    demo: DemoMeeting,
    starts_at: datetime,
) -> None:
    with frozen(starts_at + timedelta(minutes=10)):
        for number, email in enumerate(demo.registered):
            check_in_to_meeting(actor=people[email], meeting_id=meeting_id, shows_name=number == 0)
        add_attendee(
            actor=leader,
            meeting_id=meeting_id,
            full_name="Gino Inventato",
            contact="0522 000001",
            on_behalf_of="il comitato inventato del quartiere",
        )
        count_without_name(actor=leader, meeting_id=meeting_id, people=demo.without_name)


def _content(demo: DemoMeeting, starts_at: datetime) -> MeetingContent:
    places = list_place_choices()
    return MeetingContent(
        title=demo.title,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        place_id=places[demo.place].id if demo.place < len(places) else None,
        place_name="Sala civica inventata",
        agenda=demo.agenda,
        capacity=demo.capacity,
        kind=demo.kind,
        waiting_capacity=10,
    )
