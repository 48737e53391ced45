"""Renewing an agreement: its next one begins with what stays of it (behaviour 27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.history import record_step
from portal.laboratories.models import (
    AGREEMENT_PARTS,
    Agreement,
    BudgetLine,
    Commitment,
    ProjectSheet,
    SheetIndicator,
    SheetParty,
)
from portal.laboratories.policies import SHEET_PARTS
from portal.laboratories.queries.renewals import load_carry
from portal.laboratories.services.agreements import HISTORY, lock_draft
from portal.laboratories.states import SheetState


@dataclass(frozen=True)
class CarryContent:
    """What of the agreement before goes on in the next one."""

    sheet_ids: Sequence[int] = ()
    commitment_ids: Sequence[int] = ()
    has_texts: bool = False
    """Its premises, context, needs, objectives and key project, where nothing is written yet."""
    due_on: date | None = None
    """The new last day of commitments whose old one is before the agreement begins."""


def carry_over(
    *, actor: Actor, agreement_id: int, version: int, content: CarryContent
) -> Agreement:
    """Begin the draft of a renewal with copies of what stays; each is carried over once.

    Sheets come as shared drafts without results and spending, commitments as still to do; both
    name what they go on from. What was carried over before, or is not of the agreement before,
    is left out. Raises `ForbiddenStepError` where nothing is renewed or the text is frozen,
    `AgreementChangedError` when another window saved since.
    """
    agreement = lock_draft(agreement_id, version)
    if agreement.renews_id is None:
        raise ForbiddenStepError
    offered = load_carry(agreement)
    past = session().get_one(Agreement, agreement.renews_id)
    if content.has_texts:
        for part in AGREEMENT_PARTS:
            if not getattr(agreement, part).strip():
                setattr(agreement, part, getattr(past, part))
    sheets = _carry_sheets(actor, agreement, [s for s in offered.sheets if s in content.sheet_ids])
    wanted = [c for c in offered.commitments if c in content.commitment_ids]
    _carry_commitments(actor, agreement, wanted, sheets, content.due_on)
    agreement.updated_at = utc_now()
    session().flush()
    session().expire(agreement, ["sheets", "commitments"])
    record_step(actor=actor, subject_kind=HISTORY, subject_id=agreement.id, action="carry_over")
    return agreement


def _carry_sheets(
    actor: Actor, agreement: Agreement, sheet_ids: Sequence[int]
) -> dict[int, ProjectSheet]:
    """Copy sheets into the laboratory of `agreement`; return old id → copy."""
    last = session().scalar(
        select(func.max(ProjectSheet.position)).where(
            ProjectSheet.laboratory_id == agreement.laboratory_id
        )
    )
    olds = session().scalars(
        select(ProjectSheet)
        .where(ProjectSheet.id.in_(sheet_ids))
        .order_by(ProjectSheet.position, ProjectSheet.id)
    )
    copies = {}
    for n, old in enumerate(olds.all(), start=(last or 0) + 1):
        copies[old.id] = _copy_sheet(actor, agreement, old)
        copies[old.id].position = n
    session().add_all(copies.values())
    session().flush()
    return copies


def _copy_sheet(actor: Actor, agreement: Agreement, old: ProjectSheet) -> ProjectSheet:
    copy = ProjectSheet(
        laboratory_id=agreement.laboratory_id,
        agreement_id=agreement.id,
        carried_from_id=old.id,
        title=old.title,
        family=old.family,
        state=SheetState.SHARED,
        contact=old.contact,
        created_by_id=actor.account_id,
        form_key=uuid4().hex,
        **{part: getattr(old, part) for part in SHEET_PARTS},
    )
    copy.parties = _copy_lines(SheetParty, old.parties, "kind", "association_id", "name", "does")
    copy.budget = _copy_lines(BudgetLine, old.budget, "source", "words", "planned_cents")
    copy.indicators = _copy_lines(SheetIndicator, old.indicators, "name", "unit", "target")
    # Its proposals belong to the laboratory before: the sheet it goes on from names them.
    copy.places = list(old.places)
    return copy


def _copy_lines(model: Any, lines: Sequence[Any], *names: str) -> list[Any]:  # noqa: ANN401 - lines of a sheet
    return [
        model(position=line.position, **{name: getattr(line, name) for name in names})
        for line in lines
    ]


def _carry_commitments(
    actor: Actor,
    agreement: Agreement,
    commitment_ids: Sequence[int],
    sheets: dict[int, ProjectSheet],
    due_on: date | None,
) -> None:
    last = session().scalar(
        select(func.max(Commitment.position)).where(Commitment.agreement_id == agreement.id)
    )
    olds = session().scalars(
        select(Commitment)
        .where(Commitment.id.in_(commitment_ids))
        .order_by(Commitment.position, Commitment.id)
    )
    for n, old in enumerate(olds.all(), start=(last or 0) + 1):
        sheet = sheets.get(old.sheet_id or 0)
        session().add(
            Commitment(
                agreement=agreement,
                carried_from_id=old.id,
                sheet_id=sheet.id if sheet else None,
                party_kind=old.party_kind,
                association_id=old.association_id,
                user_id=old.user_id,
                party_name=old.party_name,
                title=old.title,
                details=old.details,
                indicator=old.indicator,
                due_on=_new_day(agreement, old, due_on),
                position=n,
                created_by_id=actor.account_id,
                form_key=uuid4().hex,
            )
        )


def _new_day(agreement: Agreement, old: Commitment, due_on: date | None) -> date:
    start = agreement.starts_on
    if start is None or old.due_on >= start:
        return old.due_on
    new = due_on or agreement.ends_on
    if new is None or new < start:
        raise RuleBrokenError(
            _l("Write a day within the new agreement: the old one is over by then."), "due_on"
        )
    return new
