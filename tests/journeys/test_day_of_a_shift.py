"""The day of a shift on the tutor's phone: without script, and without network."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from portal.core.database import db
from tests.journeys.accessibility import expect_well_made
from tests.journeys.conftest import PASSWORD
from tests.journeys.processes import app_on

pytestmark = pytest.mark.xdist_group("journeys")

TUTOR = "tutor@example.org"
PENDING = "() => Object.keys(localStorage).filter(key => key.startsWith('presences-')).length"


UNMARK = (
    "DELETE FROM hours_entry WHERE sign_up_id IN (SELECT id FROM marked)",
    (
        "UPDATE sign_up SET presence = NULL, presence_at = NULL, presence_source = NULL,"
        " presence_by_id = NULL, present_people = NULL WHERE id IN (SELECT id FROM marked)"
    ),
)
MARKED = (
    "WITH marked AS (SELECT s.id FROM sign_up AS s JOIN user_account AS u ON u.id = s.user_id"
    " WHERE u.display_name LIKE ANY ('{Pietro P%,Zoe P%}') AND s.presence IS NOT NULL) "
)


@pytest.fixture
def unmarked(portal):
    """Nobody has marked Pietro and Zoe yet: tests share the shift of today."""
    with app_on(portal):
        for statement in UNMARK:
            db.session.execute(text(MARKED + statement))
        db.session.commit()


@pytest.fixture
def tutor(make_visitor, unmarked):
    """Giulia, on the page of her shift of today."""
    visitor = make_visitor()
    visitor.signs_in(TUTOR)
    visitor.goes_to("/volontariato/tutor/")
    visitor.main.locator("section[aria-labelledby=oggi] h3 a").first.click()
    visitor.reads("Chi viene")
    return visitor


def row_of(visitor, name):
    return visitor.main.locator(".roll > li", has_text=name)


def marks(visitor, name, words):
    value = {"C’è": "present", "Non c’è": "absent"}[words]
    row_of(visitor, name).locator(f"input[value={value}]").check()


def expect_marked(visitor, name, value):
    expect(row_of(visitor, name).locator(f"input[value={value}]")).to_be_checked()


def test_presences_are_saved_with_one_button(tutor):
    marks(tutor, "Pietro P.", "Non c’è")
    marks(tutor, "Zoe P.", "C’è")
    if tutor.has_javascript:
        tutor.presses("Salva le presenze")
        tutor.reads("Tutto salvato.")
    else:
        with tutor.page.expect_navigation():
            tutor.presses("Salva le presenze")
    tutor.page.reload()
    expect_marked(tutor, "Pietro P.", "absent")
    expect_marked(tutor, "Zoe P.", "present")
    # Not with an empty field half under the sticky bar, of which axe cannot say anything.
    tutor.goes_to(tutor.path)
    expect_well_made(tutor)


@pytest.mark.parametrize("has_javascript", [True], indirect=True)
def test_marks_made_without_network_leave_when_it_is_back(tutor):
    browser = tutor.page.context
    browser.set_offline(True)
    marks(tutor, "Pietro P.", "C’è")
    tutor.reads("Sei senza rete", "Una presenza è salvata su questo telefono")
    marks(tutor, "Zoe P.", "Non c’è")
    tutor.reads("2 presenze sono salvate su questo telefono")
    expect_well_made(tutor)
    browser.set_offline(False)
    expect(tutor.main.get_by_text("Sei senza rete")).to_be_hidden()
    tutor.reads("Tutto salvato.")
    assert tutor.page.evaluate(PENDING) == 0
    tutor.page.reload()
    expect_marked(tutor, "Pietro P.", "present")
    expect_marked(tutor, "Zoe P.", "absent")


@pytest.mark.parametrize("has_javascript", [True], indirect=True)
def test_marks_survive_a_page_that_is_loaded_again(tutor):
    page = tutor.page
    # The network is there for the page alone, so that it can be loaded again.
    page.add_init_script(
        "Object.defineProperty(navigator, 'onLine', {get: () => !!sessionStorage.getItem('back')})"
    )
    page.reload()
    marks(tutor, "Pietro P.", "Non c’è")
    tutor.reads("Sei senza rete")
    page.reload()
    expect_marked(tutor, "Pietro P.", "absent")
    tutor.reads("Una presenza è salvata su questo telefono")
    page.evaluate(
        "() => { sessionStorage.setItem('back', '1'); dispatchEvent(new Event('online')); }"
    )
    tutor.reads("Tutto salvato.")
    page.reload()
    expect_marked(tutor, "Pietro P.", "absent")


@pytest.mark.parametrize("has_javascript", [True], indirect=True)
def test_an_ended_session_keeps_the_marks_and_leads_back(tutor):
    path = tutor.path
    tutor.page.context.clear_cookies()
    marks(tutor, "Zoe P.", "C’è")
    tutor.reads("La sessione è finita", "sono al sicuro su questo telefono")
    tutor.follows("Accedi di nuovo")
    form = tutor.page.locator("form:has(input[name=password])")
    if not form.locator("input[name=password]").is_visible():
        tutor.page.locator("details:has(input[name=password]) > summary").click()
    form.locator("input[name=email]").fill(TUTOR)
    form.locator("input[name=password]").fill(PASSWORD)
    form.locator("button").first.click()
    tutor.page.wait_for_url(re.compile(re.escape(path)))
    tutor.reads("Tutto salvato.")
    tutor.page.reload()
    expect_marked(tutor, "Zoe P.", "present")


def test_who_types_the_code_without_a_place_is_told_whom_to_ask(tutor, make_visitor):
    code = tutor.main.locator("section[aria-labelledby=codice] b").inner_text()
    visitor = make_visitor()
    visitor.signs_in("cittadina@example.org")
    visitor.goes_to("/qui")
    visitor.writes(codice=code.lower())
    visitor.presses("Continua")
    visitor.reads("Non hai un posto in questo turno")
    expect_well_made(visitor)


def test_who_came_besides_is_added_and_identified(tutor, numbers):
    name = f"Rita Prova {next(numbers)}"
    tutor.writes(full_name=name)
    tutor.presses("Aggiungi e segna che c’è")
    tutor.reads(f"{name} è nell’elenco.")
    arrival = tutor.main.locator("section[aria-labelledby=inpiu] li", has_text=name)
    arrival.get_by_role("link", name="Scrivi chi è").click()
    tutor.writes(born_on="17/05/1990", birth_place="Scandiano")
    tutor.presses("Scrivi nel registro")
    tutor.reads("è nel registro di chi ha aiutato oggi")
    expect(arrival).to_contain_text("Nel registro di oggi")
