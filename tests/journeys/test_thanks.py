"""Anna looks at her year, shares a page of it, a friend reads it, and it is gone."""

import re

import pytest

from tests.journeys.accessibility import expect_well_made

pytestmark = pytest.mark.xdist_group("journeys")

CITIZEN = "cittadina@example.org"
FORM = "/area-personale/grazie"
NO_NAME = "Grazie a una persona volontaria"


def test_a_year_is_shared_and_taken_back(make_visitor, portal):
    anna, friend = make_visitor(), make_visitor()
    anna.signs_in(CITIZEN)
    anna.goes_to("/area-personale/")
    anna.follows("Il tuo anno in numeri")
    anna.reads("persone incontrate", "Una mano al Carrozzone")
    expect_well_made(anna)

    anna.goes_to(FORM)
    if anna.main.get_by_role("button", name="Togli la pagina").count():
        anna.presses("Togli la pagina")
        anna.reads("il suo indirizzo da ora non porta da nessuna parte")
    anna.chooses("hours", "y")
    anna.presses("Guarda l’anteprima")
    anna.reads("Ecco come sarebbe", NO_NAME)
    assert "/grazie/" not in anna.main.inner_text()
    expect_well_made(anna)
    anna.presses("Pubblica la pagina")
    anna.reads("La tua pagina c’è")
    address = anna.main.get_by_label("Il suo indirizzo").input_value()
    assert anna.main.get_by_role("button", name="Copia l’indirizzo").is_visible() is (
        anna.has_javascript
    )
    expect_well_made(anna)

    path = re.sub(r"^https?://[^/]+", "", address)
    friend.goes_to(path)
    friend.reads(NO_NAME, "ore")
    friend.reads_nowhere("Anna", "Carrozzone")
    expect_well_made(friend)

    anna.presses("Togli la pagina")
    anna.reads("il suo indirizzo da ora non porta da nessuna parte")
    assert portal.read(path)[0] == 404
    answer = friend.page.reload()
    assert answer.status == 404
