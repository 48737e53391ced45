"""An association moves and changes its hours: one waits for the office, the other is public."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.accessibility import expect_well_made
from tests.journeys.test_request_to_approval import CLERK, decides

pytestmark = pytest.mark.xdist_group("journeys")

REPRESENTATIVE = "associazione@example.org"


def opens_the_desk(person):
    person.goes_to("/area-personale/")
    person.main.locator("a[href^='/associazione/']").first.click()
    person.main.locator("#profilo").wait_for()
    return person.path.split("#")[0], person.page.locator("h1").inner_text()


def opens_the_edit(clerk, name):
    # Others may wait about the same association: a claim, say.
    clerk.goes_to("/gestione/coda?tipo=profile_edit")
    clerk.main.locator("#results [data-id]").get_by_role("link", name=name).click()
    expect(clerk.page.locator("#case-title")).to_have_text(name)


def test_a_move_is_refused_and_then_approved(make_visitor, numbers, has_javascript):
    number = 100 + next(numbers)
    person, clerk, stranger = make_visitor(), make_visitor(1280), make_visitor()
    person.signs_in(REPRESENTATIVE)
    desk, name = opens_the_desk(person)
    profile = "/registro/" + re.fullmatch(r"/associazione/(.+)/", desk)[1]

    person.follows("Modifica il profilo")
    person.writes(meeting_times=f"martedì {number}, al Foscato")
    if has_javascript:
        expect(person.page.locator("#profile-preview")).to_contain_text(f"martedì {number}")
    person.writes(address=f"via della Prova {number}")
    person.presses("Guarda l’anteprima")
    expect(person.page.locator("#profile-preview")).to_contain_text("Prima li guarda l’ufficio")
    assert person.main.locator("[name=address]").input_value() == f"via della Prova {number}"
    expect_well_made(person)
    person.presses("Salva il profilo")
    person.reads("Una modifica in esame", f"via della Prova {number}", "Già pubblico")
    expect_well_made(person)

    stranger.goes_to(profile)
    stranger.reads(f"martedì {number}")
    stranger.reads_nowhere(f"via della Prova {number}")

    clerk.signs_in(CLERK)
    opens_the_edit(clerk, name)
    clerk.reads(f"via della Prova {number}", "nessun altro ha cambiato queste voci")
    expect_well_made(clerk)
    decides(clerk, "refuse", "Manca il verbale con la nuova sede: mandacelo e la approviamo.")
    person.reads_newest_mail(REPRESENTATIVE, "Non abbiamo potuto approvare")
    person.follows_mail_link("/modifiche")
    person.reads("Non approvata", "Manca il verbale con la nuova sede")
    expect_well_made(person)

    person.goes_to(f"{desk}profilo")
    person.writes(address=f"via della Prova {number}")
    person.presses("Salva il profilo")
    person.reads("Una modifica in esame")
    opens_the_edit(clerk, name)
    decides(clerk, "accept", "Abbiamo ricevuto il verbale: la sede nuova è pubblica.")
    person.reads_newest_mail(REPRESENTATIVE, "Approvata")
    stranger.goes_to(profile)
    stranger.reads(f"via della Prova {number}")
