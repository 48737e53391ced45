"""The public list as a file: the same words and filters as the page, the whole result."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select, tuple_

from portal.core.database import session
from portal.registry.models import Association, association_activity_area
from portal.registry.queries.filters import (
    AssociationFilter,
    Reference,
    Search,
    filtered,
    known_filters,
    load_reference,
    prepare_search,
)
from portal.registry.queries.search import find_correction
from portal.registry.states import AssociationKind, RuntsSection

ROWS_AT_ONCE = 2_000

_TABLE = Association.__table__.c


@dataclass(frozen=True)
class ExportRow:
    """A public association as a file tells of it; contacts are those it made public."""

    tax_code: str
    name: str
    acronym: str | None
    municipality_code: str | None
    municipality: str | None
    kind: AssociationKind
    section: RuntsSection | None
    runts_number: int | None
    areas: tuple[str, ...]
    website: str | None
    email: str | None
    phone: str | None
    address: str | None
    updated_on: date | None


def list_for_export(wanted: AssociationFilter) -> Iterator[ExportRow]:
    """Return all that words and filters find, by name, read while it is sent.

    Between batches the connection is given back: who downloads slowly keeps none from others.
    """
    reference = load_reference()
    search = _prepare(known_filters(wanted, reference), reference)
    last: tuple[str, int] | None = None
    while True:
        rows = session().execute(_batch(search, last)).all()
        session().close()
        for row in rows:
            yield _row(row, reference)
        if len(rows) < ROWS_AT_ONCE:
            return
        last = rows[-1].sort_name, rows[-1].id


def _prepare(wanted: AssociationFilter, reference: Reference) -> Search:
    """Return the search; where the words find nothing, the one the page offers instead."""
    search = prepare_search(wanted, reference)
    if not wanted.text:
        return search
    by_words = prepare_search(AssociationFilter(text=wanted.text), reference)
    is_found = select(Association.id).where(*filtered(by_words)).limit(1)
    if session().scalar(is_found) is not None:
        return search
    corrected = find_correction(wanted.text)
    return prepare_search(replace(wanted, text=corrected), reference) if corrected else search


def _batch(search: Search, last: tuple[str, int] | None) -> Any:  # noqa: ANN401 - a statement
    a, link = _TABLE, association_activity_area.c
    areas = func.array(select(link.area_code).where(link.association_id == a.id).scalar_subquery())
    statement = (
        select(
            *(a.id, a.sort_name, a.tax_code, a.name, a.acronym, a.municipality_code, a.kind),
            *(a.section, a.runts_number, a.website, a.email, a.phone, a.address),
            *(a.profile_updated_on, areas.label("area_codes")),
        )
        .where(*filtered(search))
        .order_by(a.sort_name, a.id)
        .limit(ROWS_AT_ONCE)
    )
    if last is not None:
        statement = statement.where(tuple_(a.sort_name, a.id) > tuple_(*last))
    return statement


def _row(row: Any, reference: Reference) -> ExportRow:  # noqa: ANN401 - a row of the statement above
    names = reference.names
    return ExportRow(
        tax_code=row.tax_code,
        name=row.name,
        acronym=row.acronym,
        municipality_code=row.municipality_code,
        municipality=names["municipality"].get(row.municipality_code),
        kind=row.kind,
        section=row.section,
        runts_number=row.runts_number,
        areas=tuple(name for code, name in names["area"].items() if code in row.area_codes),
        website=row.website,
        email=row.email,
        phone=row.phone,
        address=row.address,
        updated_on=row.profile_updated_on,
    )
