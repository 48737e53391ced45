"""What somebody typed into the search of the registry, as the database asks for it.

Each word counts as a beginning, stemmed and as it stands: "associazione sport" finds
"associazioni sportive", "associaz" and "noi" are found too. A word may also name a municipality.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from portal.core.database import session
from portal.core.search import search_words
from portal.registry.models import Association

_TABLE = Association.__table__.c

SHORTEST_PLACE_WORD = 4
SHORTEST_CORRECTED = 4
"""Letters: shorter words differ too little from each other to guess."""
LONG_WORD = 8
"""From here on two typing errors are forgiven, below one."""

_CANDIDATES = text(
    """
    SELECT typed.word, near.word
    FROM unnest(CAST(:words AS text[])) AS typed (word)
    CROSS JOIN LATERAL (
        SELECT word FROM association_word
        WHERE number > 0 AND (
            association_word_keys(word) && association_word_keys(typed.word)
            OR word % typed.word
        )
        ORDER BY left(word, 1) = left(typed.word, 1) DESC, number DESC LIMIT 200
    ) AS near
    WHERE NOT EXISTS (
        SELECT FROM association_word
        WHERE number > 0 AND word COLLATE "C" >= typed.word
            AND word COLLATE "C" < typed.word || U&'\\+10FFFF'
    )
    """
)


def plain_word(word: str) -> str:
    """Return a word as `association_word` holds it: small, without accents."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


TEXT_QUERY = "to_tsquery('it'::regconfig, :terms) || to_tsquery('simple'::regconfig, :terms)"
"""The `tsquery` of terms; where the dictionary skips all words, the second half still finds them.

`:terms` has to be written into the statement, not sent beside it (`literal_execute`): the planner
then sees how common the words are and takes the way that fits. Harmless, because `search_terms`
leaves only letters, digits and its own operators.
"""


_SPACED_LETTERS = re.compile(r"\b(?:\w\.\s*){2,}|\b\w(?:\s\w\b){2,}")
"""An acronym letter by letter: "A. S. D.", "a s d" (but "e i" are two words)."""


def joined_letters(typed: str) -> str:
    """Return what was typed with acronyms as one word."""
    return _SPACED_LETTERS.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", typed)


def search_terms(typed: str, places: Mapping[str, str]) -> str:
    """Return the terms of what was typed; without a letter or digit none, which finds nothing.

    `places`: ISTAT code → name of the municipalities.
    """
    return " & ".join(
        _term(plain_word(word), places) for word in search_words(joined_letters(typed))
    )


def text_query(terms: str) -> ColumnElement[str]:
    """Return the `tsquery` of `search_terms` as part of a statement.

    Where stemming changes nothing the words are asked once: of the same twice PostgreSQL expects
    nearly twice as many, and would rather read the whole table than the index.
    """
    query: BindParameter[str] = bindparam("terms", terms, literal_execute=True)
    stemmed = func.to_tsquery(literal_column("'it'::regconfig"), query)
    as_typed = func.to_tsquery(literal_column("'simple'::regconfig"), query)
    either = stemmed.op("||", return_type=TSQUERY())(as_typed)
    return case((stemmed == as_typed, type_coerce(stemmed, TSQUERY())), else_=either)


def _term(word: str, places: Mapping[str, str]) -> str:
    """Return one word of the query, or-ed with the municipalities whose name it begins."""
    if len(word) < SHORTEST_PLACE_WORD:
        return f"{word}:*"
    named = [f"m{code}" for code, name in places.items() if _names(word, name)]
    return f"({' | '.join([f'{word}:*', *named])})"


def _names(word: str, place: str) -> bool:
    return any(plain_word(part).startswith(word) for part in search_words(place))


def find_correction(typed: str) -> str | None:
    """Return `typed` with its mistyped words corrected by those of the registry's names, or None.

    Only words that begin no known word are touched: one error is forgiven, in long words two.
    """
    words = [plain_word(word) for word in search_words(typed)]
    doubtful = [w for w in words if len(w) >= SHORTEST_CORRECTED]
    if not doubtful:
        return None
    near: dict[str, list[str]] = {}
    for word, candidate in session().execute(_CANDIDATES, {"words": doubtful}):
        near.setdefault(word, []).append(candidate)
    better = {word: _nearest(word, candidates) for word, candidates in near.items()}
    corrected = [better.get(word) or word for word in words]
    return " ".join(corrected) if corrected != words else None


def _nearest(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate with fewest errors (the first of equals), if there are few enough."""
    most = 2 if len(word) >= LONG_WORD else 1
    distances = [
        (typing_errors(word, candidate), place, candidate)
        for place, candidate in enumerate(candidates)
        if abs(len(candidate) - len(word)) <= most
    ]
    errors, _place, best = min(distances, default=(most + 1, 0, ""))
    return best if errors <= most else None


def typing_errors(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the letters to add, drop, change or swap with their neighbour to get `other`."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        two_before, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
    return row[-1]


def search_order(query: ColumnElement[str], typed: str) -> tuple[ColumnElement[Any], ...]:
    """Return what relevance is sorted by, highest first.

    The very name or acronym, names that begin so, then how well the words fit.
    """
    plain = func.association_sort_name(typed)
    has_acronym = and_(
        _TABLE.acronym.is_not(None), func.association_sort_name(_TABLE.acronym) == plain
    )
    return (
        or_(_TABLE.sort_name == plain, has_acronym),
        _TABLE.sort_name.startswith(plain),
        func.ts_rank(_TABLE.search_vector, query),
    )
