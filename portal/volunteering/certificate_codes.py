"""Codes of certificates: random, read from paper, typed by anybody."""

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which paper and eyes mix up."""
GROUPS, GROUP_LENGTH = 3, 4
_MIXED_UP = str.maketrans({"O": "Q", "0": "Q", "1": "L", "I": "L"})


def new_code() -> str:
    """Return a code such as `7K4M-92QX-H3TB`: 60 random bits."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def read_code(text: str) -> str:
    """Return what somebody typed as a code is written; nothing that could be one: empty.

    Spaces, small letters and missing hyphens do not matter; a letter that codes do not have is
    read as the one it is taken for.
    """
    plain = "".join(c for c in text.upper() if c.isalnum()).translate(_MIXED_UP)
    if len(plain) != GROUPS * GROUP_LENGTH or any(c not in ALPHABET for c in plain):
        return ""
    starts = range(0, len(plain), GROUP_LENGTH)
    return "-".join(plain[n : n + GROUP_LENGTH] for n in starts)
