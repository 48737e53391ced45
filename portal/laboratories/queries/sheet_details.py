"""One project sheet with everything its page shows, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.shares import percents_of
from portal.core.text import short_name
from portal.laboratories.models import (
    Agreement,
    BudgetLine,
    Laboratory,
    ProjectSheet,
    SheetEditor,
    SheetIndicator,
    SheetParty,
    laboratory_district,
    sheet_place,
)
from portal.laboratories.policies import SHEET_PARTS, SheetFacts
from portal.laboratories.queries.sheets import LinkedProposal, as_linked, linked_proposals
from portal.laboratories.states import (
    EDITABLE_SHEETS,
    PUBLIC_AGREEMENTS,
    PUBLIC_SHEETS,
    AgreementState,
    BudgetSource,
    PartyKind,
    SheetFamily,
    SheetState,
)
from portal.places.models import Place
from portal.registry.models import Association
from portal.registry.states import AssociationState


@dataclass(frozen=True)
class PartyRow:
    """Who does what in a sheet."""

    id: int
    kind: PartyKind
    name: str
    does: str
    association_id: int | None
    association_slug: str | None
    """Of its public profile, if there is one today."""

    @property
    def public_name(self) -> str:
        """Return the name as everybody reads it: of a person, name and initial."""
        return short_name(self.name) if self.kind is PartyKind.PERSON else self.name


@dataclass(frozen=True)
class BudgetRow:
    """Money of a sheet."""

    id: int
    source: BudgetSource
    words: str
    planned_cents: int
    spent_cents: int | None


@dataclass(frozen=True)
class SourceTotal:
    """What one source gives in all."""

    source: BudgetSource
    cents: int
    percent: int
    """Of the whole budget, rounded."""


@dataclass(frozen=True)
class IndicatorRow:
    """How one will see that a sheet worked."""

    id: int
    name: str
    unit: str
    target: Decimal
    reached: Decimal | None


@dataclass(frozen=True)
class PlaceLink:
    """A place of a sheet."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class AgreementLink:
    """The agreement a sheet belongs to, where everybody may know."""

    slug: str
    title: str
    state: AgreementState


@dataclass(frozen=True)
class SheetDetail:
    """A sheet with everything its page shows."""

    id: int
    version: int
    title: str
    family: SheetFamily
    state: SheetState
    texts: Mapping[str, str]
    """Contents, aims, actions, times, spaces."""
    contact: str | None
    parties: tuple[PartyRow, ...]
    budget: tuple[BudgetRow, ...]
    indicators: tuple[IndicatorRow, ...]
    places: tuple[PlaceLink, ...]
    proposals: tuple[LinkedProposal, ...]
    """Those chosen, and those merged into them."""
    agreement: AgreementLink | None
    facts: SheetFacts

    @property
    def is_editable(self) -> bool:
        """Say whether its state lets its editors write."""
        return self.state in EDITABLE_SHEETS

    @property
    def is_public(self) -> bool:
        """Say whether everybody reads it."""
        return self.state in PUBLIC_SHEETS

    @property
    def total_cents(self) -> int:
        """Return the whole budget."""
        return sum(line.planned_cents for line in self.budget)

    @property
    def spent_cents(self) -> int | None:
        """Return what was spent in all; None where nothing was written of it."""
        spent = [line.spent_cents for line in self.budget if line.spent_cents is not None]
        return sum(spent) if spent else None

    @property
    def totals(self) -> tuple[SourceTotal, ...]:
        """Return what each source gives, largest first."""
        sums = {
            source: sum(line.planned_cents for line in self.budget if line.source is source)
            for source in dict.fromkeys(line.source for line in self.budget)
        }
        largest_first = sorted(sums.items(), key=lambda item: -item[1])
        percents = percents_of([cents for _source, cents in largest_first])
        return tuple(
            SourceTotal(source, cents, percent)
            for (source, cents), percent in zip(largest_first, percents, strict=True)
        )


