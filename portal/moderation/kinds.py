"""What a kind of case is: its actions, its page, and what a decision does (ADR 0013)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from portal.core.access import Actor
from portal.moderation.models import Case
from portal.moderation.states import CaseAction, CaseKind


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
    """Class of the hue: `door-help`, `door-lab` or `door-registry`."""
    icon: str
    """Icon in the sprite."""


def install_case_kinds(app: Flask, table: Mapping[CaseKind, CaseKindSpec]) -> None:
    """Give `app` its table of kinds."""
    app.extensions["portal_case_kinds"] = dict(table)


def case_kind(kind: CaseKind) -> CaseKindSpec:
    """Return what `kind` is."""
    spec: CaseKindSpec = current_app.extensions["portal_case_kinds"][kind]
    return spec


def apply_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Let the feature that owns the subject do what the decision means."""
    case_kind(case.kind).apply(actor=actor, case=case, action=action, reason=reason)
