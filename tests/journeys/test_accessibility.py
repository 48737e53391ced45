"""What the reading of pages by axe lets pass, and what not."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.accessibility import complaints_of

PAGE = """<!doctype html><html lang="it"><title>Prova</title><style>
h1 {{ height: 600px; margin: 0 }}
textarea {{ height: 100px; background: #fff; color: {color} }}
div {{ position: sticky; bottom: 0; z-index: 9; height: 150px; background: #fff }}
</style><main><h1>Prova</h1><label>Commento <textarea name="text">{words}</textarea></label>
<p style="height: 900px">Altro</p>{bar}</main></html>"""
BAR = "<div>Manda tutto</div>"


@pytest.mark.parametrize("words", ["", "Una panchina"])
@pytest.mark.parametrize(
    ("color", "bar", "is_refused"),
    [
        ("#333", "", False),
        ("#333", BAR, False),
        ("#ccc", "", True),
    ],
    ids=["dark", "dark under a bar", "pale"],
)
def test_pale_fields_are_refused_and_covered_ones_are_not(
    browser: Browser, words, color, bar, is_refused
):
    page = browser.new_page()
    page.set_content(PAGE.format(words=words, color=color, bar=bar))
    complaints = complaints_of(page)
    page.close()
    assert len(complaints) == is_refused, complaints
    assert all("color-contrast" in complaint for complaint in complaints)
