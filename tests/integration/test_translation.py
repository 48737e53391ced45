"""Templates speak as Flask-Babel would make them speak, only sooner."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale
from jinja2 import DictLoader

TEMPLATES = {
    "words.html": '{{ _("Sign in") }}|{{ _("Open until %(day)s", day="<b>") }}',
    "words.txt": '{{ _("Open until %(day)s", day="<b>") }}',
    "span.html": '{{ _("From %(first)s to %(last)s.", first=first|day, last=last|day) }}',
    "approved.html": (
        '{{ _("Approved by resolution no. %(number)s of %(day)s.", number="<b>", day=day|day) }}'
    ),
    "made.html": '{{ _("Published on %(day)s", day=day|day) }}',
    "number.html": '{{ ngettext("%(num)s proposal", "%(num)s proposals", number) }}',
    "unknown.html": '{{ _("100 %% of nothing") }}',
}


@pytest.fixture
def render(app: Flask):
    environment = app.jinja_env.overlay(loader=DictLoader(TEMPLATES))
    with app.test_request_context():
        yield lambda name, **values: environment.get_template(name).render(**values)


def test_words_are_escaped_in_html_and_left_alone_in_text(render):
    assert render("words.html") == "Accedi|Aperto fino a &lt;b&gt;"
    assert render("words.txt") == "Aperto fino a <b>"


def test_each_language_keeps_its_own_words(render):
    for _round in range(2):
        assert render("words.html").startswith("Accedi|")
        with force_locale("en"):
            assert render("words.html").startswith("Sign in|")


def test_number_chooses_the_form(render):
    assert render("number.html", number=1) == "1 proposta"
    assert render("number.html", number=2) == "2 proposte"


def test_unknown_words_stay_and_per_cent_signs_are_written_twice(render):
    assert render("unknown.html") == "100 % of nothing"


def test_article_before_the_eighth_and_the_eleventh_is_elided(render):
    first, last = date(2026, 5, 8), date(2027, 11, 11)
    assert render("span.html", first=first, last=last) == (
        "Dall’8 maggio 2026 all’11 novembre 2027."
    )
    assert render("made.html", day=first) == "Pubblicato l’8 maggio 2026"
    other, another = date(2026, 5, 18), date(2027, 11, 1)
    assert render("span.html", first=other, last=another) == (
        "Dal 18 maggio 2026 al 1 novembre 2027."
    )
    with force_locale("en"):
        assert render("span.html", first=first, last=last) == "From 8 May 2026 to 11 November 2027."


def test_elided_words_are_still_escaped(render):
    assert render("approved.html", day=date(2026, 5, 8)) == (
        "Approvato con delibera n. &lt;b&gt; dell’8 maggio 2026."
    )
