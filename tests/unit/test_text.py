"""Text from outside, search words, addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.core.search import search_words
from portal.core.templating import upper_first
from portal.core.text import has_forbidden_characters, slugify, without_forbidden_characters


@pytest.mark.parametrize(
    "text",
    ["nome\x00", "\x1b[31m", "Mario\u202egnp", "\u200fnascosto", "\ufeffinizio", "\ud800"],
)
def test_characters_nobody_types_are_seen(text):
    assert has_forbidden_characters(text)


@pytest.mark.parametrize("text", ["Perché no? «Sì»", "riga\nriga\r\n\ttab", "+ Vita", "日本 🎉"])
def test_what_people_type_is_left_alone(text):
    assert not has_forbidden_characters(text)
    assert without_forbidden_characters(text) == text


@given(st.text())
def test_cleaned_text_is_clean(text):
    assert not has_forbidden_characters(without_forbidden_characters(text))


@given(st.text(max_size=300))
def test_slugs_are_addresses(text):
    slug = slugify(text)
    assert len(slug) <= 80
    assert slug == slug.strip("-")
    assert all(c.isascii() and (c.isalnum() or c == "-") for c in slug)


def test_slug_of_a_name():
    assert slugify("Società di Mutuo Soccorso «L’Età d’Oro» APS") == (
        "societa-di-mutuo-soccorso-l-eta-d-oro-aps"
    )


def test_dots_of_initials_are_dropped():
    assert search_words("A.S.D. Città") == ["ASD", "Città"]


def test_search_syntax_is_only_text():
    assert search_words("a & b | !c:* 'd' (e)") == ["a", "b", "c", "d", "e"]


@given(st.text(max_size=500))
def test_search_words_are_few_and_plain(text):
    words = search_words(text)
    assert len(words) <= 8
    assert all(word.isalnum() or not word.isascii() for word in words)


def test_first_letter_rises_and_names_stay_as_they_are():
    assert upper_first("sabato 28 novembre") == "Sabato 28 novembre"
    assert upper_first("saturday 28 November, at Anna’s") == "Saturday 28 November, at Anna’s"
    assert upper_first("") == ""
    assert upper_first(Markup("<i>a</i>")) == Markup("<i>a</i>")
    assert isinstance(upper_first(Markup("a &amp; b")), Markup)
