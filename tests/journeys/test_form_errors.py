"""A form filled in wrongly: what to mend comes first, what was written stays, at 320 px."""

import pytest
from playwright.sync_api import expect

from tests.journeys.accessibility import expect_well_made

pytestmark = pytest.mark.xdist_group("journeys")

CITIZEN, CLERK = "cittadina@example.org", "operatore@example.org"
REPRESENTATIVE = "associazione@example.org"
ERROR_COLOUR = "rgb(168, 21, 43)"
KEPT = "Vorrei una fontana vicino alla scuola"


def opens_first_case(visitor):
    visitor.goes_to("/gestione/coda?tipo=claim")
    visitor.main.locator("#results [data-id] h3 a").first.click()
    visitor.main.locator("#decisione").wait_for()
    visitor.chooses("decision", "return")


def opens_a_claim(visitor):
    visitor.opens_a_page_nobody_looks_after("sport")
    visitor.follows("Rivendicala")


def asks_for_a_claim_code(visitor):
    visitor.goes_to("/registro/circolo-del-tempo-ritrovato-inventata/rivendica/codice")
    visitor.presses("Manda il codice")
    visitor.reads("Abbiamo mandato un codice")


def opens_profile(visitor):
    visitor.goes_to("/area-personale/")
    visitor.main.locator("a[href^='/associazione/']").first.click()
    visitor.follows("Modifica il profilo")


def opens_people(visitor):
    visitor.goes_to("/area-personale/")
    visitor.main.locator("a[href^='/associazione/']").first.click()
    visitor.follows("Invita, cambia, esci")


def asks_for_a_code(visitor):
    visitor.goes_to("/accedi")
    visitor.writes(email=CITIZEN)
    visitor.presses("Mandami il codice")


def opens_own_password(visitor):
    visitor.goes_to("/area-personale/dati")


def enters_the_times(visitor):
    visitor.goes_to("/volontariato/iscrizione/chi-sei")
    visitor.writes(
        full_name="Anna Prova", born_on="17/05/1990", birth_place="Scandiano",
        address="via delle Prove 1", phone="0522 000000",
    )  # fmt: skip
    for field, value in (("residence", "resident"), ("citizenship", "italian"), ("works", "no")):
        visitor.chooses(field, value)
    visitor.presses("Continua")


FORMS = {
    # who signs in, page or way to it, what is written, button, field whose text stays
    "registration": (
        None, "/registrati", {"name": "Lia Prova", "email": "lia@example", "password": "12345678"},
        "Registrati", "name",
    ),
    "sign-in": (
        None, "/accedi", {"password": "sbagliata"}, "Entra", None,
    ),
    "recovery": (None, "/recupera", {"email": "lia@example"}, "Mandami il link", "email"),
    "code": (None, asks_for_a_code, {"code": "12"}, "Entra", "code"),
    "my-data": (CITIZEN, opens_own_password, {"name": " "}, "Salva", None),
    "request-1": (
        CITIZEN, "/registro/richiesta/associazione", {"name": KEPT, "tax_code": "12345678901"},
        "Continua", "name",
    ),
    "request-2": (
        CITIZEN, "/registro/richiesta/attivita", {"description": KEPT}, "Continua", "description",
    ),
    "request-3": (
        CITIZEN, "/registro/richiesta/recapiti", {"address": KEPT, "email": "qui"}, "Continua",
        "address",
    ),
    "request-4": (
        CITIZEN, "/registro/richiesta/dichiarazione", {"applicant_role": KEPT}, "Continua",
        "applicant_role",
    ),
    "claim": (CITIZEN, opens_a_claim, {"evidence": KEPT}, "Invia la rivendicazione", "evidence"),
    "profile": (
        REPRESENTATIVE, opens_profile, {"description": KEPT, "email": "qui"}, "Salva il profilo",
        "description",
    ),
    "invitation": (REPRESENTATIVE, opens_people, {"email": "qui"}, "Manda l’invito", "email"),
    "intervention": (
        CLERK, "/gestione/registro/banda-dei-cortili-inventata/persone",
        {"email": "qui", "reason": KEPT}, "Aggiungi e spiega perché", "reason",
    ),
    "removal-notice": (
        CLERK, "/gestione/registro/associazioni/ricamo-di-via-della-prova-inventata/avviso",
        {"reason": "corto"}, "Avvisa della cancellazione", "reason",
    ),
    "claim-code": (CITIZEN, asks_for_a_claim_code, {"code": "12"}, "Conferma il codice", "code"),
    "proposal": (
        CITIZEN, "/laboratori/rosta-nuova-il-parco-di-tutte-le-eta/proposte/nuova",
        {"what_i_offer": KEPT}, "Rileggi e invia", "what_i_offer",
    ),
    "enrolment-1": (
        CITIZEN, "/volontariato/iscrizione/chi-sei", {"born_on": "31/02/1990"}, "Continua",
        "born_on",
    ),
    "enrolment-2": (
        CITIZEN, enters_the_times, {"can_start_on": "dopodomani"}, "Continua", "can_start_on",
    ),
    "expense": (
        CITIZEN, "/area-personale/rimborsi/chiedi", {"amount": "tanto", "description": KEPT},
        "Invia la domanda", "description",
    ),
    "new person": (
        CLERK, "/gestione/sportello/nuova-persona", {"phone": "boh", "full_name": "Rosa Prova"},
        "Aggiungi la persona", "full_name",
    ),
    "decision": (CLERK, opens_first_case, {"reason": " " * 12}, "Conferma", None),
}  # fmt: skip


@pytest.mark.parametrize("has_javascript", [True], ids=["javascript"])
@pytest.mark.parametrize("form", FORMS)
def test_a_refused_form_says_what_to_mend_and_keeps_what_was_written(form, make_visitor):
    email, way, written, button, kept = FORMS[form]
    visitor = make_visitor(320)
    if email:
        visitor.signs_in(email)
    if callable(way):
        way(visitor)
    else:
        visitor.goes_to(way)
    if form == "sign-in":
        visitor.main.locator("form:has([name=password]) [name=email]").fill(CITIZEN)
    visitor.writes(**written)
    visitor.presses(button)

    summary = visitor.main.locator(".error-summary")
    expect(summary).to_be_focused()
    if kept:
        expect(visitor.main.locator(f"[name={kept}]").first).to_have_value(written[kept])
    for words in visitor.main.locator(".error-words").all():
        expect(words).to_have_css("color", ERROR_COLOUR)
    for link in summary.locator("a").all():
        field = visitor.page.locator(link.get_attribute("href"))
        expect(field).to_have_count(1)
    expect_well_made(visitor)


def test_a_refused_form_has_the_focus_without_scripts_too(make_visitor):
    visitor = make_visitor(320)
    visitor.goes_to("/recupera")
    visitor.writes(email="lia@example")
    visitor.presses("Mandami il link")
    expect(visitor.main.locator(".error-summary")).to_be_focused()
    expect(visitor.main.locator("[name=email]")).to_have_attribute("aria-invalid", "true")
