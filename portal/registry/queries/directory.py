"""The public list of associations: found by words, narrowed by filters, counted.

A page costs three statements (what can be chosen, counts, the rows), at most five when a typing
error is corrected on the way. Without words the counts come from `association_count`, and the rows
in the order of an index, so that 100,000 associations cost what 750 do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    asc,
    desc,
    func,
    select,
)

from portal.core.clock import local_today
from portal.core.database import session
from portal.core.pagination import PER_PAGE, Page, clamp_page
from portal.registry.freshness import Freshness, freshness
from portal.registry.models import (
    Association,
    association_activity_area,
)
from portal.registry.queries.counts import (
    MOST_COUNTED,
    Choice,
    count_by_filter,
    count_filtered,
    list_choices,
)
from portal.registry.queries.filters import (
    AssociationFilter,
    AssociationOrder,
    Reference,
    Search,
    filtered,
    known_filters,
    load_reference,
    prepare_search,
)
from portal.registry.queries.search import (
    find_correction,
    search_order,
    text_query,
)
from portal.registry.states import AssociationKind
from portal.registry.ties import Badge, badge_numbers, badges_of

# The columns and not the mapped class: twenty rows a page need none of its care.
_TABLE = Association.__table__.c


@dataclass(frozen=True)
class AssociationRow:
    """An association as lists show it."""

    id: int
    slug: str
    name: str
    acronym: str | None
    kind: AssociationKind
    profile_updated_on: date | None
    source: str | None
    source_year: int | None
    municipality: str | None
    areas: tuple[str, ...]
    freshness: Freshness
    badges: tuple[Badge, ...]
    """What it does in other parts of the portal."""


@dataclass(frozen=True)
class Directory:
    """One page of the list and what it can be narrowed by."""

    wanted: AssociationFilter
    """What was asked for, without values that do not exist."""
    page: Page[AssociationRow]
    whole: int
    """Public associations in all."""
    found_by_words: int
    """Found by the words alone, without the other filters."""
    is_more: bool
    """True when there are more than `MOST_COUNTED`, and nobody counted how many."""
    corrected_text: str | None
    """The words that were searched instead, where those typed found nothing."""
    choices: Mapping[str, tuple[Choice, ...]]
    """By `municipality`, `district`, `area`, `kind`, `section`: what would find something, or is
    chosen."""


def find_in_directory(wanted: AssociationFilter, *, page: int) -> Directory:
    """Return a page of the list; one past the end is the last one."""
    reference = load_reference()
    wanted = known_filters(wanted, reference)
    search = prepare_search(wanted, reference)
    counts = count_by_filter(search)
    corrected = None
    if wanted.text and not counts["found"] and (corrected := find_correction(wanted.text)):
        search = prepare_search(replace(wanted, text=corrected), reference)
        counts = count_by_filter(search)
    found, total = (sum(counts[name].values()) for name in ("found", "total"))
    is_capped = bool(search.terms) and found > MOST_COUNTED
    if is_capped:
        total = count_filtered(search) if wanted.count_filters() else found
    shown = min(total, MOST_COUNTED) if is_capped else total
    number = clamp_page(page, shown)
    return Directory(
        wanted=wanted,
        page=Page(_load_rows(search, reference, number, is_capped=is_capped), number, shown),
        whole=sum(counts["whole"].values()),
        found_by_words=found,
        is_more=total > shown,
        corrected_text=corrected if found else None,
        choices=list_choices(wanted, {} if is_capped or not found else counts, reference),
    )


def search_associations(text: str, *, limit: int) -> list[AssociationRow]:
    """Return the associations that fit best what somebody typed, at most `limit`."""
    if not text:
        return []
    directory = find_in_directory(AssociationFilter(text=text), page=1)
    return directory.page.rows[:limit]


def list_recent(limit: int) -> list[AssociationRow]:
    """Return the associations that wrote or confirmed their profile last, newest first."""
    wanted = AssociationFilter(order=AssociationOrder.RECENT)
    reference = load_reference()
    rows = _load_rows(prepare_search(wanted, reference), reference, 1, per_page=limit)
    return [row for row in rows if row.profile_updated_on is not None]


def _load_rows(
    search: Search,
    reference: Reference,
    number: int,
    *,
    is_capped: bool = False,
    per_page: int = PER_PAGE,
) -> list[AssociationRow]:
    statement = _page_of_rows(
        search, _order(search, is_capped=is_capped), (number - 1) * per_page, per_page
    )
    today = local_today()
    return [_row(row, reference.names, today) for row in session().execute(statement)]


def _page_of_rows(
    search: Search, order: list[tuple[Any, "_Way"]], offset: int, limit: int
) -> Select[Any]:
    a, link = _TABLE, association_activity_area.c
    columns = [column.label(f"order_{place}") for place, (column, _way) in enumerate(order)]
    page = (
        select(a.id.label("page_id"), *columns)
        .where(*filtered(search))
        .order_by(*(way(column) for column, way in order))
        .limit(limit)
        .offset(offset)
        .subquery()
    )
    # Outside of the limit: read for twenty rows, not for all that a far page skips.
    areas = func.array(select(link.area_code).where(link.association_id == a.id).scalar_subquery())
    badges = (number.label(f"badge_{n}") for n, number in enumerate(badge_numbers(a.id)))
    return (
        select(
            *(a.id, a.slug, a.name, a.acronym, a.kind, a.profile_updated_on, a.source),
            *(a.source_year, a.municipality_code, areas.label("area_codes")),
            *badges,
        )
        .join(page, page.c.page_id == a.id)
        .order_by(*(way(page.c[f"order_{n}"]) for n, (_column, way) in enumerate(order)))
    )


def _row(row: Any, names: Mapping[str, Mapping[str, str]], today: date) -> AssociationRow:  # noqa: ANN401 - a row of the statement above
    return AssociationRow(
        id=row.id,
        slug=row.slug,
        name=row.name,
        acronym=row.acronym,
        kind=row.kind,
        profile_updated_on=row.profile_updated_on,
        source=row.source,
        source_year=row.source_year,
        municipality=names["municipality"].get(row.municipality_code),
        areas=tuple(name for code, name in names["area"].items() if code in row.area_codes),
        freshness=freshness(row.profile_updated_on, today),
        badges=badges_of(row[_OWN_COLUMNS:]),
    )


_OWN_COLUMNS = 10
"""Columns of a row before the numbers of its badges."""
_Way = Callable[[Any], ColumnElement[Any]]


def _order(search: Search, *, is_capped: bool) -> list[tuple[Any, _Way]]:
    """Return the columns to sort by, each with its direction."""
    by_name: list[tuple[Any, _Way]] = [
        (_TABLE.sort_name, asc),
        (_TABLE.id, asc),
    ]
    order = search.wanted.order
    if order == AssociationOrder.RECENT:
        return [(_TABLE.profile_updated_on, lambda c: c.desc().nulls_last()), *by_name]
    if not search.terms or is_capped or order == AssociationOrder.NAME:
        # So many hold a common word that no rank tells them apart: by name, from the index.
        return by_name
    ranks = search_order(text_query(search.terms), search.wanted.text)
    return [*((rank, desc) for rank in ranks), *by_name]
