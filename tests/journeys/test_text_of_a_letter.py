"""A clerk writes the text of a letter: looks at it, mends a wrong word, saves, goes back."""

import pytest
from playwright.sync_api import expect

from tests.journeys.accessibility import expect_well_made

pytestmark = pytest.mark.xdist_group("journeys")

WRONG = "Non possiamo, perché {motivo}\n\nRispondi entro il {fine}."
RIGHT = WRONG.replace("{fine}", "{entro}")


def test_clerk_writes_the_text_of_a_letter(make_visitor, has_javascript):
    clerk = make_visitor(320)
    clerk.signs_in("operatore@example.org")
    clerk.goes_to("/gestione/")
    clerk.follows("Testi delle lettere")
    clerk.follows("Preavviso di rigetto")
    assert clerk.path.endswith("/preavviso")

    clerk.writes(body=WRONG)
    clerk.presses("Guarda come si legge")
    preview = clerk.main.locator("#letter-preview")
    expect(preview).to_contain_text("Rispondi entro il {fine}.")
    expect(clerk.main.locator("#body")).to_have_value(WRONG)
    clerk.presses("Salva il testo")
    summary = clerk.main.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("{fine} non è fra le parole")
    expect(summary).to_contain_text("deve dire {entro}")
    expect_well_made(clerk)

    clerk.writes(body=RIGHT)
    clerk.presses("Salva il testo")
    clerk.reads("le prossime lettere partono da questo testo", "Rispondi entro il 24 dicembre 2026")
    with clerk.page.expect_download() as downloading:
        clerk.follows("Il testo salvato in PDF")
    assert downloading.value.suggested_filename == "anteprima-preavviso.pdf"

    clerk.main.get_by_text("Torna al testo del portale").click()
    clerk.presses("Butta il testo cambiato")
    clerk.reads("di nuovo il testo del portale")
    expect_well_made(clerk)