def get_sheet(slug: str, sheet_id: int) -> SheetDetail:
    """Return a sheet of a laboratory, in one statement; raises `NotFoundError`."""
    row = (
        session()
        .execute(_details().where(Laboratory.slug == slug, ProjectSheet.id == sheet_id))
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return _as_detail(row)


def list_indicators(sheet_ids: Sequence[int]) -> dict[int, tuple[IndicatorRow, ...]]:
    """Return how one will see that sheets worked, by sheet, in one statement."""
    found: dict[int, list[IndicatorRow]] = {}
    for one in session().scalars(
        select(SheetIndicator)
        .where(SheetIndicator.sheet_id.in_(sheet_ids))
        .order_by(SheetIndicator.sheet_id, SheetIndicator.position, SheetIndicator.id)
    ):
        row = IndicatorRow(one.id, one.name, one.unit, one.target, one.reached)
        found.setdefault(one.sheet_id, []).append(row)
    return {sheet_id: tuple(rows) for sheet_id, rows in found.items()}


def list_budget(sheet_ids: Sequence[int]) -> dict[int, tuple[BudgetRow, ...]]:
    """Return the money of sheets, planned and spent, by sheet, in one statement."""
    found: dict[int, list[BudgetRow]] = {}
    for one in session().scalars(
        select(BudgetLine)
        .where(BudgetLine.sheet_id.in_(sheet_ids))
        .order_by(BudgetLine.sheet_id, BudgetLine.position, BudgetLine.id)
    ):
        row = BudgetRow(one.id, one.source, one.words, one.planned_cents, one.spent_cents)
        found.setdefault(one.sheet_id, []).append(row)
    return {sheet_id: tuple(rows) for sheet_id, rows in found.items()}


def _details() -> Select[Any]:
    editors = (
        select(func.array_agg(SheetEditor.user_id))
        .where(SheetEditor.sheet_id == ProjectSheet.id)
        .correlate(ProjectSheet)
        .scalar_subquery()
    )
    districts = (
        select(func.array_agg(laboratory_district.c.district_id))
        .where(laboratory_district.c.laboratory_id == ProjectSheet.laboratory_id)
        .correlate(ProjectSheet)
        .scalar_subquery()
    )
    return (
        select(
            ProjectSheet,
            editors.label("editor_ids"),
            districts.label("district_ids"),
            _parties().label("parties"),
            _lines(BudgetLine, "id", "source", "words", "planned_cents", "spent_cents").label(
                "budget"
            ),
            _lines(SheetIndicator, "id", "name", "unit", "target", "reached").label("indicators"),
            _places().label("places"),
            linked_proposals().label("proposals"),
            Agreement.slug.label("agreement_slug"),
            Agreement.title.label("agreement_title"),
            Agreement.state.label("agreement_state"),
        )
        .join(Laboratory, Laboratory.id == ProjectSheet.laboratory_id)
        .outerjoin(
            Agreement,
            and_(Agreement.id == ProjectSheet.agreement_id, Agreement.state.in_(PUBLIC_AGREEMENTS)),
        )
    )


def _lines(model: Any, *names: str) -> ColumnElement[Any]:  # noqa: ANN401 - one of the three tables
    # Numbers as text: JSON has no decimals of its own.
    one = func.jsonb_build_object(
        *(part for name in names for part in (name, cast(getattr(model, name), String)))
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, model.position, model.id)))
        .where(model.sheet_id == ProjectSheet.id)
        .correlate(ProjectSheet)
        .scalar_subquery()
    )


def _parties() -> ColumnElement[Any]:
    one = func.jsonb_build_object(
        "id",
        SheetParty.id,
        "kind",
        SheetParty.kind,
        "name",
        SheetParty.name,
        "does",
        SheetParty.does,
        "association_id",
        SheetParty.association_id,
        "association_slug",
        Association.slug,
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, SheetParty.position, SheetParty.id)))
        .select_from(SheetParty)
        .outerjoin(
            Association,
            and_(
                Association.id == SheetParty.association_id,
                Association.state != AssociationState.REMOVED,
            ),
        )
        .where(SheetParty.sheet_id == ProjectSheet.id)
        .correlate(ProjectSheet)
        .scalar_subquery()
    )


def _places() -> ColumnElement[Any]:
    one = func.jsonb_build_object("id", Place.id, "slug", Place.slug, "name", Place.name)
    return (
        select(func.jsonb_agg(aggregate_order_by(one, Place.name, Place.id)))
        .join(sheet_place, sheet_place.c.place_id == Place.id)
        .where(sheet_place.c.sheet_id == ProjectSheet.id)
        .correlate(ProjectSheet)
        .scalar_subquery()
    )


# --- rows


def _as_detail(row: Row[Any]) -> SheetDetail:
    sheet: ProjectSheet = row.ProjectSheet
    return SheetDetail(
        id=sheet.id,
        version=sheet.version,
        title=sheet.title,
        family=sheet.family,
        state=sheet.state,
        texts={name: getattr(sheet, name) for name in SHEET_PARTS},
        contact=sheet.contact,
        parties=tuple(
            PartyRow(**{**item, "kind": PartyKind(item["kind"])}) for item in row.parties or ()
        ),
        budget=tuple(_as_budget(item) for item in row.budget or ()),
        indicators=tuple(_as_indicator(item) for item in row.indicators or ()),
        places=tuple(PlaceLink(**item) for item in row.places or ()),
        proposals=as_linked(row.proposals),
        agreement=(
            AgreementLink(row.agreement_slug, row.agreement_title, row.agreement_state)
            if row.agreement_slug
            else None
        ),
        facts=SheetFacts(
            state=sheet.state,
            editor_ids=frozenset(row.editor_ids or ()),
            district_ids=frozenset(row.district_ids or ()),
        ),
    )


def _as_budget(item: Mapping[str, str | None]) -> BudgetRow:
    return BudgetRow(
        id=int(item["id"] or 0),
        source=BudgetSource(str(item["source"])),
        words=item["words"] or "",
        planned_cents=int(item["planned_cents"] or 0),
        spent_cents=None if item["spent_cents"] is None else int(item["spent_cents"]),
    )


def _as_indicator(item: Mapping[str, str | None]) -> IndicatorRow:
    return IndicatorRow(
        id=int(item["id"] or 0),
        name=item["name"] or "",
        unit=item["unit"] or "",
        target=Decimal(item["target"] or 0),
        reached=None if item["reached"] is None else Decimal(item["reached"]),
    )
