"""Agreements from which a laboratory may go on, and what of one can be carried over."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from portal.core.database import session
from portal.laboratories.models import Agreement, Commitment, ProjectSheet
from portal.laboratories.states import (
    OPEN_COMMITMENTS,
    SIGNED_AGREEMENTS,
    CommitmentState,
    SheetState,
)

MOST_CHOICES = 200


@dataclass(frozen=True)
class CarriedCommitment:
    """A commitment of the agreement before."""

    id: int
    party_name: str
    title: str
    due_on: date
    state: CommitmentState

    @property
    def is_open(self) -> bool:
        """Say whether it was neither kept nor dropped."""
        return self.state in OPEN_COMMITMENTS


@dataclass(frozen=True)
class Carry:
    """What can be carried over, by id in the order of the agreement before."""

    title: str
    """Of the agreement before."""
    sheets: dict[int, str]
    """Not carried over yet."""
    commitments: dict[int, CarriedCommitment]
    """Not carried over yet; those that are dropped are left out."""
    done: int
    """How many sheets and commitments were carried over."""


def list_renewable_agreements() -> list[tuple[int, str]]:
    """Return the agreements that were signed, each an id and its title; newest first."""
    rows = session().execute(
        select(Agreement.id, Agreement.title)
        .where(Agreement.state.in_(SIGNED_AGREEMENTS))
        .order_by(Agreement.ends_on.desc(), Agreement.id.desc())
        .limit(MOST_CHOICES)
    )
    return [(row.id, row.title) for row in rows]


def load_carry(agreement: Agreement) -> Carry:
    """Return what the draft `agreement` may carry over from the one it renews."""
    past = session().get_one(Agreement, agreement.renews_id)
    sheets = session().execute(
        select(ProjectSheet.id, ProjectSheet.title, _later_sheet(agreement).label("later"))
        .where(ProjectSheet.agreement_id == past.id, ProjectSheet.state == SheetState.AGREED)
        .order_by(ProjectSheet.position, ProjectSheet.id)
    )
    kept = sheets.all()
    rows = (
        session()
        .execute(
            select(
                Commitment.id,
                Commitment.party_name,
                Commitment.title,
                Commitment.due_on,
                Commitment.state,
                _later_commitment(agreement).label("later"),
            )
            .where(Commitment.agreement_id == past.id, Commitment.state != CommitmentState.DROPPED)
            .order_by(Commitment.position, Commitment.id)
        )
        .all()
    )
    return Carry(
        title=past.title,
        sheets={row.id: row.title for row in kept if not row.later},
        commitments={row.id: CarriedCommitment(*row[:-1]) for row in rows if not row.later},
        done=sum(row.later for row in (*kept, *rows)),
    )


def _later_sheet(agreement: Agreement) -> Any:  # noqa: ANN401 - a column
    later = aliased(ProjectSheet)
    return (
        select(later.id)
        .where(
            later.carried_from_id == ProjectSheet.id,
            later.laboratory_id == agreement.laboratory_id,
        )
        .exists()
    )


def _later_commitment(agreement: Agreement) -> Any:  # noqa: ANN401 - a column
    later = aliased(Commitment)
    return (
        select(later.id)
        .where(later.carried_from_id == Commitment.id, later.agreement_id == agreement.id)
        .exists()
    )
