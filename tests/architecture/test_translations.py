"""Words: complete, none left over, none contradicting, none badly typed."""

import re
import runpy

import pytest

from portal.config import PROJECT_ROOT
from portal.core.extensions import LOCALES

BUILD = runpy.run_path(str(PROJECT_ROOT / "translations" / "build.py"), run_name="build")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def italian():
    """All Italian words as one catalogue; two files that contradict stop here."""
    return [m for m in BUILD["merged"]("it") if m.id]


def test_no_words_are_missing():
    assert BUILD["missing"]("it") == []


def test_no_words_are_left_over():
    assert BUILD["unused"]("it") == []


def test_every_language_is_there():
    assert set(LOCALES) == {*BUILD["TRANSLATED"], "en"}


def test_translations_fill_in_what_their_ids_do(italian):
    for message in italian:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        allowed = {name for i in ids for name in PLACEHOLDER.findall(i)}
        for said in words:
            assert set(PLACEHOLDER.findall(said)) <= allowed, message.id
        if not isinstance(message.id, tuple):
            assert set(PLACEHOLDER.findall(words[0])) == allowed, message.id


def test_italian_is_typed_with_its_own_apostrophes(italian):
    wrong = []
    for message in italian:
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wrong += [said for said in words if re.search(r"\w'|'\w|\.\.\.|  ", said)]
    assert wrong == []


OTHER_SPELLINGS = re.compile(
    # The word without its hyphen, an article that does not elide, a plural of its own.
    r"(?<!\be-)\b(?:e?mail|posta elettronica)|\b(?:una|la|(?:a|da|de|ne|su)lla|e) e-mail|e-mails",
    re.IGNORECASE,
)


def test_italian_writes_e_mail_in_one_way(italian):
    wrong = []
    for message in italian:
        words = message.string if isinstance(message.string, tuple | list) else (message.string,)
        plain = (re.sub(r"\S*@\S*", "", PLACEHOLDER.sub("", said)) for said in words)
        wrong += [said for said in plain if OTHER_SPELLINGS.search(said)]
    assert wrong == []
