"""Agreements as their list shows them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, extract, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array_agg

from portal.core.clock import local_today
from portal.core.database import session
from portal.core.pagination import Page, clamp_page, count_rows
from portal.core.search import sort_name
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
    Amendment,
    Signature,
    agreement_district,
)
from portal.laboratories.policies.endings import is_expiring
from portal.laboratories.states import PUBLIC_AGREEMENTS, AgreementState
from portal.territory.models import District

PER_PAGE = 20


@dataclass(frozen=True)
class AgreementRow:
    """An agreement in a list."""

    slug: str
    title: str
    summary: str
    state: AgreementState
    starts_on: date | None
    ends_on: date | None
    districts: tuple[str, ...]
    """None means the whole city."""
    signatures: int
    """Of the text everybody signed; its amendments are signed by those they touch."""

    @property
    def is_expiring(self) -> bool:
        """Say whether it ends within ninety days."""
        return is_expiring(self.state, self.ends_on, local_today())


def list_agreements(
    *,
    state: AgreementState | None = None,
    district: str = "",
    year: int | None = None,
    text: str = "",
    page: int = 1,
) -> Page[AgreementRow]:
    """Return agreements everybody may read: open ones first, then those in force."""
    statement = select(*_columns()).where(Agreement.state.in_(PUBLIC_AGREEMENTS))
    if state is not None:
        statement = statement.where(Agreement.state == state)
    if district:
        statement = statement.where(_is_of_district(district))
    if year is not None:
        statement = statement.where(extract("year", Agreement.starts_on) == year)
    if text:
        statement = statement.where(
            func.f_unaccent(Agreement.title + " " + Agreement.summary).icontains(
                func.f_unaccent(text), autoescape=False
            )
        )
    total = count_rows(statement)
    number = clamp_page(page, total, PER_PAGE)
    is_open = Agreement.state == AgreementState.OPEN
    rows = session().execute(
        statement.order_by(
            is_open.desc(),
            Agreement.starts_on.desc().nulls_first(),
            sort_name(Agreement.title),
            Agreement.id,
        )
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    return Page(
        [
            AgreementRow(**{**row._asdict(), "districts": tuple(row.districts or ())})
            for row in rows
        ],
        number,
        total,
        PER_PAGE,
    )


def list_agreement_years() -> list[int]:
    """Return the years in which public agreements begin, newest first."""
    year = extract("year", Agreement.starts_on)
    rows = session().scalars(
        select(year)
        .where(Agreement.state.in_(PUBLIC_AGREEMENTS), Agreement.starts_on.is_not(None))
        .distinct()
        .order_by(year.desc())
    )
    return [int(found) for found in rows]


def _columns() -> tuple[Any, ...]:
    return (
        Agreement.slug,
        Agreement.title,
        Agreement.summary,
        Agreement.state,
        Agreement.starts_on,
        Agreement.ends_on,
        _district_names().label("districts"),
        _count_signatures().label("signatures"),
    )


def _district_names() -> ScalarSelect[list[str]]:
    return (
        select(array_agg(aggregate_order_by(District.name, District.name, District.id)))
        .join(agreement_district, agreement_district.c.district_id == District.id)
        .where(agreement_district.c.agreement_id == Agreement.id)
        .correlate(Agreement)
        .scalar_subquery()
    )


def _count_signatures() -> ScalarSelect[int]:
    amendments = select(Amendment.version_id).where(Amendment.version_id.is_not(None))
    newest = (
        select(func.max(AgreementVersion.id))
        .where(
            AgreementVersion.agreement_id == Agreement.id, AgreementVersion.id.not_in(amendments)
        )
        .correlate(Agreement)
        .scalar_subquery()
    )
    return (
        select(func.count(Signature.id))
        .where(Signature.version_id == newest)
        .correlate(Agreement)
        .scalar_subquery()
    )


def _is_of_district(code: str) -> ColumnElement[bool]:
    # An agreement of the whole city is everybody's.
    mine = (
        select(agreement_district.c.agreement_id)
        .join(District, District.id == agreement_district.c.district_id)
        .where(District.code == code)
    )
    placed = select(agreement_district.c.agreement_id)
    return Agreement.id.in_(mine) | Agreement.id.not_in(placed)
