"""Words nobody expects: pages still fit the smallest telephone."""

import pytest

from tests.journeys.accessibility import overflow_of

pytestmark = pytest.mark.xdist_group("journeys")

ARCHITECT = "architetta@example.org"
LABORATORY = "rosta-nuova-il-parco-di-tutte-le-eta"


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
