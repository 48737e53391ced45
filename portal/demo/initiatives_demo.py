"""What happens in an invented place: initiatives that a sheet of the agreement has opened."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from uuid import uuid4

from sqlalchemy import select

from portal.chain.services import open_initiative
from portal.core.access import PORTAL, Actor
from portal.core.clock import from_local, frozen, local_today
from portal.core.database import session
from portal.demo.agreement_texts import ORTI
from portal.demo.days import days_ago
from portal.demo.requests_demo import SPOKESPERSON
from portal.laboratories.models import ProjectSheet
from portal.places.models import Initiative
from portal.places.queries import get_place_by_slug
from portal.places.queries.initiatives import list_occurrences
from portal.places.services import (
    InitiativeContent,
    OccurrenceContent,
    PlaceFacts,
    add_occurrences,
    cancel_occurrence,
    count_attendance,
    load_places,
    publish_initiative,
)
from portal.places.states import PlaceKind
from portal.registry.queries import list_associations_of

ARCHITECT = "architetta@example.org"
KITCHEN = PlaceFacts(
    name="Cucina di quartiere inventata",
    kind=PlaceKind.NEIGHBOURHOOD_HOUSE,
    address="Via che non c’è 8",
    district_code="b",
    description="Un forno, due tavoli lunghi e un cortile. È un luogo della demo: non esiste.",
    accessibility_notes="Si entra dal cortile, senza gradini.",
)
SATURDAY = 5


@dataclass(frozen=True)
class DemoInitiative:
    """What a sheet has opened in the invented place; weeks are counted from the next Saturday."""

    title: str
    summary: str
    description: str
    cost: str
    how_to_join: str
    begins: time
    ends: time
    opened: int
    """Days ago."""
    came: Sequence[tuple[int, int | None]] = ()
    """Weeks ago and people; None: nobody has counted them yet."""
    weeks_to_come: Sequence[int] = ()
    left_out: int | None = None
    """Which of the weeks to come was cancelled."""
    is_draft: bool = False


INITIATIVES = (
    DemoInitiative(
        title="Merenda al forno",
        summary="Il sabato pomeriggio il forno è ancora caldo: si mangia insieme il pane fatto la"
        " mattina.",
        description="Chi ha impastato porta il pane, chi viene qualcosa da metterci sopra.\n\n"
        "Si apparecchia alle quattro e mezza, si sparecchia insieme.",
        cost="Gratis",
        how_to_join="Basta venire",
        begins=time(16, 30),
        ends=time(18, 30),
        opened=240,
        came=((20, 24), (16, 31), (12, 28), (8, 35), (4, 40), (1, None)),
        weeks_to_come=(0, 1, 2, 3),
        left_out=2,
    ),
    DemoInitiative(
        title="Festa del pane",
        summary="Un pomeriggio intero di forni accesi, farine da assaggiare e ricette scambiate.",
        description="La festa che chiude la stagione del forno.",
        cost="Offerta libera per la farina",
        how_to_join="Basta venire",
        begins=time(15),
        ends=time(21),
        opened=200,
        came=((22, 180),),
    ),
    DemoInitiative(
        title="Pane e storie",
        summary="Una sera al mese si impasta e qualcuno racconta.",
        description="Una bozza: chi gestisce la cucina dirà quando.",
        cost="Gratis",
        how_to_join="Basta venire",
        begins=time(18),
        ends=time(20),
        opened=3,
        is_draft=True,
    ),
)


def seed_initiatives(people: dict[str, Actor]) -> None:
    """Let a sheet open initiatives in a place that the invented association runs, and people come.

    The agreement is in force already, and the association has its representative.
    """
    [association] = list_associations_of(people[SPOKESPERSON].account_id)
    spokesperson = replace(people[SPOKESPERSON], association_ids=frozenset({association.id}))
    kitchen = replace(
        KITCHEN, managing_body=association.name, managing_association_id=association.id
    )
    load_places(actor=PORTAL, places=[kitchen])
    place_id = get_place_by_slug("cucina-di-quartiere-inventata").id
    for demo in INITIATIVES:
        content = InitiativeContent(
            title=demo.title,
            summary=demo.summary,
            description=demo.description,
            cost=demo.cost,
            how_to_join=demo.how_to_join,
            for_whom="Per tutti",
            organiser_name=association.name,
            organiser_association_id=association.id,
        )
        with days_ago(demo.opened):
            initiative = open_initiative(
                actor=people[ARCHITECT],
                sheet_id=_sheet_id(),
                form_key=uuid4().hex,
                place_id=place_id,
                content=content,
            )
        if not demo.is_draft:
            _hold(spokesperson, initiative, demo)


def _hold(spokesperson: Actor, initiative: Initiative, demo: DemoInitiative) -> None:
    by, wanted = initiative.organiser_name, initiative.id
    weeks = [-number - 1 for number, _people in demo.came] + list(demo.weeks_to_come)
    times = [_time(demo, number) for number in weeks]
    with days_ago(demo.opened - 3):
        add_occurrences(actor=spokesperson, initiative_id=wanted, times=times, on_behalf_of=by)
        publish_initiative(
            actor=spokesperson,
            initiative_id=wanted,
            seen_version=initiative.version,
            on_behalf_of=by,
        )
    held = {_time(demo, -number - 1).starts_at: people for number, people in demo.came}
    for row in list_occurrences(wanted):
        people = held.get(row.starts_at)
        if people is not None:
            with frozen(row.ends_at):
                count_attendance(
                    actor=spokesperson,
                    initiative_id=wanted,
                    occurrence_id=row.id,
                    attendance=people,
                    on_behalf_of=by,
                )
        elif demo.left_out is not None and row.starts_at == _time(demo, demo.left_out).starts_at:
            cancel_occurrence(
                actor=spokesperson, initiative_id=wanted, occurrence_id=row.id, on_behalf_of=by
            )


def _sheet_id() -> int:
    title = ORTI.sheets[0].title
    return session().scalars(select(ProjectSheet.id).where(ProjectSheet.title == title)).one()


def _time(demo: DemoInitiative, weeks: int) -> OccurrenceContent:
    tomorrow = local_today() + timedelta(days=1)
    day = tomorrow + timedelta(days=(SATURDAY - tomorrow.weekday()) % 7, weeks=weeks)
    return OccurrenceContent(
        from_local(datetime.combine(day, demo.begins)), from_local(datetime.combine(day, demo.ends))
    )
