"""How lists write the name of a municipality: pure."""

import unicodedata

LONGEST_SPELLING = 30
"""The national register cuts names there."""
_APOSTROPHES = str.maketrans(dict.fromkeys("’‘`´ʼ′", "'"))


def normalised_spelling(name: str) -> str:
    """Return `name` as it is compared: capitals without accents, one kind of apostrophe, cut."""
    letters = unicodedata.normalize("NFKD", name.translate(_APOSTROPHES).upper())
    plain = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(plain.split())[:LONGEST_SPELLING].rstrip()
