"""The palette of the style sheet: text can be read on every ground it stands on."""

import re

import pytest

from portal.config import PROJECT_ROOT

LOOK = (PROJECT_ROOT / "assets" / "css" / "look.css").read_text(encoding="utf-8")
ENOUGH = 4.5
"""WCAG 2.2, 1.4.3 (level AA)."""

DOORS = {
    "help": ("#a63a0a", "#fff1ea"),
    "lab": ("#00665e", "#e6f5f3"),
    "registry": ("#0059b3", "#e8f1fb"),
    "place": ("#7a2e8e", "#f6ecf9"),
}
STATES = {
    "yes": ("#006b3c", "#e6f4ec"),
    "wait": ("#7a4b00", "#fff4dc"),
    "no": ("#a8152b", "#fce8eb"),
}
INK, SOFT, PAPER, GROUND = "#17324d", "#455b71", "#ffffff", "#f5f7fa"
PRIMARY, DEEP = "#0066cc", "#0b2e4f"

PAIRS = [
    *((ink, ground) for ink, tint in DOORS.values() for ground in (tint, PAPER, GROUND)),
    *((PAPER, ink) for ink, _tint in DOORS.values()),
    *((ink, tint) for ink, tint in STATES.values()),
    *((ink, PAPER) for ink, _tint in STATES.values()),
    *((ink, ground) for ink in (INK, SOFT) for ground in (PAPER, GROUND)),
    *((ink, tint) for ink in (INK, SOFT) for _ink, tint in [*DOORS.values(), *STATES.values()]),
    (PAPER, PRIMARY),
    (PRIMARY, PAPER),
    (PAPER, DEEP),
    (INK, "#ffe9a8"),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_computed_as_wcag_says():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(text, ground):
    assert contrast(text, ground) >= ENOUGH


@pytest.mark.parametrize("door", DOORS)
def test_style_sheet_has_the_hues_that_were_measured(door):
    hue, tint = DOORS[door]
    assert re.search(rf"\.door-{door}\{{--hue:{hue};--tint:{tint}\}}", LOOK)


@pytest.mark.parametrize("state", STATES)
def test_style_sheet_has_the_states_that_were_measured(state):
    ink, tint = STATES[state]
    assert re.search(rf"\.{state}[^{{}}]*\{{--s:{ink};--s-tint:{tint}\}}", LOOK)


def test_style_sheet_has_the_inks_that_were_measured():
    for name, colour in (("ink", INK), ("soft", SOFT), ("ground", GROUND), ("deep", DEEP)):
        assert f"--{name}:{colour}" in LOOK
