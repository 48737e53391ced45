"""An idea with a spot on the map and a neighbour beside, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")


def test_an_idea_is_marked_on_the_map_and_proposed_together(make_visitor, make_person, numbers):
    title = f"Una fontanella al campetto {next(numbers)}"
    email, other = make_person("Ines Prova"), make_person("Ugo Prova")
    author, neighbour = make_visitor(), make_visitor()
    author.signs_in(email, OWN_PASSWORD)
    author.goes_to("/laboratori/")
    author.follows("Rosta Nuova")
    author.follows("Proponi un’idea")
    author.writes(title=title, text="Chi gioca non ha da bere.")
    author.page.get_by_label("In quale quartiere?").select_option(label="Rosta Nuova")

    picture = author.page.locator("input[type=image]")
    picture.click(position={"x": 140, "y": 100})
    author.reads("Il punto è segnato.")
    expect(author.page.get_by_label("La tua idea in poche parole")).to_have_value(title)
    x = author.page.locator("input[name=map_x]")
    expect(x).to_have_value("500")
    author.page.get_by_role("button", name="Est", exact=True).focus()
    author.page.keyboard.press("Enter")
    expect(x).to_have_value("520")

    author.presses("Rileggi e invia")
    author.reads("con un punto sulla mappa", "Rosta Nuova")
    author.follows("Proponi insieme ad altri")
    author.writes(email=other)
    author.presses("Manda l’invito")
    author.reads(other, "Non ha ancora risposto")

    neighbour.signs_in(other, OWN_PASSWORD)
    neighbour.reads_newest_mail(other, title)
    neighbour.follows_mail_link("/laboratori/inviti/")
    neighbour.reads("Chi gioca non ha da bere.")
    neighbour.presses("Sì, sto tra gli autori")
    neighbour.reads("Ora stai tra gli autori.", "con Ugo P.")

    author.follows("Torna alla proposta")
    author.reads("con Ugo Prova")
