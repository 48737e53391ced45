"""Letters of a procedure: what their texts may say, checked and filled in. Pure rules."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from portal.moderation.states import LetterKind

LONGEST_BODY = 6_000


class Placeholder(StrEnum):
    """What stands between braces in a text; the words are Italian because staff write them."""

    ASSOCIATION = "associazione"
    """For whom it was asked, or what was asked where nobody is spoken for."""
    APPLICANT = "richiedente"
    PROTOCOL = "numero"
    CASE = "pratica"
    RECEIVED_ON = "ricevuta_il"
    DUE_ON = "termine"
    REASON = "motivo"
    """What the officer wrote: what is missing, or why."""
    UNTIL = "entro"
    """Last day to answer."""
    DAYS = "giorni"
    """How many days there are to answer."""
    OBSERVATIONS = "osservazioni"
    ANSWER = "risposta"
    """What the administration says to the observations."""
    OFFICER = "responsabile"
    OFFICE = "ufficio"


_P = Placeholder
_ALWAYS = frozenset(
    {
        _P.ASSOCIATION,
        _P.APPLICANT,
        _P.PROTOCOL,
        _P.CASE,
        _P.RECEIVED_ON,
        _P.OFFICER,
        _P.OFFICE,
    }
)
_ANSWERING = _ALWAYS | {_P.REASON, _P.UNTIL, _P.DAYS}

ALLOWED: Mapping[LetterKind, frozenset[Placeholder]] = {
    LetterKind.RECEIPT: _ALWAYS | {_P.DUE_ON},
    LetterKind.INTEGRATION_REQUEST: _ANSWERING,
    LetterKind.REFUSAL_NOTICE: _ANSWERING,
    LetterKind.APPROVAL: _ALWAYS | {_P.REASON},
    LetterKind.REFUSAL: _ALWAYS | {_P.REASON, _P.OBSERVATIONS, _P.ANSWER},
    LetterKind.ARCHIVING: _ALWAYS | {_P.REASON},
}

REQUIRED: Mapping[LetterKind, frozenset[Placeholder]] = {
    # Law 241/1990, art. 8: which procedure, who is in charge, by when it ends.
    LetterKind.RECEIPT: frozenset({_P.CASE, _P.DUE_ON, _P.OFFICER}),
    LetterKind.INTEGRATION_REQUEST: frozenset({_P.REASON, _P.UNTIL}),
    # Art. 10-bis: the reasons, and the time to observe.
    LetterKind.REFUSAL_NOTICE: frozenset({_P.REASON, _P.UNTIL}),
    # Art. 3: every act says its reasons; a refusal answers the observations too.
    LetterKind.APPROVAL: frozenset({_P.REASON}),
    LetterKind.REFUSAL: frozenset({_P.REASON, _P.ANSWER}),
    LetterKind.ARCHIVING: frozenset({_P.REASON}),
}
"""What the body of a letter cannot do without."""

LETTER_ADDRESSES: Mapping[LetterKind, str] = {
    LetterKind.RECEIPT: "ricevuta",
    LetterKind.INTEGRATION_REQUEST: "integrazioni",
    LetterKind.REFUSAL_NOTICE: "preavviso",
    LetterKind.APPROVAL: "accoglimento",
    LetterKind.REFUSAL: "diniego",
    LetterKind.ARCHIVING: "archiviazione",
}
"""What stands in addresses for each kind."""

_BRACED = re.compile(r"\{([^{}\n]*)\}")


class TemplateProblemKind(StrEnum):
    """What is wrong with a text."""

    UNKNOWN = "unknown"
    NOT_HERE = "not_here"
    MISSING = "missing"
    LOOSE_BRACE = "loose_brace"


_SENTENCES = {
    TemplateProblemKind.UNKNOWN: lambda name: _l(
        "{%(name)s} is not one of the words we fill in: take one of those listed.", name=name
    ),
    TemplateProblemKind.NOT_HERE: lambda name: _l(
        "{%(name)s} is not known yet when this letter is written: take it out.", name=name
    ),
    TemplateProblemKind.MISSING: lambda name: _l(
        "This letter has to say {%(name)s}: put it into the text.", name=name
    ),
    TemplateProblemKind.LOOSE_BRACE: lambda _name: _l(
        "There is a single brace in the text: write the word between { and }."
    ),
}


@dataclass(frozen=True)
class TemplateProblem:
    """One thing to mend in a text."""

    kind: TemplateProblemKind
    placeholder: str = ""

    @property
    def sentence(self) -> object:
        """Say what to do about it, naming the placeholder."""
        return _SENTENCES[self.kind](self.placeholder)


def placeholders_of(kind: LetterKind) -> list[Placeholder]:
    """Return what the texts of `kind` may hold, in the order of the page."""
    return [placeholder for placeholder in Placeholder if placeholder in ALLOWED[kind]]


def check_template(
    kind: LetterKind, text: str, *, is_subject: bool = False
) -> list[TemplateProblem]:
    """Return what is wrong with the body (or subject) of a letter of `kind`, as it stands in it.

    A subject needs nothing in particular.
    """
    found = list(dict.fromkeys(_BRACED.findall(text)))
    judged = [(_judge(kind, name), name) for name in found]
    problems = [TemplateProblem(wrong, name) for wrong, name in judged if wrong]
    if re.search(r"[{}]", _BRACED.sub("", text)):
        problems.append(TemplateProblem(TemplateProblemKind.LOOSE_BRACE))
    if not is_subject:
        missing = [p for p in placeholders_of(kind) if p in REQUIRED[kind] and p not in found]
        problems += [TemplateProblem(TemplateProblemKind.MISSING, name) for name in missing]
    return problems


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Return `text` with each `{word}` replaced by its fact.

    Once over the text: braces inside a fact are somebody's words, not a placeholder.
    """
    return _BRACED.sub(lambda found: facts.get(found[1], found[0]), text)


def paragraphs_of(text: str) -> list[list[str]]:
    """Return the lines of each paragraph; blank lines stand between paragraphs."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return [block.strip().split("\n") for block in blocks if block.strip()]


def _judge(kind: LetterKind, name: str) -> TemplateProblemKind | None:
    if name not in set(Placeholder):
        return TemplateProblemKind.UNKNOWN
    return None if name in ALLOWED[kind] else TemplateProblemKind.NOT_HERE
