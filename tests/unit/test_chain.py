"""Whether a project sheet opens something, and with which words a project begins."""

import pytest

from portal.chain.forms import first_sentence
from portal.chain.policies import OpeningFacts, find_opening_refusal
from portal.chain.states import OpeningRefusal
from portal.laboratories.openings import (
    Opening,
    OpeningKind,
    OpeningResults,
    Openings,
    OpeningState,
)
from portal.laboratories.states import AgreementState, SheetState

AGREED = SheetState.AGREED


@pytest.mark.parametrize(
    ("sheet", "agreement", "refusal"),
    [
        (AGREED, AgreementState.IN_FORCE, None),
        (AGREED, AgreementState.APPROVED, OpeningRefusal.AGREEMENT_NOT_IN_FORCE),
        (AGREED, AgreementState.OPEN, OpeningRefusal.AGREEMENT_NOT_IN_FORCE),
        (AGREED, AgreementState.CLOSED, OpeningRefusal.AGREEMENT_ENDED),
        (AGREED, AgreementState.RENEWED, OpeningRefusal.AGREEMENT_ENDED),
        (AGREED, AgreementState.ENDED_EARLY, OpeningRefusal.AGREEMENT_ENDED),
        (SheetState.SHARED, AgreementState.SHARED, OpeningRefusal.SHEET_NOT_AGREED),
        (SheetState.SHARED, None, OpeningRefusal.SHEET_NOT_AGREED),
        (SheetState.DRAFT, None, OpeningRefusal.SHEET_NOT_SHARED),
        (SheetState.WITHDRAWN, None, OpeningRefusal.SHEET_WITHDRAWN),
        (SheetState.WITHDRAWN, AgreementState.IN_FORCE, OpeningRefusal.SHEET_WITHDRAWN),
    ],
)
def test_only_what_was_signed_and_holds_opens_projects(sheet, agreement, refusal):
    assert find_opening_refusal(OpeningFacts(sheet, agreement)) is refusal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("Il pane del sabato. Si impasta alle otto.", "Il pane del sabato."),
        ("Una riga\nsola", "Una riga sola"),
        ("Molte parole che non ci stanno tutte", "Molte parole che…"),
    ],
)
def test_summary_begins_as_the_sheet_does(text, expected):
    assert first_sentence(text, 20) == expected


def opening(sheet_id, state, **numbers):
    facts = {"minutes": 0, "people": 0, "held": 0, "places_left": None, **numbers}
    return Opening(
        sheet_id, OpeningKind.PROJECT, 1, "Mani", state, "x", {}, takes_applications=False, **facts
    )


def test_results_add_up_what_everybody_sees_and_count_each_person_once():
    openings = Openings(
        (
            opening(1, OpeningState.OPEN, minutes=90, people=2, held=1, places_left=3),
            opening(1, OpeningState.CLOSED, minutes=30, people=2, held=2),
            opening(1, OpeningState.PREPARED, places_left=9),
            opening(2, OpeningState.OPEN, minutes=60, people=1, held=1, places_left=0),
        ),
        people={1: 3, 2: 1},
        all_people=3,
    )
    assert openings.of(1).results == OpeningResults(
        projects=2, minutes=120, people=3, shifts=3, places_left=3
    )
    assert openings.of(2).results == OpeningResults(projects=1, minutes=60, people=1, shifts=1)
    assert openings.of(9).rows == ()
    assert openings.results == OpeningResults(
        projects=3, minutes=180, people=3, shifts=4, places_left=3
    )
