"""Whom who leads a laboratory has to thank: for what was kept and nobody has said thank you for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import HistoryEntry
from portal.laboratories.models import Agreement, Commitment
from portal.laboratories.states import CommitmentAction, CommitmentState, PartyKind


@dataclass(frozen=True)
class ThankRow:
    """A commitment that was kept."""

    id: int
    agreement_slug: str
    title: str
    party_name: str
    kept_on: date


def list_to_thank(laboratory_id: int) -> list[ThankRow]:
    """Return what was kept and nobody was thanked for, newest first; not the municipality's own."""
    rows = session().execute(
        _kept()
        .where(Agreement.laboratory_id == laboratory_id)
        .order_by(Commitment.done_on.desc(), Commitment.id.desc())
    )
    return [ThankRow(*row) for row in rows]


def get_to_thank(laboratory_id: int, commitment_id: int) -> ThankRow:
    """Return one of them; raises `NotFoundError`, also once somebody was thanked."""
    found = next((row for row in list_to_thank(laboratory_id) if row.id == commitment_id), None)
    if found is None:
        raise NotFoundError
    return found


def waits_for_thanks() -> ColumnElement[bool]:
    """Say of a commitment whether it was kept and its party was not thanked."""
    thanked = (
        select(HistoryEntry.id)
        .where(
            HistoryEntry.subject_kind == Commitment.__tablename__,
            HistoryEntry.subject_id == Commitment.id,
            HistoryEntry.action == CommitmentAction.THANK,
        )
        .correlate(Commitment)
        .exists()
    )
    return and_(
        Commitment.state == CommitmentState.DONE,
        Commitment.party_kind != PartyKind.MUNICIPALITY,
        ~thanked,
    )


def _kept() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Commitment.id,
        Agreement.slug,
        Commitment.title,
        Commitment.party_name,
        Commitment.done_on,
    )
    return (
        select(*columns)
        .join(Agreement, Agreement.id == Commitment.agreement_id)
        .where(waits_for_thanks())
    )
