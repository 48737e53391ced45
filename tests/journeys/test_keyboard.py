"""With the keyboard alone: everything is reached in order, and the focus can be seen."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("pages")

FOCUS = """() => {
  const el = document.activeElement;
  const seen = [el, el.nextElementSibling, el.closest('label'), el.parentElement].some(box => {
    if (!box) return false;
    const style = getComputedStyle(box);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== 'none';
  });
  const box = el.getBoundingClientRect();
  return {tag: el.localName, seen, name: el.getAttribute('name') ?? '',
          href: el.getAttribute('href') ?? '', inMenu: !!el.closest('header'),
          inResults: !!el.closest('#results'), isBody: el === document.body,
          words: el.innerText ?? '', top: box.top, height: box.height};
}"""


def tab_through(page, *, most=90):
    """Press Tab until the focus leaves the page; return what had it."""
    stops = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["isBody"]:
            break
        stops.append(stop)
        if stop["inResults"] and stop["tag"] == "a" and "Partecipo" in stop["words"]:
            break
    return stops


@pytest.mark.parametrize("width", [390, 1280])
def test_tab_reaches_menu_filters_and_the_button_in_view(make_visitor, width):
    visitor = make_visitor(width)
    visitor.goes_to("/volontariato/")
    stops = tab_through(visitor.page)
    assert stops[0]["href"] == "#contenuto"
    assert stops[0]["top"] >= 0
    assert stops[0]["height"] > 1
    unseen = [stop for stop in stops if not stop["seen"]]
    assert unseen == []
    kinds = [
        "menu" if stop["inMenu"] else "results" if stop["inResults"] else "filters"
        for stop in stops[1:]
    ]
    # In the order of the page, never back and forth.
    assert [kind for i, kind in enumerate(kinds) if i == 0 or kinds[i - 1] != kind] == [
        "menu", "filters", "results",
    ]  # fmt: skip
    assert "Partecipo" in stops[-1]["words"]


def test_the_skip_link_leads_past_the_menu(make_visitor):
    visitor = make_visitor()
    visitor.goes_to("/volontariato/")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.locator("main")).to_be_focused()
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate(FOCUS)["inMenu"] is False


def test_a_place_is_taken_without_a_pointer(make_visitor, make_person, has_javascript):
    visitor = make_visitor(1280)
    visitor.signs_in(make_person("Nora Prova"), OWN_PASSWORD)
    visitor.goes_to("/volontariato/?settore=events")
    visitor.main.locator("#results [data-id] h3 a").first.focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url("**/volontariato/turni/*")
    button = visitor.main.get_by_role("button", name="Partecipo")
    for _ in range(60):
        visitor.page.keyboard.press("Tab")
        if button.evaluate("el => el === document.activeElement"):
            break
    assert visitor.page.evaluate(FOCUS)["seen"]
    visitor.page.keyboard.press("Enter")
    visitor.reads("Il tuo posto è confermato")
    if has_javascript:
        # The answer took the place of the button and has the focus: the next Tab goes on from it.
        expect(visitor.page.locator("#shift-action")).to_be_focused()
