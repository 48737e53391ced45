"""A comment at a section of a project sheet: written, read by the office, shown, answered."""

import re

import pytest

from tests.journeys.accessibility import expect_well_made
from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_request_to_approval import CLERK, DONE, decides, opens_the_case

pytestmark = pytest.mark.xdist_group("journeys")

LABORATORY = "Ospizio: strade lente intorno alla scuola"
SHEET = "A scuola a piedi, in zona 30"
OPENS = re.compile(r"Di’ la tua|\d+ comment[oi]")


def opens_the_sheet(visitor):
    visitor.goes_to("/laboratori/")
    visitor.follows(LABORATORY)
    visitor.goes_to(f"{visitor.path}/schede/")
    visitor.follows(SHEET)


def section_of(visitor, name):
    return visitor.main.locator(f"section[aria-labelledby={name}]")


def test_a_comment_at_a_section_is_written_read_by_the_office_and_shown(
    make_visitor, make_person, numbers
):
    text = f"Anche con la pioggia, tettoia {next(numbers)}"
    email = make_person("Gino Prova")
    author, clerk, stranger = make_visitor(), make_visitor(1280), make_visitor()
    author.signs_in(email, OWN_PASSWORD)
    opens_the_sheet(author)
    sheet = author.path
    expect_well_made(author)
    # The portal is kept: whoever walked here before has left a comment.
    section_of(author, "aims").get_by_role("link", name=OPENS).click()
    author.page.wait_for_url("**/schede/*?sezione=finalita*")
    expect_well_made(author)
    author.page.locator("#text").evaluate("area => area.removeAttribute('maxlength')")
    author.writes(text="x" * 3001)
    author.presses("Invia il commento")
    author.reads("Accorcia il commento a 3000 caratteri")
    expect_well_made(author)
    author.writes(text=text)
    author.presses("Invia il commento")
    author.reads("Il tuo commento è arrivato.", text, "per ora lo vedi solo tu")
    expect_well_made(author)

    stranger.goes_to(f"{sheet}?sezione=finalita")
    stranger.reads_nowhere(text)
    stranger.reads("Accedi e commenta")

    clerk.signs_in(CLERK)
    opens_the_case(clerk, text)
    clerk.reads(SHEET, "Finalità")
    expect_well_made(clerk)
    decides(clerk, "accept", "Grazie: lo leggono tutti.")
    clerk.reads(DONE + text)

    author.reads_newest_mail(email, "Il tuo commento è pubblico")
    author.follows_mail_link("/commenti/")
    author.reads(text)

    stranger.goes_to(sheet)
    section_of(stranger, "aims").get_by_role("link", name=OPENS).click()
    stranger.reads(text, "Gino P.")
    stranger.reads_nowhere("Gino Prova")
    expect_well_made(stranger)
    stranger.main.locator("li", has_text=text).get_by_role("link", name="Segnala").click()
    stranger.reads("Segnala un commento", text)
    expect_well_made(stranger)

    clerk.goes_to(f"{sheet}/scrivi")
    expect_well_made(clerk)
    clerk.main.locator("summary", has_text="Finalità").click()
    clerk.reads(text)
