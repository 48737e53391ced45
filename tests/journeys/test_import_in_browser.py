"""Staff brings the registry up to date with the national list, in the browser."""

import pytest
from playwright.sync_api import expect

from tests.factories.import_files import make_workbook, runts_row
from tests.journeys.accessibility import expect_well_made

pytestmark = pytest.mark.xdist_group("journeys")

CLERK = "operatore@example.org"
FIRST_INVENTED = 600_000


def waits_for(clerk, words):
    """Look again until the page says so: by itself with JavaScript, else by the link."""
    for _turn in range(60):
        if clerk.main.get_by_text(words).count():
            return
        if clerk.has_javascript:
            clerk.page.wait_for_timeout(500)
        else:
            clerk.follows("Aggiorna")
    clerk.reads(words)


def test_a_list_is_uploaded_checked_and_applied(make_visitor, numbers, has_javascript, tmp_path):
    number = FIRST_INVENTED + next(numbers)
    name = f"+ Coro {number} (inventato)"
    path = tmp_path / "20260804_iscritti_v1.0.xlsx"
    path.write_bytes(
        make_workbook(
            [
                runts_row(number, name=name, municipality="REGGIO EMILIA"),
                runts_row(number + 100_000, province="NA", municipality="NAPOLI"),
                runts_row(number + 200_000, tax_code="123"),
            ]
        )
    )
    clerk = make_visitor(1280)
    clerk.signs_in(CLERK)
    clerk.goes_to("/gestione/registro/importa")
    expect_well_made(clerk)
    clerk.main.locator("input[type=file]").set_input_files(path)
    clerk.presses("Carica e controlla")
    waits_for(clerk, "Cosa succederà")
    clerk.reads(name, "Riga 4", "è di un’altra provincia: resta fuori")
    clerk.reads_nowhere("GELSOMINA")
    expect_well_made(clerk)
    clerk.page.set_viewport_size({"width": 320, "height": 800})
    expect_well_made(clerk)

    clerk.presses("Applica 1 cambio")
    waits_for(clerk, "Che cosa è successo")
    expect(clerk.page.locator("h1")).to_have_text("Il registro segue l’elenco")
    clerk.reads_newest_mail(CLERK, "Il registro segue l’elenco 20260804_iscritti_v1.0.xlsx")
    clerk.follows_mail_link("/gestione/registro/importa/")
    clerk.reads(name)

    stranger = make_visitor()
    stranger.goes_to(f"/registro/?q=coro+{number}")
    stranger.main.locator("#results").get_by_role("link", name=name).first.click()
    stranger.reads(name)
