"""Impatient fingers, the back button, two tabs, a session that ended: one sign-up, no surprise."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")

PROJECT = "Compiti insieme dopo la scuola"
TAKEN = re.compile(r"posti presi: (\d+) su")


@pytest.fixture
def citizen(make_visitor, make_person, numbers):
    """Somebody signed in, on the page of a shift with free places."""
    visitor = make_visitor()
    visitor.email = make_person("Ilde Prova")
    visitor.signs_in(visitor.email, OWN_PASSWORD)
    visitor.goes_to("/volontariato/?q=compiti")
    # The first of them has few places left; nobody of the others takes all.
    shifts = visitor.main.locator("#results [data-id]", has_text=PROJECT)
    shifts.nth(1 + next(numbers) % 4).locator("h3 a").click()
    visitor.page.wait_for_url("**/volontariato/turni/*")
    return visitor


def taken_on(page):
    found = TAKEN.search(page.locator("#shift-action").inner_text())
    assert found, page.locator("#shift-action").inner_text()
    return int(found[1])


def press_on(page):
    return page.locator("#shift-action").get_by_role("button", name="Partecipo")


def expect_one_place(citizen, taken_before):
    """The person has one place, one more is taken, one mail has left."""
    citizen.goes_to(citizen.shift)
    citizen.reads("Il tuo posto è confermato")
    assert taken_on(citizen.page) == taken_before + 1
    citizen.goes_to("/area-personale/")
    expect(citizen.main.locator("section[aria-labelledby=date] li")).to_have_count(1)
    citizen.goes_to(f"/demo/posta?a={citizen.email}")
    expect(citizen.page.locator("#results [data-id]", has_text=PROJECT)).to_have_count(1)


def test_a_double_tap_on_a_slow_network_is_one_sign_up(citizen):
    citizen.shift, before = citizen.path, taken_on(citizen.page)
    network = citizen.page.context.new_cdp_session(citizen.page)
    slow = {"offline": False, "latency": 600, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", slow)
    press_on(citizen.page).dblclick()
    citizen.reads("Il tuo posto è confermato")
    network.send("Network.emulateNetworkConditions", slow | {"latency": 0})
    expect_one_place(citizen, before)


def test_going_back_and_pressing_again_is_one_sign_up(citizen):
    citizen.shift, before = citizen.path, taken_on(citizen.page)
    press_on(citizen.page).click()
    citizen.reads("Il tuo posto è confermato")
    citizen.follows("Vedi tutti i turni di questo progetto")
    citizen.page.wait_for_url("**/progetti/*")
    citizen.page.go_back()
    citizen.page.wait_for_url(f"**{citizen.shift}*")
    if press_on(citizen.page).count():
        press_on(citizen.page).click()
    citizen.reads("Il tuo posto è confermato")
    citizen.page.go_back()
    citizen.page.wait_for_load_state()
    if press_on(citizen.page).count():
        press_on(citizen.page).click()
        citizen.reads("Il tuo posto è confermato")
    expect_one_place(citizen, before)


def test_pressing_in_two_tabs_is_one_sign_up(citizen):
    citizen.shift, before = citizen.path, taken_on(citizen.page)
    other = citizen.page.context.new_page()
    other.goto(citizen.page.url)
    press_on(citizen.page).click()
    citizen.reads("Il tuo posto è confermato")
    press_on(other).click()
    expect(other.locator("#shift-action")).to_contain_text("Il tuo posto è confermato")
    assert other.locator("h1").count() == 1
    expect_one_place(citizen, before)


def test_an_ended_session_leads_to_signing_in_and_back(citizen):
    citizen.shift, before = citizen.path, taken_on(citizen.page)
    citizen.page.context.clear_cookies()
    press_on(citizen.page).click()
    citizen.page.wait_for_url(re.compile("/accedi"))
    assert citizen.page.locator("h1").count() == 1
    assert citizen.page.locator("#shift-action").count() == 0

    form = citizen.page.locator("form:has(input[name=password])")
    form.locator("input[name=email]").fill(citizen.email)
    form.locator("input[name=password]").fill(OWN_PASSWORD)
    form.get_by_role("button", name="Entra").click()
    citizen.page.wait_for_url(f"**{citizen.shift}")
    assert taken_on(citizen.page) == before
    press_on(citizen.page).click()
    citizen.reads("Il tuo posto è confermato")
    expect_one_place(citizen, before)


def test_a_session_that_ends_in_the_middle_of_the_queue(make_visitor):
    clerk = make_visitor(1280)
    clerk.signs_in("operatore@example.org")
    clerk.goes_to("/gestione/coda")
    clerk.page.context.clear_cookies()
    clerk.main.locator("#results [data-id] h3 a").first.click()
    clerk.page.wait_for_url(re.compile("/accedi"))
    assert clerk.page.locator("h1").count() == 1
    assert clerk.page.locator("#desk").count() == 0
    assert clerk.page.locator("header .masthead").count() == 1
