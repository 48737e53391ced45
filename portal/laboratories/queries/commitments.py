"""Commitments of an agreement: the board by party, one with what was reported of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.search import sort_name
from portal.core.text import short_name
from portal.laboratories.models import (
    Agreement,
    Commitment,
    CommitmentProgress,
    Laboratory,
    ProjectSheet,
    laboratory_district,
)
from portal.laboratories.policies import (
    CommitmentFacts,
    commitment_is_of_actor,
    days_late,
    is_followed,
    is_late,
)
from portal.laboratories.states import (
    ENDED_AGREEMENTS,
    OPEN_COMMITMENTS,
    PUBLIC_AGREEMENTS,
    AgreementState,
    CommitmentState,
    PartyKind,
    ProgressState,
)
from portal.registry.models import Association
from portal.registry.states import AssociationState

_later = aliased(Commitment)


class Leftover(StrEnum):
    """What became of a commitment that was still open when its agreement ended."""

    CARRIED = "carried"
    """It goes on in the agreement that renews it."""
    OPEN = "open"
    """Neither kept nor let go."""


@dataclass(frozen=True)
class CommitmentRow:
    """A commitment on the board."""

    id: int
    party_kind: PartyKind
    party_name: str
    """A citizen's as the public reads it (`Anna P.`)."""
    association_slug: str | None
    title: str
    details: str | None
    due_on: date
    indicator: str | None
    state: CommitmentState
    done_on: date | None
    dropped_reason: str | None
    late_reason: str | None
    sheet_id: int | None
    sheet_title: str | None
    is_late: bool
    """Only while the agreement holds: afterwards nobody can keep it any more."""
    days_late: int
    leftover: Leftover | None


@dataclass(frozen=True)
class AgreementHead:
    """What the pages of its commitments say of an agreement."""

    id: int
    slug: str
    title: str
    state: AgreementState
    starts_on: date | None
    ends_on: date | None
    laboratory_slug: str
    laboratory_title: str
    facts: CommitmentFacts
    """With the districts of its laboratory, to ask who leads it."""


@dataclass(frozen=True)
class ProgressRow:
    """What a party reported."""

    id: int
    text: str
    photo_id: int | None
    alt_text: str | None
    says_done: bool
    state: ProgressState
    reported_at: datetime
    author: str
    reason: str | None
    """Why it is not confirmed; for its author and who leads the laboratory."""


@dataclass(frozen=True)
class CommitmentDetail(CommitmentRow):
    """A commitment on its page."""

    version: int
    facts: CommitmentFacts
    is_own: bool
    """Whether the reader speaks for the party."""
    progress: tuple[ProgressRow, ...]
    """Newest first: confirmed ones for everybody, all of them for the party and who leads."""


