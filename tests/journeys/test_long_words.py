"""Words nobody expects: pages still fit the smallest telephone."""

import pytest

from tests.journeys.accessibility import overflow_of

pytestmark = pytest.mark.xdist_group("journeys")

ARCHITECT = "architetta@example.org"
LABORATORY = "rosta-nuova-il-parco-di-tutte-le-eta"
LINES_OF = """cell => {
  const words = document.createRange();
  words.selectNodeContents(cell);
  return words.getClientRects().length;
}"""


def test_a_title_without_a_space_stays_on_the_page(make_visitor):
    architect = make_visitor(320)
    architect.signs_in(ARCHITECT)
    desk = f"/gestione/laboratori/{LABORATORY}"
    architect.goes_to(f"{desk}/notizie")
    architect.writes(title="a" * 150, text="b" * 400)
    architect.presses("Pubblica")
    architect.reads("a" * 150)
    assert overflow_of(architect.page) <= 0
    architect.main.get_by_role("link", name="a" * 150).first.click()
    architect.reads("b" * 400)
    assert overflow_of(architect.page) <= 0
    architect.goes_to(f"{desk}/progetti/")
    architect.writes(title="c" * 150, text="d" * 400, adopt_until="2099-01-01")
    architect.presses("Metti in elenco")
    for page in (f"{desk}/progetti/", f"/laboratori/{LABORATORY}/progetti/"):
        architect.goes_to(page)
        architect.reads("c" * 150)
        assert overflow_of(architect.page) <= 0, page
    architect.goes_to(f"/laboratori/{LABORATORY}")
    architect.reads("a" * 150)
    assert overflow_of(architect.page) <= 0


def test_the_lines_of_a_sheet_stay_on_its_page(make_visitor):
    architect = make_visitor(320)
    architect.signs_in(ARCHITECT)
    architect.goes_to("/gestione/laboratori/tra-due-quartieri-orti-cortili-e-cucine/schede/nuova")
    architect.writes(title="Una scheda di parole lunghe")
    architect.presses("Inizia")
    architect.reads("Una scheda di parole lunghe")
    for line, fields in (
        ("chi fa qualcosa", {"does": "e" * 200}),
        ("soldi o lavoro", {"words": "g" * 200, "amount": "12,50"}),
        ("un indicatore", {"name": "h" * 200, "target": "3", "unit": "i" * 40}),
    ):
        architect.follows(f"Aggiungi {line}")
        architect.writes(**fields)
        architect.presses("Salva")
        architect.reads(*(text for text in fields.values() if len(text) > 9))
    page = architect.path.removesuffix("/scrivi")
    architect.goes_to(page)
    for width in (320, 768, 1280):
        architect.page.set_viewport_size({"width": width, "height": 844})
        assert overflow_of(architect.page) <= 0, width
    # What is short beside it stays whole.
    amount = architect.main.get_by_role("cell", name="12,50")
    assert amount.evaluate(LINES_OF) == 1
