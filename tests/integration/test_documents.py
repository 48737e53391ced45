"""Documents that the portal makes: accessible, and deaf to what people type."""

from datetime import UTC, datetime

import pytest
import typst

from portal.core.documents import NO_GLYPH, render_pdf
from tests.factories.documents import read_pdf

MADE_AT = datetime(2026, 11, 24, 10, tzinfo=UTC)
MUCH_CHINESE = "".join(map(chr, range(0x4E00, 0x4E40)))


def letter(**changes):
    data = {
        "labels": {"page": "Pagina", "protocol": "Protocollo", "subject": "Oggetto"},
        "municipality": "Comune di Reggio Emilia",
        "office": "Ufficio",
        "protocol": "2026/000001",
        "place_and_date": "Reggio Emilia, 24 novembre 2026",
        "recipient": ["Anna Prova", "Amici inventati APS"],
        "subject": "Perché no",
        "paragraphs": [["Gentile Anna,"], ["una riga", "e un’altra"]],
        "signature": ["Carla Prova", "Responsabile del procedimento"],
        "footer": ["Comune di Reggio Emilia"],
    }
    return read_pdf(render_pdf("letter.typ", data | changes, made_at=MADE_AT))


def test_document_is_an_accessible_pdf():
    read = letter()
    assert read.is_accessible
    assert read.is_tagged
    assert read.language == "it"
    assert (read.title, read.shows_title) == ("Perché no", True)
    assert "/H1" in read.tags
    assert read.tags.count("/P") >= 2


def test_text_can_be_selected_in_the_order_it_is_read():
    text = letter().text
    places = [
        text.index(words)
        for words in (
            "Comune di Reggio Emilia", "2026/000001", "Anna Prova", "Perché no",
            "Gentile Anna,", "una riga", "e un’altra", "Carla Prova",
        )
    ]  # fmt: skip
    assert places == sorted(places)


def test_what_people_type_is_never_read_as_the_language_of_the_document():
    typed = '#panic("x") $x^2$ *a* _b_ @c <d> #read("/etc/passwd") \\ "e" // f'
    assert typed in letter(paragraphs=[[typed]]).text


@pytest.mark.parametrize("typed", ["Имя Ωμέγα", "İşçi Șerban ł", "‘a’ “b” – — … €", "perche\u0301"])
def test_names_of_our_neighbours_are_shown(typed):
    text = letter(paragraphs=[[typed]]).text
    assert NO_GLYPH not in text
    assert "perché" in text or typed in text


@pytest.mark.parametrize(
    "typed",
    ["👍🏽 bravi", "中文", MUCH_CHINESE, "1\ufe0f\u20e3", "\uf000", "\x00a\x0b"],
    ids=["smiley", "Chinese", "much Chinese", "digit in a box", "private", "control"],
)
def test_what_no_font_shows_does_not_stop_a_letter(typed):
    assert "dopo" in letter(subject=f"{typed} x", paragraphs=[[f"{typed} dopo"]]).text


def test_long_letter_goes_on_to_the_next_page():
    read = letter(paragraphs=[["parola " * 200]] * 8)
    assert read.pages > 1
    assert f"{read.pages} / {read.pages}" in read.text


def test_template_without_its_data_is_an_error_of_ours():
    with pytest.raises(typst.TypstError):
        render_pdf("letter.typ", {"subject": "x"}, made_at=MADE_AT)