def get_agreement_head(slug: str) -> AgreementHead:
    """Return an agreement whose commitments everybody follows; raises `NotFoundError`."""
    row = (
        session()
        .execute(
            select(
                Agreement.id,
                Agreement.slug,
                Agreement.title,
                Agreement.state,
                Agreement.starts_on,
                Agreement.ends_on,
                Laboratory.slug.label("laboratory_slug"),
                Laboratory.title.label("laboratory_title"),
                _district_ids().label("district_ids"),
            )
            .join(Laboratory, Laboratory.id == Agreement.laboratory_id)
            .where(Agreement.slug == slug, Agreement.state.in_(PUBLIC_AGREEMENTS))
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    districts = frozenset(row.district_ids or ())
    facts = CommitmentFacts(PartyKind.MUNICIPALITY, None, None, districts, row.state)
    shown = {name: value for name, value in row._asdict().items() if name != "district_ids"}
    return AgreementHead(**shown, facts=facts)


def list_commitments(agreement_id: int) -> list[CommitmentRow]:
    """Return the commitments of an agreement: the municipality's first, then party by party."""
    statement = (
        commitment_rows().where(Commitment.agreement_id == agreement_id).order_by(*_by_party())
    )
    return as_commitment_rows(session().execute(statement))


def get_commitment(actor: Actor, *, slug: str, commitment_id: int, leads: bool) -> CommitmentDetail:
    """Return one commitment of a public agreement as `actor` may read it; `NotFoundError`.

    `leads`: whether the reader leads its laboratory, and reads what is not confirmed too.
    """
    statement = commitment_rows().where(
        Agreement.slug == slug,
        Agreement.state.in_(PUBLIC_AGREEMENTS),
        Commitment.id == commitment_id,
    )
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    facts = CommitmentFacts(
        row.party_kind,
        row.association_id,
        row.user_id,
        frozenset(row.district_ids or ()),
        row.agreement_state,
    )
    is_own = commitment_is_of_actor(actor, facts)
    [shown] = as_commitment_rows([row])
    return CommitmentDetail(
        **vars(shown),
        version=row.version,
        facts=facts,
        is_own=is_own,
        progress=tuple(_list_progress(commitment_id, with_all=is_own or leads)),
    )


def commitment_rows() -> Select[Any]:
    """Return the statement that `as_commitment_rows` reads."""
    columns: list[Any] = [
        Commitment.id,
        Commitment.party_kind,
        Commitment.party_name,
        Association.slug.label("association_slug"),
        Commitment.title,
        Commitment.details,
        Commitment.due_on,
        Commitment.indicator,
        Commitment.state,
        Commitment.done_on,
        Commitment.dropped_reason,
        Commitment.late_reason,
        Commitment.sheet_id,
        ProjectSheet.title.label("sheet_title"),
        Commitment.association_id,
        Commitment.user_id,
        Commitment.version,
        Agreement.state.label("agreement_state"),
        select(_later.id)
        .where(_later.carried_from_id == Commitment.id)
        .correlate(Commitment)
        .exists()
        .label("is_carried"),
        _district_ids().label("district_ids"),
    ]
    return (
        select(*columns)
        .join(Agreement, Agreement.id == Commitment.agreement_id)
        .join(Laboratory, Laboratory.id == Agreement.laboratory_id)
        .outerjoin(ProjectSheet, ProjectSheet.id == Commitment.sheet_id)
        .outerjoin(
            Association,
            (Association.id == Commitment.association_id)
            & (Association.state != AssociationState.REMOVED),
        )
    )


def as_commitment_rows(rows: Iterable[Row[Any]]) -> list[CommitmentRow]:
    """Return commitments as lists show them, late ones by today's day."""
    today = local_today()
    return [
        CommitmentRow(
            id=row.id,
            party_kind=row.party_kind,
            party_name=(
                short_name(row.party_name) if row.party_kind is PartyKind.PERSON else row.party_name
            ),
            association_slug=row.association_slug,
            title=row.title,
            details=row.details,
            due_on=row.due_on,
            indicator=row.indicator,
            state=row.state,
            done_on=row.done_on,
            dropped_reason=row.dropped_reason,
            late_reason=row.late_reason,
            sheet_id=row.sheet_id,
            sheet_title=row.sheet_title,
            is_late=_is_late(row, today),
            days_late=days_late(row.due_on, today) if _is_late(row, today) else 0,
            leftover=_leftover(row),
        )
        for row in rows
    ]


def _is_late(row: Row[Any], today: date) -> bool:
    return is_followed(row.agreement_state) and is_late(row.state, row.due_on, today)


def _leftover(row: Row[Any]) -> Leftover | None:
    if row.agreement_state not in ENDED_AGREEMENTS or row.state not in OPEN_COMMITMENTS:
        return None
    return Leftover.CARRIED if row.is_carried else Leftover.OPEN


def _by_party() -> tuple[Any, ...]:
    order = case({str(kind): n for n, kind in enumerate(PartyKind)}, value=Commitment.party_kind)
    return (
        order,
        sort_name(Commitment.party_name),
        Commitment.due_on,
        Commitment.position,
        Commitment.id,
    )


def _list_progress(commitment_id: int, *, with_all: bool) -> list[ProgressRow]:
    statement = (
        select(CommitmentProgress, User.display_name)
        .join(User, User.id == CommitmentProgress.author_id)
        .where(CommitmentProgress.commitment_id == commitment_id)
        .order_by(CommitmentProgress.id.desc())
    )
    if not with_all:
        statement = statement.where(CommitmentProgress.state == ProgressState.CONFIRMED)
    return [
        ProgressRow(
            id=progress.id,
            text=progress.text,
            photo_id=progress.photo_id,
            alt_text=progress.alt_text,
            says_done=progress.says_done,
            state=progress.state,
            reported_at=progress.created_at,
            author=name if with_all else short_name(name),
            reason=progress.reason,
        )
        for progress, name in session().execute(statement)
    ]


def _district_ids() -> Any:  # noqa: ANN401 - a column
    return (
        select(func.array_agg(laboratory_district.c.district_id))
        .where(laboratory_district.c.laboratory_id == Laboratory.id)
        .correlate(Laboratory)
        .scalar_subquery()
    )
