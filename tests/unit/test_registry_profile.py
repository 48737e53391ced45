"""What an association writes about itself: fields, differences, reminders."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.registry.differences import MOST_WORDS, Part, Piece, word_difference
from portal.registry.freshness import Reminder, due_reminder
from portal.registry.profile import (
    PROFILE_FIELDS,
    SENSITIVE,
    TEXTS,
    Officer,
    ProfileGap,
    ProfileValues,
    as_json,
    changed_fields,
    find_profile_gaps,
    with_json,
    write_officers,
)
from portal.registry.states import AssociationKind

FULL = ProfileValues(
    description="Cantiamo.", acronym=None, purposes="Cantare.", audience="tutti",
    areas=("cultura", "sport"), meeting_times="lunedì", email=None, phone="0522 1", website=None,
    officers=(Officer("Ada Prova", "presidente"),), name="Coro", tax_code="91000000001",
    kind=AssociationKind.APS, municipality_code="035033", district_id=3, address=None,
    legal_representative="Ada Prova", certified_email="coro@pec.example.org",
)  # fmt: skip


def test_a_profile_without_words_areas_and_contacts_has_three_gaps():
    assert find_profile_gaps(replace(FULL, description=None, areas=(), phone=None)) == [
        ProfileGap.NO_DESCRIPTION,
        ProfileGap.NO_CONTACT,
        ProfileGap.NO_AREAS,
    ]
    assert find_profile_gaps(FULL) == []


def test_changed_fields_are_named_in_the_order_of_the_form():
    after = replace(FULL, website="https://x", description="No", name="Coro nuovo")
    assert changed_fields(FULL, after) == ["description", "website", "name"]
    assert changed_fields(FULL, FULL) == []


def test_who_an_association_is_before_the_law_is_sensitive():
    assert {
        "name", "tax_code", "kind", "municipality_code", "district_id", "address",
        "legal_representative", "certified_email",
    } == SENSITIVE  # fmt: skip
    assert set(PROFILE_FIELDS) > SENSITIVE | TEXTS
    assert not SENSITIVE & TEXTS


def test_a_profile_comes_back_from_json_as_it_was():
    empty = replace(
        FULL, description=None, areas=(), officers=(), name="x", kind=AssociationKind.OTHER,
        municipality_code=None, district_id=None, legal_representative=None,
    )  # fmt: skip
    kept = json.loads(json.dumps(as_json(FULL, PROFILE_FIELDS)))
    assert with_json(empty, kept) == FULL
    assert with_json(FULL, {"name": "Coro nuovo", "was_a_field": 1}) == replace(
        FULL, name="Coro nuovo"
    )


def test_officers_are_read_a_line_each():
    officers = (Officer("Ada Prova", "presidente"), Officer("Ivo Prova", "revisore"))
    assert write_officers(officers) == "Ada Prova, presidente\nIvo Prova, revisore"
    assert write_officers(()) == ""


def test_a_word_that_changed_is_the_only_one_marked():
    assert word_difference("Ci trovi lunedì 15–18.", "Ci trovi lunedì e giovedì 15–18.") == [
        Piece(Part.SAME, "Ci trovi lunedì "),
        Piece(Part.NEW, "e giovedì "),
        Piece(Part.SAME, "15–18."),
    ]


def test_texts_with_nothing_in_common_stand_one_after_the_other():
    assert word_difference("Leggiamo ad alta voce", "Tutt’altro") == [
        Piece(Part.GONE, "Leggiamo ad alta voce"),
        Piece(Part.NEW, "Tutt’altro"),
    ]
    assert word_difference("", "Nuovo") == [Piece(Part.NEW, "Nuovo")]
    assert word_difference("Via", "") == [Piece(Part.GONE, "Via")]
    assert word_difference("Uguale", "Uguale") == [Piece(Part.SAME, "Uguale")]


def test_words_that_change_one_after_the_other_are_read_as_one_change():
    before = "Apriamolo due pomeriggi alla settimana. Serve qualcuno."
    after = "Apriamolo il martedì e il giovedì. Serve qualcuno."
    assert word_difference(before, after) == [
        Piece(Part.SAME, "Apriamolo "),
        Piece(Part.GONE, "due pomeriggi alla settimana."),
        Piece(Part.NEW, "il martedì e il giovedì."),
        Piece(Part.SAME, " Serve qualcuno."),
    ]


def test_paragraphs_keep_apart_what_changes_in_each():
    assert word_difference("Uno due\n\ntre quattro", "Uno DUE\n\nTRE quattro") == [
        Piece(Part.SAME, "Uno "),
        Piece(Part.GONE, "due"),
        Piece(Part.NEW, "DUE"),
        Piece(Part.SAME, "\n\n"),
        Piece(Part.GONE, "tre"),
        Piece(Part.NEW, "TRE"),
        Piece(Part.SAME, " quattro"),
    ]


def test_very_long_texts_are_not_compared_word_by_word():
    long = "parola " * (MOST_WORDS + 1)
    assert [piece.part for piece in word_difference(long, long + "fine")] == [Part.GONE, Part.NEW]


WORDS = st.lists(st.sampled_from(["a", "b ", " c", "\n", "d'e", "ù "]), max_size=8).map("".join)


@settings(max_examples=15, deadline=None)
@given(before=WORDS, after=WORDS)
def test_pieces_make_both_texts_again(before, after):
    pieces = word_difference(before, after)
    assert "".join(p.text for p in pieces if p.part is not Part.NEW) == before
    assert "".join(p.text for p in pieces if p.part is not Part.GONE) == after


CONFIRMED = date(2025, 11, 30)


@pytest.mark.parametrize(
    ("today", "reminder"),
    [
        (date(2026, 11, 29), None),
        (date(2026, 11, 30), Reminder.FIRST),
        (date(2026, 12, 14), Reminder.FIRST),
        (date(2026, 12, 15), Reminder.SECOND),
        (date(2026, 12, 29), Reminder.SECOND),
        (date(2026, 12, 30), Reminder.STALE),
        (date(2028, 1, 1), Reminder.STALE),
    ],
)
def test_reminders_follow_one_another(today, reminder):
    assert due_reminder(CONFIRMED, today) is reminder


def test_a_profile_of_a_leap_day_is_asked_about_on_the_last_of_february():
    assert due_reminder(date(2024, 2, 29), date(2025, 2, 27)) is None
    assert due_reminder(date(2024, 2, 29), date(2025, 2, 28)) is Reminder.FIRST


def test_every_day_of_a_year_has_its_three_reminders_in_order():
    seen = [due_reminder(CONFIRMED, CONFIRMED + timedelta(days=days)) for days in range(360, 420)]
    order = list(dict.fromkeys(seen))
    assert order == [None, Reminder.FIRST, Reminder.SECOND, Reminder.STALE]
