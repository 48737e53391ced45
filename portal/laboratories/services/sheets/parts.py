"""The lines of a project sheet: who does what, money, indicators; and what it is linked with."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import DomainError, RuleBrokenError
from portal.laboratories.models import BudgetLine, ProjectSheet, SheetIndicator, SheetParty
from portal.laboratories.policies import merge_choices
from portal.laboratories.services.sheets.locks import lock_editable_sheet, record_change
from portal.laboratories.services.sheets.texts import accepted_proposals
from portal.laboratories.states import BudgetSource, PartyKind
from portal.places.models import Place

MOST_LINES = 60
"""Of one kind in a sheet: more is a list to be attached, not a sheet to be read."""
MARK_LENGTH = 16


@dataclass(frozen=True)
class PartyContent:
    """Who does what."""

    kind: PartyKind
    name: str
    does: str
    association_id: int | None = None
    """Of an association, its entry in the registry."""


@dataclass(frozen=True)
class BudgetContent:
    """Money, or work worth it."""

    source: BudgetSource
    words: str
    planned_cents: int


@dataclass(frozen=True)
class IndicatorContent:
    """How one will see that it worked."""

    name: str
    unit: str
    target: Decimal


LineContent = PartyContent | BudgetContent | IndicatorContent
Line = SheetParty | BudgetLine | SheetIndicator

_MODELS: Mapping[type[LineContent], Any] = {
    PartyContent: SheetParty,
    BudgetContent: BudgetLine,
    IndicatorContent: SheetIndicator,
}


class LineChangedError(DomainError):
    """Somebody changed or removed the line since the page was opened; nothing was saved."""

    sentence = _l("Somebody has changed this line in the meantime.")

    def __init__(self, now: LineContent | None) -> None:
        """Keep what the line says now; None: it is gone."""
        super().__init__()
        self.now = now


def line_mark(content: LineContent) -> str:
    """Return a short mark of what a line says, to notice that it became another."""
    return hashlib.sha256(repr(content).encode()).hexdigest()[:MARK_LENGTH]


def add_line(*, actor: Actor, sheet_id: int, content: LineContent) -> Line:
    """Add a line at the end of its part; one that says the very same is there once.

    Raises `SheetNotEditableError`, and `RuleBrokenError` past `MOST_LINES`.
    """
    sheet = lock_editable_sheet(sheet_id)
    model = _MODELS[type(content)]
    same = [getattr(model, name).is_not_distinct_from(v) for name, v in vars(content).items()]
    known: Line | None = session().scalar(
        select(model).where(model.sheet_id == sheet.id, *same).limit(1)
    )
    if known is not None:
        return known
    count, last = (
        session()
        .execute(
            select(func.count(), func.max(model.position))
            .select_from(model)
            .where(model.sheet_id == sheet.id)
        )
        .one()
    )
    if count >= MOST_LINES:
        raise RuleBrokenError(
            _l("A sheet holds at most %(most)s lines of this kind.", most=MOST_LINES)
        )
    line: Line = model(sheet_id=sheet.id, position=(last or 0) + 1, **vars(content))
    session().add(line)
    session().flush()
    record_change(actor=actor, sheet=sheet, action=f"add_{model.__tablename__}")
    return line


def change_line(
    *, actor: Actor, sheet_id: int, line_id: int, seen: str, content: LineContent
) -> Line:
    """Change a line; `seen` is the mark of what it said on the page.

    Raises `LineChangedError` when it says something else now or is gone, `SheetNotEditableError`.
    """
    sheet = lock_editable_sheet(sheet_id)
    line = _find_line(type(content), sheet, line_id)
    now = None if line is None else content_of_line(line)
    if line is None or now is None:
        raise LineChangedError(None)
    # Saved already by the same form: the second of two taps.
    if now == content:
        return line
    if line_mark(now) != seen:
        raise LineChangedError(now)
    for name, value in vars(content).items():
        setattr(line, name, value)
    session().flush()
    record_change(actor=actor, sheet=sheet, action=f"change_{line.__tablename__}")
    return line


def remove_line(
    *, actor: Actor, sheet_id: int, kind: type[LineContent], line_id: int, seen: str
) -> None:
    """Take a line away; one that is gone already stays so. Raises as `change_line`."""
    sheet = lock_editable_sheet(sheet_id)
    line = _find_line(kind, sheet, line_id)
    if line is None:
        return
    now = content_of_line(line)
    if line_mark(now) != seen:
        raise LineChangedError(now)
    session().delete(line)
    session().flush()
    record_change(actor=actor, sheet=sheet, action=f"remove_{line.__tablename__}")


def content_of_line(line: Line) -> LineContent:
    """Return what a line says."""
    kind = next(content for content, model in _MODELS.items() if isinstance(line, model))
    return kind(**{name: getattr(line, name) for name in kind.__dataclass_fields__})


def choose_proposals(
    *, actor: Actor, sheet_id: int, seen: frozenset[int], chosen: frozenset[int]
) -> ProjectSheet:
    """Link the proposals a sheet is built from; `seen` were linked when the page was opened.

    What others linked or took away since stays so. Raises `SheetNotEditableError`, and
    `RuleBrokenError` for a new one that was not accepted in this laboratory.
    """
    sheet = lock_editable_sheet(sheet_id)
    linked = {proposal.id: proposal for proposal in sheet.proposals}
    wanted = merge_choices(seen, chosen, frozenset(linked))
    added = accepted_proposals(sheet.laboratory_id, wanted - linked.keys())
    kept = [proposal for n, proposal in linked.items() if n in wanted]
    if added or len(kept) < len(linked):
        sheet.proposals = sorted([*kept, *added], key=lambda proposal: proposal.id)
        session().flush()
        record_change(actor=actor, sheet=sheet, action="choose_proposals")
    return sheet


def choose_places(
    *, actor: Actor, sheet_id: int, seen: frozenset[int], chosen: frozenset[int]
) -> ProjectSheet:
    """Link the places of a sheet; `seen` as above. Raises `SheetNotEditableError`."""
    sheet = lock_editable_sheet(sheet_id)
    linked = {place.id for place in sheet.places}
    wanted = merge_choices(seen, chosen, frozenset(linked))
    if wanted != linked:
        places = select(Place).where(Place.id.in_(wanted)).order_by(Place.id)
        sheet.places = list(session().scalars(places))
        session().flush()
        record_change(actor=actor, sheet=sheet, action="choose_places")
    return sheet


def reassign_sheet_parties(*, from_id: int, to_id: int) -> None:
    """Give what one association does in sheets to another: it is the same body.

    The name stays as it was when the sheet was written.
    """
    session().execute(
        update(SheetParty).where(SheetParty.association_id == from_id).values(association_id=to_id)
    )


def _find_line(kind: type[LineContent], sheet: ProjectSheet, line_id: int) -> Line | None:
    model = _MODELS[kind]
    line: Line | None = session().scalar(
        select(model)
        .where(model.id == line_id, model.sheet_id == sheet.id)
        .execution_options(populate_existing=True)
    )
    return line
