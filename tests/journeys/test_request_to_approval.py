"""An association asks to be in the registry, the office decides, the profile is public."""

import pytest
from playwright.sync_api import expect
from stdnum import luhn

from tests.factories.files import PDF
from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")

CLERK = "operatore@example.org"
DONE = "Fatto: hai deciso su «"
LONG_TEXT = "Il giovedì ripariamo biciclette con chi passa, e il sabato le prestiamo."


def tax_code(number):
    """Return a code with a good check digit that belongs to nobody of the demo."""
    digits = f"{number:010d}"
    return digits + luhn.calc_check_digit(digits)


def paper(name):
    """Return a document to choose."""
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def writes_the_first_step(citizen, name, tax_code):
    citizen.goes_to("/registro/richiesta")
    citizen.follows("Inizia la richiesta")
    citizen.writes(name=name, tax_code=tax_code)
    citizen.chooses("kind", "aps")


def writes_the_other_steps(citizen, email):
    citizen.main.locator("[name=municipality_code]").select_option(label="Reggio nell'Emilia")
    citizen.chooses("areas", "ambiente")
    citizen.writes(description=LONG_TEXT, purposes="Riparare e prestare biciclette.")
    citizen.presses("Continua")
    citizen.writes(email=email, phone="0522 000000")
    citizen.chooses("is_email_public", "y")
    citizen.presses("Continua")
    citizen.writes(legal_representative="Cleo Prova")
    citizen.presses("Continua")
    for field in ("deed", "bylaws"):
        citizen.main.locator(f"[name={field}]").set_input_files(paper(f"{field}.pdf"))
    citizen.presses("Continua")
    citizen.writes(applicant_role="presidente")
    citizen.chooses("has_declared", "y")
    citizen.presses("Continua")


def opens_the_case(clerk, name):
    """Find the case in the queue and open it: beside the list with JavaScript, else its page."""
    clerk.goes_to("/gestione/coda")
    row = clerk.main.locator("#results [data-id]", has_text=name)
    row.get_by_role("link", name=name).click()
    expect(clerk.page.locator("#case-title")).to_have_text(name)
    # The panel stands beside the list, in which the same row still is.
    expect(clerk.main.locator("#results [data-id]", has_text=name)).to_be_visible()


def decides(clerk, action, reason):
    clerk.chooses("decision", action)
    clerk.writes(reason=reason)
    stays = clerk.main.get_by_role("button", name="Conferma e resta qui")
    button = stays if stays.count() else clerk.main.get_by_role("button", name="Conferma")
    # Answered before anybody looks for its mail.
    with clerk.page.expect_response(lambda answer: answer.request.method == "POST"):
        button.first.click()


def test_a_request_is_approved_and_the_profile_is_public(
    make_visitor, make_person, numbers, has_javascript
):
    number = 5_000_000_000 + next(numbers)
    name = f"Ciclofficina {number} (inventata)"
    email = make_person("Cleo Prova")
    citizen, clerk = make_visitor(), make_visitor(1280)
    citizen.signs_in(email, OWN_PASSWORD)

    writes_the_first_step(citizen, name, tax_code(number))
    citizen.presses("Salva e riprendi dopo")
    citizen.goes_to("/area-personale/")
    citizen.reads(name, "Bozza")
    citizen.goes_to("/registro/richiesta/associazione")
    assert citizen.main.locator("[name=name]").input_value() == name
    citizen.presses("Continua")
    writes_the_other_steps(citizen, email)
    citizen.reads(name, LONG_TEXT, "presidente")
    citizen.presses("Invia la richiesta")
    citizen.reads("L’abbiamo ricevuta: n. ")

    clerk.signs_in(CLERK)
    opens_the_case(clerk, name)
    clerk.presses("Prendi in carico")
    row = clerk.main.locator("#results [data-id]", has_text=name)
    expect(row).to_contain_text("Tua")
    opens_the_case(clerk, name)
    decides(clerk, "accept", "C’è tutto: benvenute e benvenuti nel registro.")
    clerk.reads(DONE + name)
    if has_javascript:
        expect(row).to_contain_text("Accolta")

    citizen.reads_newest_mail(email, name)
    citizen.follows_mail_link("/registro/richieste/")
    citizen.follows("Vai alla scrivania dell’associazione")
    citizen.follows("Modifica il profilo")
    citizen.writes(website="www.example.org/ciclofficina", acronym="CU")
    citizen.presses("Salva il profilo")
    citizen.reads("Salvato: ora lo vedono tutti.")

    stranger = make_visitor()
    stranger.goes_to("/registro/?q=" + f"ciclofficina+{number}")
    stranger.main.locator("#results").get_by_role("link", name=name).first.click()
    stranger.reads(LONG_TEXT, "example.org/ciclofficina", email)
    stranger.reads_nowhere("0522 000000", "Cleo Prova")


def test_a_request_is_completed_when_asked_and_approved(make_visitor, make_person, numbers):
    number = 5_000_000_000 + next(numbers)
    name = f"Banda del Rione {number} (inventata)"
    email = make_person("Dora Prova")
    citizen, clerk = make_visitor(), make_visitor(1280)
    citizen.signs_in(email, OWN_PASSWORD)
    writes_the_first_step(citizen, name, tax_code(number))
    citizen.presses("Continua")
    writes_the_other_steps(citizen, email)
    citizen.presses("Invia la richiesta")
    citizen.reads("L’abbiamo ricevuta")

    clerk.signs_in(CLERK)
    opens_the_case(clerk, name)
    decides(clerk, "ask_integration", "Scrivi la via della sede: serve per la corrispondenza.")
    clerk.reads("Il tempo è fermo")

    citizen.reads_newest_mail(email, name)
    citizen.follows_mail_link("/registro/richieste/")
    citizen.reads("Scrivi la via della sede")
    citizen.goes_to("/registro/richiesta/recapiti")
    citizen.writes(address="via della Prova 3")
    citizen.presses("Continua")
    citizen.reads("via della Prova 3")
    citizen.presses("Invia di nuovo")
    citizen.reads("L’abbiamo ricevuta")

    opens_the_case(clerk, name)
    clerk.reads("via della Prova 3")
    decides(clerk, "accept", "Ora c’è tutto, grazie.")
    clerk.reads(DONE + name)
    citizen.goes_to("/area-personale/")
    citizen.main.get_by_role("link", name=name).first.click()
    citizen.reads("Ora c’è tutto, grazie.")
