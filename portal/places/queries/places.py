"""Lists of places, and one place."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.places.models import Place
from portal.places.states import PlaceKind
from portal.registry.models import Association
from portal.registry.states import AssociationState
from portal.registry.ties import FactLink
from portal.territory.models import District

LONGEST_WORDS = 8
LIKENESS = 0.55
"""From how alike a word and a part of a name are the same word with a typing error (0 to 1)."""


@dataclass(frozen=True)
class PlaceRow:
    """A place in a list."""

    id: int
    slug: str
    name: str
    kind: PlaceKind
    address: str | None
    managing_body: str | None
    district_name: str | None


@dataclass(frozen=True)
class PlaceDetail(PlaceRow):
    """A place on its own page; None is what nobody has told us yet."""

    description: str | None
    accessibility_notes: str | None
    latitude: Decimal | None
    longitude: Decimal | None
    managing_slug: str | None
    """Of the public profile of who runs it, where the registry has one."""
    district_id: int | None
    managing_association_id: int | None


@dataclass(frozen=True)
class PlaceChoice:
    """A place as a choice in a form."""

    id: int
    name: str
    address: str | None


@dataclass(frozen=True)
class PlaceFilter:
    """What an address asks of the list."""

    text: str = ""
    kind: PlaceKind | None = None
    district_code: str = ""
    page: int = 1

    @property
    def chosen(self) -> int:
        """How many filters are set, the words apart."""
        return sum(map(bool, (self.kind, self.district_code)))


_ROW: tuple[Any, ...] = (
    Place.id,
    Place.slug,
    Place.name,
    Place.kind,
    Place.address,
    Place.managing_body,
    District.name.label("district_name"),
)
_DETAIL: tuple[Any, ...] = (
    *_ROW,
    Place.description,
    Place.accessibility_notes,
    Place.latitude,
    Place.longitude,
    Association.slug.label("managing_slug"),
    Place.district_id,
    Place.managing_association_id,
)
_BY_NAME = (func.f_unaccent(func.lower(Place.name)), Place.id)


def list_places(wanted: PlaceFilter) -> Page[PlaceRow]:
    """Return a page of places by name; a page past the end is the last one."""
    matching = _matching(wanted)
    total = count_rows(matching.with_only_columns(Place.id))
    page = Page[PlaceRow](rows=[], number=clamp_page(wanted.page, total), total=total)
    statement = matching.order_by(*_BY_NAME).limit(page.per_page)
    rows = session().execute(statement.offset((page.number - 1) * page.per_page))
    return replace(page, rows=[PlaceRow(**row._asdict()) for row in rows])


def search_places(text: str, *, limit: int) -> list[PlaceRow]:
    """Return at most `limit` places about `text`, by name; none when nothing is asked."""
    if not text.strip():
        return []
    rows = session().execute(_matching(PlaceFilter(text=text)).order_by(*_BY_NAME).limit(limit))
    return [PlaceRow(**row._asdict()) for row in rows]


def count_places() -> int:
    """Return how many places there are."""
    return session().scalar(select(func.count()).select_from(Place)) or 0


def find_place_by_slug(slug: str) -> PlaceDetail | None:
    """Return a place, or None."""
    is_public = and_(
        Association.id == Place.managing_association_id,
        Association.state != AssociationState.REMOVED,
    )
    statement = _places(_DETAIL).outerjoin(Association, is_public).where(Place.slug == slug)
    row = session().execute(statement).one_or_none()
    return PlaceDetail(**row._asdict()) if row else None


def get_place_by_slug(slug: str) -> PlaceDetail:
    """Return a place; raises `NotFoundError`."""
    place = find_place_by_slug(slug)
    if place is None:
        raise NotFoundError
    return place


def list_place_choices() -> list[PlaceChoice]:
    """Return every place by name, to choose one in a form."""
    rows = session().execute(select(Place.id, Place.name, Place.address).order_by(*_BY_NAME))
    return [PlaceChoice(*row) for row in rows]


def list_place_links(association_id: int) -> list[FactLink]:
    """Return the places that an association runs, by name."""
    rows = session().execute(
        select(Place.slug, Place.name)
        .where(Place.managing_association_id == association_id)
        .order_by(*_BY_NAME)
    )
    return [FactLink("places.show_place", {"slug": row.slug}, words=row.name) for row in rows]


def count_places_of(association_id: ColumnElement[int]) -> ColumnElement[int | None]:
    """Return how many places an association runs, as part of a statement."""
    return (
        select(func.count())
        .select_from(Place)
        .where(Place.managing_association_id == association_id)
        .scalar_subquery()
    )


def _places(columns: tuple[Any, ...]) -> Select[Any]:
    return select(*columns).outerjoin(District, District.id == Place.district_id)


def _matching(wanted: PlaceFilter) -> Select[Any]:
    statement = _places(_ROW)
    if wanted.kind:
        statement = statement.where(Place.kind == wanted.kind)
    if wanted.district_code:
        statement = statement.where(District.code == wanted.district_code)
    if wanted.text:
        statement = statement.where(_is_about(wanted.text))
    return statement


def _is_about(text: str) -> ColumnElement[bool]:
    """Each word stands in what we know of the place, or is nearly a word of its name."""
    name = func.f_unaccent(func.lower(Place.name))
    known = func.concat_ws(
        " ", Place.name, Place.address, Place.managing_body, District.name, _kind_as_searched()
    )
    haystack = func.f_unaccent(func.lower(known))
    conditions = []
    for typed in text.split()[:LONGEST_WORDS]:
        word = func.f_unaccent(func.lower(typed))
        literal = func.f_unaccent(func.lower(re.sub(r"([\\%_])", r"\\\1", typed)))
        conditions.append(
            or_(
                haystack.contains(literal, escape="\\"),
                func.word_similarity(word, name) >= LIKENESS,
            )
        )
    return and_(*conditions)


def _kind_as_searched() -> ColumnElement[str]:
    """People type what a place is together with its name, in Italian as the city says it."""
    return case(
        (Place.kind == PlaceKind.SOCIAL_CENTRE, "centro sociale centri sociali"),
        (Place.kind == PlaceKind.NEIGHBOURHOOD_HOUSE, "casa di quartiere case di quartiere"),
        else_="",
    )
