import pytest

from portal.moderation.letter_texts import DEFAULT_TEXTS, SAMPLE_FACTS
from portal.moderation.letters import (
    ALLOWED,
    LONGEST_BODY,
    REQUIRED,
    Placeholder,
    TemplateProblem,
    TemplateProblemKind,
    check_template,
    fill,
    paragraphs_of,
    placeholders_of,
)
from portal.moderation.states import LetterKind

KINDS = list(LetterKind)
NOTICE = LetterKind.REFUSAL_NOTICE
RIGHT = "Non possiamo, perché {motivo}. Rispondi entro il {entro}."


def problems(text, kind=NOTICE, **how):
    return [(p.kind, p.placeholder) for p in check_template(kind, text, **how)]


@pytest.mark.parametrize("kind", KINDS)
def test_our_own_texts_keep_our_own_rules(kind):
    text = DEFAULT_TEXTS[kind]
    assert check_template(kind, text.body) == []
    assert check_template(kind, text.subject, is_subject=True) == []
    assert len(text.body) <= LONGEST_BODY
    filled = fill(text.body, SAMPLE_FACTS)
    assert "{" not in filled
    assert "Anna Prova" in filled


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_letter_must_say_it_may_say(kind):
    assert REQUIRED[kind] <= ALLOWED[kind]
    assert set(placeholders_of(kind)) == ALLOWED[kind]


def test_there_is_an_invented_fact_for_each_word():
    assert set(SAMPLE_FACTS) == set(Placeholder)


@pytest.mark.parametrize("kind", [LetterKind.INTEGRATION_REQUEST, LetterKind.REFUSAL_NOTICE])
def test_letters_that_ask_say_that_the_term_stands_still_and_on_what_law(kind):
    text = DEFAULT_TEXTS[kind].body
    assert "sospeso" in text
    assert "legge 241/1990" in text


def test_right_text_has_no_problem():
    assert problems(RIGHT) == []


def test_misspelt_word_is_named():
    assert problems(RIGHT + " {motivi}") == [(TemplateProblemKind.UNKNOWN, "motivi")]
    assert problems(RIGHT + " {Motivo} {}") == [
        (TemplateProblemKind.UNKNOWN, "Motivo"),
        (TemplateProblemKind.UNKNOWN, ""),
    ]


def test_word_of_another_letter_is_named():
    assert problems(RIGHT + " {risposta}") == [(TemplateProblemKind.NOT_HERE, "risposta")]


def test_what_the_law_asks_for_cannot_be_left_out():
    assert problems("Non possiamo. Rispondi entro il {entro}.") == [
        (TemplateProblemKind.MISSING, "motivo")
    ]
    assert problems("Rigetto", is_subject=True) == []


@pytest.mark.parametrize("text", ["{motivo", "motivo}", "{mo\ntivo}", "{{motivo}"])
def test_brace_that_stands_alone_is_told(text):
    assert (TemplateProblemKind.LOOSE_BRACE, "") in problems(RIGHT + text)


def test_each_problem_has_a_sentence_for_people():
    for kind in TemplateProblemKind:
        assert TemplateProblem(kind, "motivo").sentence


def test_facts_are_filled_in_once():
    assert fill("{motivo} – {entro}", {"motivo": "vedi {entro}", "entro": "domani"}) == (
        "vedi {entro} – domani"
    )


def test_word_nobody_knows_any_more_stays_as_it_stands():
    assert fill("{ormai} {motivo}", {"motivo": "no"}) == "{ormai} no"


def test_paragraphs_are_what_blank_lines_separate():
    assert paragraphs_of("a\r\nb\r\n\r\n c \n \n\n\nd") == [["a", "b"], ["c"], ["d"]]
    assert paragraphs_of(" \n ") == []
