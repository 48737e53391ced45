"""An idea, from the first draft to where everybody reads it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_request_to_approval import CLERK, DONE, decides, opens_the_case

pytestmark = pytest.mark.xdist_group("journeys")

MENDED = "Tre panchine all’ombra vicino alla fontana, a turno le curiamo noi del condominio."
REASON = "Dicci dove: vicino alla fontana o all’ingresso del parco?"


def test_a_proposal_is_returned_mended_and_published(make_visitor, make_person, numbers):
    title = f"Panchine all’ombra, viale {next(numbers)}"
    email = make_person("Fede Prova")
    author, clerk, stranger = make_visitor(), make_visitor(1280), make_visitor()
    author.signs_in(email, OWN_PASSWORD)
    author.goes_to("/laboratori/")
    author.follows("Rosta Nuova")
    laboratory = author.path
    author.follows("Proponi un’idea")
    author.writes(title=title)
    author.presses("Salva la bozza")
    author.reads("Bozza salvata")
    stranger.goes_to(laboratory)
    stranger.reads_nowhere(title)

    author.goes_to("/area-personale/")
    author.reads(title)
    author.main.get_by_role("article").filter(has_text=title).get_by_role("link").first.click()
    author.follows("Continua a scrivere")
    author.writes(text="Tre panchine all’ombra.")
    author.presses("Rileggi e invia")
    author.reads("Tre panchine all’ombra.", "Fede P.")
    author.presses("Invia la proposta")
    author.reads("La tua proposta è inviata.")
    proposal = author.path

    clerk.signs_in(CLERK)
    opens_the_case(clerk, title)
    decides(clerk, "return", REASON)
    clerk.reads(DONE + title)

    author.reads_newest_mail(email, title)
    author.follows_mail_link(proposal)
    expect(author.page.locator("h1")).to_have_text("Sistema la tua proposta")
    author.reads(REASON)
    author.writes(text=MENDED)
    author.presses("Rileggi e invia")
    author.presses("Invia la proposta")
    author.reads("La tua proposta è inviata.")

    opens_the_case(clerk, title)
    clerk.reads(MENDED)
    decides(clerk, "accept", "Bella idea: ora la leggono tutti.")
    clerk.reads(DONE + title)

    author.reads_newest_mail(email, "pubblica")
    stranger.goes_to(laboratory)
    stranger.main.locator("#results").get_by_role("link", name=title).click()
    expect(stranger.page.locator("h1")).to_have_text(title)
    stranger.reads(MENDED, "Fede P.")
    stranger.reads_nowhere("Fede Prova", REASON)
