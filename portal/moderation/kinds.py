"""What a kind of case is: its actions, its page, and what a decision does (ADR 0013)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, current_app, url_for
from flask_babel import lazy_gettext as _l

from portal.core.access import Actor
from portal.core.errors import DomainError, NotFoundError
from portal.moderation.models import Case
from portal.moderation.states import CaseAction, CaseKind


class UnknownCaseKindError(DomainError):
    """A case of a kind that the table of kinds does not list (any more)."""

    sentence = _l("Requests of this kind cannot be decided here yet.")


@dataclass(frozen=True)
class CaseKindSpec:
    """One row of `case_table.py`."""

    decisions: tuple[CaseAction, ...]
    """What staff may decide, in the order of the page."""
    apply: Callable[..., None]
    """`apply(*, actor: Actor, case: Case, action: CaseAction, reason: str)`: what the decision
    does to the subject, with its history and mail, in the same transaction."""
    load: Callable[[int], Any]
    """Subject id → a row object with what the case's page shows."""
    template: str
    """Partial that shows it; gets it as `subject`."""
    door: str
    """Class of the hue: `door-help`, `door-lab`, `door-registry` or `door-place`."""
    icon: str
    """Icon in the sprite."""
    own_page: Callable[[int], str] | None = None
    """Subject id → address of the applicant's page; without one the queue's own page of a case."""
    on_step: Callable[..., None] | None = None
    """`on_step(*, actor: Actor, case: Case, action: CaseAction)`: how the subject follows a step
    that is no decision of its feature (asked to complete, completed, resumed, archived)."""
    has_letters: bool = False
    """Each step sends its letter, the first one the receipt; the feature mails nothing itself."""

    @property
    def needs_notice(self) -> bool:
        """A refusal follows a notice (Law 241/1990, art. 10-bis)."""
        return CaseAction.GIVE_NOTICE in self.decisions


def install_case_kinds(app: Flask, table: Mapping[CaseKind, CaseKindSpec]) -> None:
    """Give `app` its table of kinds."""
    app.extensions["portal_case_kinds"] = dict(table)


def find_case_kind(kind: CaseKind) -> CaseKindSpec | None:
    """Return what `kind` is, or None when the table has no row for it."""
    table: Mapping[CaseKind, CaseKindSpec] = current_app.extensions["portal_case_kinds"]
    return table.get(kind)


def case_kind(kind: CaseKind) -> CaseKindSpec:
    """Return what `kind` is; raises `UnknownCaseKindError` when the table has no row for it."""
    spec = find_case_kind(kind)
    if spec is None:
        raise UnknownCaseKindError
    return spec


class CaseOfSubject(Protocol):
    """A case, as a row or as the model."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> CaseKind: ...
    @property
    def subject_id(self) -> int: ...


@dataclass(frozen=True)
class CaseLook:
    """How a kind of case looks in the queue, whether or not the table has a row for it."""

    door: str
    icon: str
    template: str | None
    decisions: tuple[CaseAction, ...]
    has_letters: bool = False

    @property
    def needs_notice(self) -> bool:
        """A refusal follows a notice (Law 241/1990, art. 10-bis)."""
        return CaseAction.GIVE_NOTICE in self.decisions


_PLAIN_LOOK = CaseLook(door="door-registry", icon="it-file", template=None, decisions=())


def case_looks() -> Mapping[CaseKind, CaseLook]:
    """Return how each kind looks; a kind without a row looks plain and cannot be decided."""
    return {kind: _look(find_case_kind(kind)) for kind in CaseKind}


def _look(spec: CaseKindSpec | None) -> CaseLook:
    if spec is None:
        return _PLAIN_LOOK
    return CaseLook(
        door=spec.door,
        icon=spec.icon,
        template=spec.template,
        decisions=spec.decisions,
        has_letters=spec.has_letters,
    )


def load_subject(kind: CaseKind, subject_id: int) -> Any:  # noqa: ANN401 - each kind has its own
    """Return what the page of a case shows, or None when it is no longer there to be shown."""
    spec = find_case_kind(kind)
    try:
        return spec.load(subject_id) if spec else None
    except NotFoundError:
        return None


def own_page(case: CaseOfSubject) -> str:
    """Return the address of the page where the applicant follows a case."""
    spec = find_case_kind(case.kind)
    if spec is None or spec.own_page is None:
        return url_for("moderation.show_own_case", case_id=case.id)
    return spec.own_page(case.subject_id)


def apply_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Let the feature that owns the subject do what the decision means."""
    case_kind(case.kind).apply(actor=actor, case=case, action=action, reason=reason)
