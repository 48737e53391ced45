"""Pages of lists and what an address may ask."""

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.core.pagination import Page, clamp_page, requested_page, requested_text

app = Flask(__name__)


@pytest.mark.parametrize(
    ("asked", "page"),
    [("", 1), ("2", 2), ("0", 1), ("-3", 1), ("due", 1), ("9" * 40, 1), ("²", 1), ("1e3", 1)],
)
def test_only_page_numbers_count(asked, page):
    with app.test_request_context("/", query_string={"pagina": asked}):
        assert requested_page() == page


def test_search_word_is_trimmed_harmless_and_short():
    with app.test_request_context("/", query_string={"q": "  citt\x00à \n viva " + "x" * 300}):
        assert requested_text().startswith("città viva x")
        assert len(requested_text()) == 100


@given(number=st.integers(1, 10_000), total=st.integers(0, 100_000))
def test_page_past_the_end_is_the_last(number, total):
    page = Page([], clamp_page(number, total), total)
    assert 1 <= page.number <= page.last
    assert page.has_next == (page.number < page.last)


@given(number=st.integers(1, 500), total=st.integers(0, 10_000))
def test_offered_numbers_hold_first_here_and_last(number, total):
    page = Page([], clamp_page(number, total), total)
    shown = [n for n in page.numbers if n is not None]
    assert shown == sorted(set(shown))
    assert {1, page.number, page.last} <= set(shown)
    assert len(page.numbers) <= 7
