"""In English everything the portal itself says is English, and back."""

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.xdist_group("pages")

PAGES = (
    "/", "/volontariato/", "/volontariato/iscrizione", "/laboratori/", "/registro/",
    "/registro/richiesta", "/luoghi/", "/cerca?q=sport", "/accedi", "/registrati", "/recupera",
    "/come-funziona", "/privacy", "/accessibilita", "/note-legali", "/crediti", "/demo/posta",
)  # fmt: skip
OWN_PAGES = (
    "/area-personale/", "/area-personale/dati", "/registro/richiesta/associazione",
    "/registro/richiesta/attivita", "/registro/richiesta/recapiti", "/gestione/coda",
    "/volontariato/iscrizione/chi-sei",
    "/laboratori/rosta-nuova-il-parco-di-tutte-le-eta/proposte/nuova",
)  # fmt: skip

WORDS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const words = [document.title];
  while (walker.nextNode()) {
    const box = walker.currentNode.parentElement;
    if (!box.closest('[lang], script, option') || box.closest('[lang]') === document.body)
      words.push(walker.currentNode.textContent.trim().replace(/\\s+/g, ' '));
  }
  for (const box of document.querySelectorAll('[aria-label], [placeholder]'))
    words.push(box.getAttribute('aria-label') ?? box.getAttribute('placeholder'));
  return words.filter(word => word.length > 2);
}"""


def words_of_both_languages():
    """Return what is said in Italian only, and what in English only."""
    english, italian = set(), set()
    for path in (ROOT / "translations" / "it").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="it"):
                ids = message.id if isinstance(message.id, tuple) else (message.id,)
                words = message.string if isinstance(message.string, tuple) else (message.string,)
                english.update(ids)
                italian.update(words)
    return italian - english, english - italian


def test_each_page_speaks_one_language(make_visitor, has_javascript):
    italian, english = words_of_both_languages()
    visitor = make_visitor(390)
    visitor.signs_in("operatore@example.org")
    wrong = []
    for path in (*PAGES, *OWN_PAGES):
        visitor.goes_to(path)
        said = set(visitor.page.evaluate(WORDS))
        # Otherwise nothing would be found in English either.
        assert len(said & italian) > 3, path
        wrong += [f"{path}: {words}" for words in sorted(said & english)]
    assert visitor.page.locator("html").get_attribute("lang") == "it"

    visitor.page.locator("header a[hreflang=en]").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    assert visitor.path == OWN_PAGES[-1]
    for path in (*PAGES, *OWN_PAGES):
        visitor.goes_to(path)
        assert visitor.page.locator("html").get_attribute("lang") == "en"
        said = set(visitor.page.evaluate(WORDS))
        wrong += [f"{path}: {words}" for words in sorted(said & italian)]
    assert wrong == []

    visitor.page.locator("header a[hreflang=it]").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "it")


def test_a_form_refused_in_english_answers_in_english(make_visitor):
    visitor = make_visitor()
    visitor.goes_to("/registrati")
    visitor.page.locator("header a[hreflang=en]").click()
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    visitor.writes(name="Lia Prova", email="lia@example")
    visitor.presses("Register")
    visitor.reads("One thing to correct")
    assert visitor.main.locator("[name=name]").input_value() == "Lia Prova"
    assert visitor.page.locator("html").get_attribute("lang") == "en"
