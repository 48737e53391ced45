"""What one frozen text of an agreement says otherwise than the one before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.core.amounts import format_money
from portal.core.templating import format_iso_day, format_number
from portal.laboratories.models import AGREEMENT_PARTS
from portal.laboratories.policies import SHEET_PARTS
from portal.registry.differences import Part, Piece, word_difference

COMPARED_TEXTS = ("title", "summary", *AGREEMENT_PARTS, "starts_on", "ends_on")
"""In the order of the page; their headings stand in `components/agreement_words.html`."""


DAYS = ("starts_on", "ends_on")


@dataclass(frozen=True)
class TextChange:
    """One part of the text that is different."""

    part: str
    """One of `COMPARED_TEXTS`, `sheets` or `commitments`."""
    pieces: tuple[Piece, ...]


def list_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[TextChange]:
    """Return the parts in which two frozen texts differ, in the order of the page.

    Texts are compared word by word, sheets and commitments one by one: what is gone, then new.
    """
    found = [
        TextChange(name, tuple(word_difference(_words(before, name), _words(after, name))))
        for name in COMPARED_TEXTS
        if before[name] != after[name]
    ]
    for name, say in (("sheets", _say_sheet), ("commitments", _say_commitment)):
        old, new = before[name], after[name]
        gone = tuple(Piece(Part.GONE, say(item)) for item in old if item not in new)
        added = tuple(Piece(Part.NEW, say(item)) for item in new if item not in old)
        if gone or added:
            found.append(TextChange(name, gone + added))
    return found


def _words(text: Mapping[str, Any], name: str) -> str:
    words: str = text[name] or ""
    return format_iso_day(words) if name in DAYS and words else words


def _say_sheet(sheet: Mapping[str, Any]) -> str:
    texts = (sheet[name] for name in SHEET_PARTS)
    money = (f"{line['words']}: {format_money(line['cents'])}" for line in sheet["budget"])
    people = (f"{party['name']}: {party['does']}" for party in sheet["parties"])
    counted = (
        f"{i['name']}: {format_number(float(i['target']))} {i['unit']}" for i in sheet["indicators"]
    )
    lines = [sheet["title"], *texts, *people, *money, *counted]
    return "\n".join(line for line in lines if line)


def _say_commitment(commitment: Mapping[str, Any]) -> str:
    words = [f"{commitment['party']}: {commitment['title']}", format_iso_day(commitment["due_on"])]
    more = [commitment["indicator"], commitment["details"]]
    return "\n".join(word for word in (*words, *more) if word)
