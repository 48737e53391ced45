"""Project sheets: who may read and write one."""

from dataclasses import dataclass

from portal.core.access import Actor
from portal.laboratories.states import PUBLIC_SHEETS, SheetState


@dataclass(frozen=True)
class SheetFacts:
    """What the predicates ask of a project sheet."""

    state: SheetState
    editor_ids: frozenset[int]
    """People named by who leads the laboratory."""
    district_ids: frozenset[int]
    """Of its laboratory; empty for the whole city."""


def sheet_is_public(_actor: Actor, sheet: SheetFacts) -> bool:
    """Say whether everybody reads the sheet: once it was shared or agreed."""
    return sheet.state in PUBLIC_SHEETS


def actor_edits_sheet(actor: Actor, sheet: SheetFacts) -> bool:
    """Say whether the actor was named to write in the sheet."""
    return actor.is_signed_in and actor.id in sheet.editor_ids


def sheet_is_of_led_laboratory(actor: Actor, sheet: SheetFacts) -> bool:
    """Say whether the sheet is of a laboratory of the architect's districts."""
    return not actor.district_ids.isdisjoint(sheet.district_ids)
