"""From agreement to hands: a project opened from a sheet, published, joined, and read back."""

from datetime import date, timedelta

import pytest

from tests.journeys.accessibility import expect_well_made
from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")

ARCHITECT, OFFICE = "architetta@example.org", "operatore@example.org"
IN_FORCE = "Tra due quartieri: coltivare, cucinare, stare insieme"
SHEET = "Acqua e ombra negli orti"


def goes_to_sheet(visitor):
    visitor.goes_to("/accordi/")
    visitor.follows(IN_FORCE)
    visitor.follows(SHEET)


def test_project_of_a_sheet_is_published_joined_and_read_back(
    make_visitor, make_person, has_javascript
):
    title = f"Irrigare a turno {'con' if has_javascript else 'senza'} script"
    architect, office, citizen = (make_visitor() for _ in range(3))
    architect.signs_in(ARCHITECT)
    goes_to_sheet(architect)
    architect.follows("Apri progetti e iniziative da questa scheda")
    expect_well_made(architect)
    architect.follows("Apri un progetto di volontariato")
    expect_well_made(architect)
    architect.writes(title=title, tutor_name="Giulia Prova", place_name="Orti")
    architect.main.locator("[name=sector]").select_option(value="green")
    architect.main.locator("[name=programme_id]").select_option(label="Volontari per gli eventi")
    architect.main.locator("[name=district_id]").select_option(index=1)
    architect.presses("Tieni la bozza")
    architect.reads(title, "In preparazione")

    goes_to_sheet(citizen)
    citizen.reads_nowhere(title)

    office.signs_in(OFFICE)
    goes_to_sheet(office)
    office.follows("Apri progetti e iniziative da questa scheda")
    office.main.locator("li", has_text=title).get_by_role("link", name="Programma").first.click()
    office.reads("Scheda progetto", SHEET)
    desk = office.path
    office.follows("Crea un turno")
    day = (date.today() + timedelta(days=9)).isoformat()  # noqa: DTZ011 - any day to come
    office.writes(day=day, starts_time="07:00", ends_time="08:00", capacity="4")
    office.main.locator("form .form-end button").first.click()
    office.goes_to(desk)
    office.presses("Pubblica")

    citizen.signs_in(make_person("Livia Prova"), OWN_PASSWORD)
    goes_to_sheet(citizen)
    citizen.reads("Cosa è nato da questa scheda", "4 posti liberi")
    citizen.follows(title)
    citizen.reads("Nasce da", SHEET, IN_FORCE)
    expect_well_made(citizen)
    citizen.presses("Partecipo")
    citizen.reads("posto")
    citizen.goes_to("/accordi/")
    citizen.follows(IN_FORCE)
    citizen.follows("Segui il filo")
    citizen.reads(title, "3 posti liberi", "Da dove nasce")
    expect_well_made(citizen)
