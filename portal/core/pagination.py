"""Lists in pages, and what an address may ask of a list."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import request
from sqlalchemy import Select, func, select

from portal.core.database import session
from portal.core.text import without_forbidden_characters

Row = TypeVar("Row")

PER_PAGE = 20
LONGEST_SEARCH = 100
HIGHEST_PAGE = 100_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: list[Row]
    number: int
    """From 1."""
    total: int
    """Rows in the whole list."""
    per_page: int = PER_PAGE

    @property
    def last(self) -> int:
        """Number of the last page, at least 1."""
        return max(1, -(-self.total // self.per_page))

    @property
    def has_next(self) -> bool:
        """Say whether another page follows."""
        return self.number < self.last

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to offer; None stands for a gap."""
        near = {1, self.last, *range(self.number - 1, self.number + 2)}
        shown = sorted(n for n in near if 1 <= n <= self.last)
        result: list[int | None] = []
        for number in shown:
            if result and result[-1] is not None and number - result[-1] > 1:
                result.append(None)
            result.append(number)
        return result


def requested_page(name: str = "pagina") -> int:
    """Return the page the address asks for; anything that is no page number means the first."""
    value = request.args.get(name, "")
    if not (value.isascii() and value.isdigit()) or len(value) > len(str(HIGHEST_PAGE)):
        return 1
    return max(1, int(value))


def requested_number(name: str, *, default: int, least: int, most: int) -> int:
    """Return a number of the address between `least` and `most`; anything else is `default`."""
    value = request.args.get(name, "")
    is_number = value.isascii() and value.isdigit() and len(value) <= len(str(most))
    return int(value) if is_number and least <= int(value) <= most else default


def requested_text(name: str = "q") -> str:
    """Return a search word of the address: trimmed, harmless, at most 100 characters."""
    return search_text(request.args.get(name, ""))


def search_text(text: str) -> str:
    """Return words to search for: trimmed, harmless, at most 100 characters."""
    return " ".join(without_forbidden_characters(text).split())[:LONGEST_SEARCH]


def requested_choice(name: str, allowed: Any) -> str:  # noqa: ANN401 - any container of strings
    """Return a filter of the address if it is one of `allowed`, else the empty string."""
    value = request.args.get(name, "")
    return value if value in allowed else ""


def count_rows(statement: Select[Any]) -> int:
    """Return how many rows `statement` would give without limit and order."""
    inner = statement.order_by(None).limit(None).offset(None).subquery()
    return session().scalar(select(func.count()).select_from(inner)) or 0


def clamp_page(number: int, total: int, per_page: int = PER_PAGE) -> int:
    """Return `number`, or the last page where it lies past the end."""
    return min(number, max(1, -(-total // per_page)))
