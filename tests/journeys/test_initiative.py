"""From a sheet to a place: an initiative opened, published by who runs the place, counted."""

from datetime import date, timedelta

import pytest

from tests.journeys.accessibility import expect_well_made
from tests.journeys.test_chain import ARCHITECT, IN_FORCE

pytestmark = pytest.mark.xdist_group("journeys")

SPOKESPERSON = "associazione@example.org"
SHEET = "Il pane del sabato"
PLACE = "Cucina di quartiere inventata"


def test_initiative_of_a_sheet_is_published_by_who_runs_the_place_and_counted(
    make_visitor, has_javascript
):
    title = f"Pizza e racconti {'con' if has_javascript else 'senza'} script"
    architect, runner, citizen = (make_visitor() for _ in range(3))
    architect.signs_in(ARCHITECT)
    architect.goes_to("/accordi/")
    architect.follows(IN_FORCE)
    architect.follows(SHEET)
    architect.follows("Apri progetti e iniziative da questa scheda")
    architect.follows("Apri un’iniziativa in un luogo")
    expect_well_made(architect)
    architect.writes(title=title, organiser_name="")
    architect.main.locator("[name=place_id]").select_option(label=PLACE)
    architect.presses("Tieni la bozza")
    architect.reads("Scrivi chi la organizza.")
    expect_well_made(architect)
    architect.writes(organiser_name="Fornaie del rione")
    architect.presses("Tieni la bozza")
    architect.reads("La bozza è salva", "Si può pubblicare quando ha una data")

    citizen.goes_to("/luoghi/cucina-di-quartiere-inventata")
    citizen.reads_nowhere(title)

    runner.signs_in(SPOKESPERSON)
    runner.reads_newest_mail(SPOKESPERSON, f"Per {PLACE}: {title}")
    runner.follows_mail_link("/cura/")
    runner.reads(title, SHEET)
    expect_well_made(runner)
    thinks_of_giving_the_draft_up(runner)
    # Held a moment ago, so that people can be counted; and again in a week.
    yesterday = date.today() - timedelta(days=1)  # noqa: DTZ011 - any day gone by
    runner.writes(
        day=yesterday.isoformat(),
        starts_time="10:00",
        ends_time="12:00",
        weekly_until=(yesterday + timedelta(days=7)).isoformat(),
    )
    runner.presses("Aggiungi")
    runner.reads("2 date in più", "Una bozza")
    runner.presses("Pubblica")
    runner.reads("Pubblicata", "In quanti eravate?")
    expect_well_made(runner)
    runner.writes(attendance="-3")
    runner.presses("Annota")
    runner.reads("Scrivi un numero da 0 a 10000.")
    expect_well_made(runner)
    runner.writes(attendance="14")
    runner.presses("Annota")
    runner.reads("le presenze sono contate", "Si è svolta una volta")

    citizen.goes_to("/luoghi/cucina-di-quartiere-inventata")
    expect_well_made(citizen)
    citizen.follows(title)
    citizen.reads("Fornaie del rione", "sono venute 14 persone", "Nasce da", SHEET)
    expect_well_made(citizen)
    citizen.follows(IN_FORCE)
    citizen.follows("Segui il filo")
    citizen.reads(title, "1 data in arrivo", "presenze nei luoghi")
    expect_well_made(citizen)
    cancels_it_after_all(runner)


def thinks_of_giving_the_draft_up(runner):
    runner.follows("Lascia perdere la bozza")
    expect_well_made(runner)
    runner.follows("Lascia com’è")
    runner.reads(SHEET)


def cancels_it_after_all(runner):
    runner.follows("Annulla l’iniziativa")
    runner.reads("1 data in arrivo")
    expect_well_made(runner)
    runner.presses("Annulla l’iniziativa")
    runner.reads("Di’ perché non si fa.")
    expect_well_made(runner)
    runner.writes(reason="Il forno è guasto.")
    runner.presses("Annulla l’iniziativa")
    runner.reads("Annullata", "Il forno è guasto.")
    expect_well_made(runner)
