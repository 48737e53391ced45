"""Two of the office decide the same case: the second is told, and keeps what was typed."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_request_to_approval import DONE, decides, opens_the_case

pytestmark = pytest.mark.xdist_group("journeys")

TYPED = "Manca il verbale: chiediamo di allegarlo, poi ne riparliamo."


def test_the_second_is_told_what_the_first_decided(make_visitor, make_person):
    first, second, citizen = make_visitor(1280), make_visitor(1280), make_visitor()
    citizen.signs_in(make_person("Gina Prova"), OWN_PASSWORD)
    citizen.opens_a_page_nobody_looks_after("teatro")
    citizen.follows("Rivendicala")
    name = citizen.main.locator("dl.pairs dd").first.inner_text()
    citizen.writes(applicant_role="segretaria", evidence="Scrivetemi alla posta certificata.")
    citizen.chooses("has_declared", "y")
    citizen.presses("Invia la rivendicazione")
    citizen.reads("L’abbiamo ricevuta")

    first.signs_in("operatore@example.org")
    opens_the_case(first, name)
    second.signs_in("admin@example.org")
    opens_the_case(second, name)
    decides(first, "accept", "La posta certificata conferma.")
    first.reads(DONE + name)
    decides(second, "refuse", TYPED)

    told = second.main.locator("[data-reason=already_decided]")
    expect(told).to_contain_text("Qualcuno ha già deciso")
    expect(told).to_contain_text("Carla Prova")
    expect(told).to_be_focused()
    second.reads(TYPED, "La posta certificata conferma.")
    assert second.page.locator("h1").count() == 1
    citizen.goes_to("/area-personale/")
    citizen.reads("Accolta")
    citizen.reads_nowhere(TYPED)
