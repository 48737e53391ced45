"""Errors of the domain. They carry no HTTP; `error_pages.py` says what a person sees."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError


class DomainError(Exception):
    """Something the rules do not allow; `sentence` says so to the person (translatable)."""

    sentence = _l("This cannot be done now.")

    def __init__(self, sentence: object = None) -> None:
        """Use `sentence` (a lazy string) instead of the class's own, if given."""
        if sentence is not None:
            self.sentence = sentence
        super().__init__(str(type(self).__name__))


class NotFoundError(DomainError):
    """There is no such thing, or this person may not know that there is."""

    sentence = _l("We cannot find what you are looking for.")


class ForbiddenStepError(DomainError):
    """The action does not follow from the present state."""

    sentence = _l("This step is no longer possible: the situation has changed in the meantime.")


class AlreadyDecidedError(DomainError):
    """Somebody else decided first."""

    sentence = _l("A colleague has already dealt with this. Here is what happened.")


class RuleBrokenError(DomainError):
    """A constraint of the database refused; `field` is the form field it belongs to, if any."""

    def __init__(self, sentence: object, field: str | None = None) -> None:
        """Keep the sentence of the constraint and where to show it."""
        super().__init__(sentence)
        self.field = field


_CONSTRAINT_SENTENCES: dict[str, tuple[object, str | None]] = {}


def register_constraints(sentences: Mapping[str, tuple[object, str | None]]) -> None:
    """Say what a person reads when a constraint refuses: name → (sentence, form field or None)."""
    _CONSTRAINT_SENTENCES.update(sentences)


def constraint_name(error: IntegrityError) -> str | None:
    """Return the name of the constraint that refused, as the database reports it."""
    diagnostics = getattr(error.orig, "diag", None)
    name = getattr(diagnostics, "constraint_name", None)
    return str(name) if name else None


def is_second_tap(error: IntegrityError) -> bool:
    """Say whether a form was refused because the same one arrived at the same moment."""
    return (constraint_name(error) or "").endswith("form_key")


def explain_constraint(error: IntegrityError) -> RuleBrokenError | None:
    """Return the sentence for the constraint that refused, or None when nobody wrote one."""
    known = _CONSTRAINT_SENTENCES.get(constraint_name(error) or "")
    return RuleBrokenError(*known) if known else None


def named_constraints() -> frozenset[str]:
    """Return the names that have a sentence (a test compares them with the models)."""
    return frozenset(_CONSTRAINT_SENTENCES)
