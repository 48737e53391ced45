"""Sentences that are kept and read later, in whatever language the reader has by then."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message id and what stands in its places; `str` says it in the language of the moment."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in the language of the moment."""
        return str(gettext(self.message, **self.values))

    def as_json(self) -> list[Any]:
        """Return what `read_sentence` takes."""
        return [self.message, dict(self.values)]


def sentence(message: str, /, **values: Any) -> Sentence:  # noqa: ANN401 - whatever a text holds
    """Return a sentence; imported as `_l`, so that its words are found."""
    return Sentence(message, values)


def read_sentence(content: list[Any]) -> Sentence:
    """Return a sentence that `as_json` wrote."""
    message, values = content
    return Sentence(message, values)
