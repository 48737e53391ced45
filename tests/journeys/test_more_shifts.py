"""More of a long list: it grows in place, and coming back finds all of it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.xdist_group("journeys")

CARDS = "#results article[data-id]"


@pytest.mark.parametrize("has_javascript", [True], ids=["javascript"])
def test_list_grows_in_place_and_is_there_after_coming_back(make_visitor, has_javascript):
    visitor = make_visitor()
    visitor.goes_to("/volontariato/")
    page = visitor.page
    before = page.locator(CARDS).count()
    page.locator("#altri-turni a").click()
    page.wait_for_url("**/volontariato/?pagine=2")
    after = page.locator(CARDS).count()
    assert after > before
    focused = page.locator("li:focus article[data-id]")
    expect(focused).to_have_attribute(
        "data-id", page.locator(CARDS).nth(before).get_attribute("data-id") or ""
    )
    expect(page.locator("#announcer")).to_contain_text("in più")
    page.locator(CARDS).nth(before + 1).locator("h3 a").click()
    page.wait_for_url("**/volontariato/turni/*")
    page.go_back()
    page.wait_for_url("**/volontariato/?pagine=2")
    expect(page.locator(CARDS)).to_have_count(after)


@pytest.mark.parametrize("has_javascript", [False], ids=["no-javascript"])
def test_without_script_the_link_leads_to_the_next_page(make_visitor, has_javascript):
    visitor = make_visitor()
    visitor.goes_to("/volontariato/")
    page = visitor.page
    first = page.locator(CARDS).first.get_attribute("data-id")
    page.locator("#altri-turni a").click()
    page.wait_for_url("**/volontariato/?pagina=2")
    assert page.locator(CARDS).first.get_attribute("data-id") != first
    page.get_by_role("link", name="I turni prima di questi").click()
    expect(page.locator(CARDS).first).to_have_attribute("data-id", first or "")
