"""From nobody to a confirmed place in a shift."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")

PROJECT = "Verso Fotografia Europea"


def finds_a_shift(visitor):
    """Open the list, keep what is about events, open the soonest shift; return its address."""
    visitor.goes_to("/volontariato/")
    visitor.main.locator("details.sheet > summary").click()
    visitor.chooses("settore", "events")
    if not visitor.has_javascript:
        visitor.presses("Mostra i turni")
    expect(visitor.page).to_have_url(re.compile("settore=events"))
    cards = visitor.main.locator("#results [data-id]")
    expect(cards.filter(has_not_text=PROJECT)).to_have_count(0)
    cards.first.get_by_role("link", name=PROJECT).first.click()
    visitor.page.wait_for_url("**/volontariato/turni/*")
    return visitor.path


def test_a_citizen_registers_takes_a_place_and_gives_it_back(make_visitor, numbers):
    citizen = make_visitor()
    email = f"ada.{next(numbers)}@example.org"

    citizen.goes_to("/registrati")
    citizen.writes(name="Ada Prova", email=email, password=OWN_PASSWORD)
    citizen.presses("Registrati")
    citizen.reads(email)
    citizen.reads_newest_mail(email, "Conferma il tuo indirizzo")
    citizen.follows_mail_link("/registrati/conferma/")
    citizen.presses("Confermo ed entro")
    citizen.reads("Ti diamo il benvenuto!")

    shift = finds_a_shift(citizen)
    citizen.presses("Partecipo")
    citizen.reads("Il tuo posto è confermato")
    assert citizen.main.get_by_role("button", name="Partecipo").count() == 0

    citizen.goes_to("/area-personale/")
    dates = citizen.main.locator("section[aria-labelledby=date]")
    expect(dates).to_contain_text(PROJECT)
    expect(dates).to_contain_text("Hai un posto")
    letter = citizen.reads_newest_mail(email, PROJECT)
    assert "Ada" in letter

    citizen.follows_mail_link(shift)
    citizen.presses("Lascio il posto")
    expect(citizen.main.get_by_role("button", name="Partecipo")).to_be_visible()
    citizen.goes_to("/area-personale/")
    expect(dates).not_to_contain_text(PROJECT)


def test_who_is_not_signed_in_comes_back_to_the_same_shift(make_visitor, make_person):
    email = make_person("Bea Prova")
    citizen = make_visitor()
    shift = finds_a_shift(citizen)

    citizen.follows("Partecipo")
    citizen.reads("Poi riprendi da dove eri.")
    citizen.writes(email=email)
    citizen.presses("Mandami il codice")
    citizen.reads("Guarda la posta")
    code_page = citizen.page.url
    code = re.search(r"\b\d{6}\b", citizen.reads_newest_mail(email, "codice"))
    assert code
    citizen.page.goto(code_page)
    citizen.writes(code=code[0])
    citizen.presses("Entra")
    citizen.page.wait_for_url(f"**{shift}")

    citizen.presses("Partecipo")
    citizen.reads("Il tuo posto è confermato")
