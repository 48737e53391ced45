"""The filters of "serve aiuto": what an address asks for, and the address that asks for it.

Lists, calendars, downloads and saved searches read the same words, so that each combination is
one address.
"""

from collections.abc import Container
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from portal.core.pagination import search_text
from portal.core.text import read_day
from portal.volunteering.states import DayPart, Sector, Skill, TimeKind, Weekday

Choice = TypeVar("Choice", bound=StrEnum)

LONGEST_QUERY = 1_000
ONLY = "1"


class FilterName(StrEnum):
    """What a list of shifts can be narrowed by, named as in the address, in the form's order."""

    TEXT = "q"
    WEEKDAYS = "giorno"
    DAY_PARTS = "parte"
    UNTIL = "fino"
    DISTRICT = "ambito"
    SECTORS = "settore"
    SKILLS = "capacita"
    TIME_KINDS = "tempo"
    TAKEABLE = "posso"


@dataclass(frozen=True)
class ShiftFilters:
    """What a list of shifts is narrowed to; empty means all."""

    text: str = ""
    sectors: frozenset[Sector] = frozenset()
    district_code: str = ""
    weekdays: frozenset[Weekday] = frozenset()
    day_parts: frozenset[DayPart] = frozenset()
    skills: frozenset[Skill] = frozenset()
    """One of them is enough."""
    time_kinds: frozenset[TimeKind] = frozenset()
    until_on: date | None = None
    """The last day, included."""
    is_takeable: bool = False
    """Only what the person looking can take now."""
    project_id: int | None = None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query of the address that asks for this, always in the same order."""
        names = FilterName
        found = {
            names.TEXT: [self.text] if self.text else [],
            names.WEEKDAYS: _in_order(self.weekdays, Weekday),
            names.DAY_PARTS: _in_order(self.day_parts, DayPart),
            names.UNTIL: [self.until_on.isoformat()] if self.until_on else [],
            names.DISTRICT: [self.district_code] if self.district_code else [],
            names.SECTORS: _in_order(self.sectors, Sector),
            names.SKILLS: _in_order(self.skills, Skill),
            names.TIME_KINDS: _in_order(self.time_kinds, TimeKind),
            names.TAKEABLE: [ONLY] if self.is_takeable else [],
        }
        return [(name.value, value) for name in names for value in found[name]]

    @property
    def query(self) -> str:
        """The same as text, at most `LONGEST_QUERY` characters; empty where nothing is chosen."""
        return urlencode(self.pairs)

    @property
    def chosen(self) -> list[FilterName]:
        """Which filters are chosen, in the order of the form."""
        used = {name for name, _value in self.pairs}
        return [name for name in FilterName if name.value in used]

    @property
    def count(self) -> int:
        """How many filters a person has chosen."""
        return len(self.chosen)

    @property
    def for_mail(self) -> "ShiftFilters":
        """The same as a saved search: there "only what I can take" goes without saying."""
        return replace(self, is_takeable=False)

    def without(self, *names: FilterName) -> str:
        """Return the query without these filters."""
        return urlencode([(name, value) for name, value in self.pairs if name not in names])


def read_filters(
    query: MultiDict[str, str], *, district_codes: Container[str], is_signed_in: bool
) -> ShiftFilters:
    """Return what the query of an address asks for; what nobody knows is ignored.

    "Only what I can take" means something for a person alone.
    """
    district = query.get(FilterName.DISTRICT, "")
    return ShiftFilters(
        text=search_text(query.get(FilterName.TEXT, "")),
        sectors=_choices(query, FilterName.SECTORS, Sector),
        district_code=district if district in district_codes else "",
        weekdays=_choices(query, FilterName.WEEKDAYS, Weekday),
        day_parts=_choices(query, FilterName.DAY_PARTS, DayPart),
        skills=_choices(query, FilterName.SKILLS, Skill),
        time_kinds=_choices(query, FilterName.TIME_KINDS, TimeKind),
        until_on=read_day(query.get(FilterName.UNTIL, "")),
        is_takeable=is_signed_in and query.get(FilterName.TAKEABLE) == ONLY,
    )


def read_query(query: str, *, district_codes: Container[str]) -> ShiftFilters:
    """Return what a saved search asks for."""
    return read_filters(
        MultiDict(parse_qsl(query)), district_codes=district_codes, is_signed_in=True
    )


def _choices(query: MultiDict[str, str], name: str, known: type[Choice]) -> frozenset[Choice]:
    wanted = set(query.getlist(name))
    return frozenset(choice for choice in known if choice.value in wanted)


def _in_order(chosen: frozenset[Choice], known: type[Choice]) -> list[str]:
    return [choice.value for choice in known if choice in chosen]
