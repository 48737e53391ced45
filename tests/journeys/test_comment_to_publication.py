"""A comment, from the phone through the queue to the talk, and the support beside it."""

import pytest

from tests.journeys.accessibility import expect_well_made
from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_request_to_approval import CLERK, DONE, decides, opens_the_case

pytestmark = pytest.mark.xdist_group("journeys")

PROPOSAL = "Letture ad alta voce sotto i tigli"


def opens_the_proposal(visitor):
    visitor.goes_to("/laboratori/")
    visitor.follows("Rosta Nuova")
    visitor.main.locator("#results").get_by_role("link", name=PROPOSAL).click()
    visitor.page.wait_for_url("**/proposte/*")


def test_a_comment_is_written_published_and_answered(make_visitor, make_person, numbers):
    text = f"Leggiamo anche in arabo, panchina {next(numbers)}"
    email = make_person("Fede Prova")
    author, clerk, stranger = make_visitor(), make_visitor(1280), make_visitor()
    author.signs_in(email, OWN_PASSWORD)
    opens_the_proposal(author)
    proposal = author.path
    author.presses("La sostengo anch’io")
    author.reads("La sostieni")
    author.presses("Non la sostengo più")
    author.reads("La sostengo anch’io")
    author.presses("La sostengo anch’io")
    author.reads("Non la sostengo più")

    author.writes(text="x" * 3000)
    author.page.locator("#text").evaluate("area => area.removeAttribute('maxlength')")
    author.writes(text="x" * 3001)
    author.presses("Invia il commento")
    author.reads("Accorcia il commento a 3000 caratteri")
    expect_well_made(author)
    author.writes(text=text)
    author.presses("Invia il commento")
    author.reads("Il tuo commento è arrivato.", text, "per ora lo vedi solo tu")
    expect_well_made(author)

    stranger.goes_to(proposal)
    stranger.reads_nowhere(text)
    stranger.reads("Accedi e sostienila", "Accedi e commenta")

    clerk.signs_in(CLERK)
    opens_the_case(clerk, text)
    expect_well_made(clerk)
    decides(clerk, "accept", "Bella idea, grazie di averla scritta.")
    clerk.reads(DONE + text)

    author.reads_newest_mail(email, "Il tuo commento è pubblico")
    author.follows_mail_link("/commenti/")
    author.reads(text)
    stranger.goes_to(proposal)
    stranger.reads(text, "Fede P.")
    stranger.reads_nowhere("Fede Prova")
    expect_well_made(stranger)

    stranger.main.locator("li", has_text=text).get_by_role("link", name="Segnala").last.click()
    stranger.reads("Segnala un commento", text)
    expect_well_made(stranger)
    stranger.writes(reason="È fuori tema.")
    stranger.presses("Invia la segnalazione")
    stranger.reads("la redazione rilegge")
