"""What templates can call: formats of dates and numbers, addresses of static files."""

from collections.abc import MutableMapping
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask.templating import Environment
from flask_babel import format_date, format_decimal
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.datastructures import MultiDict

from portal.config import Settings
from portal.core.addresses import local_address
from portal.core.amounts import format_money
from portal.core.clock import local_today, to_local
from portal.core.forms import is_optional
from portal.core.kept_parts import kept_part
from portal.core.translation import install_translation, language

A_THOUSAND = 1_000
MOST_KEPT = 4_096
PLACES_IN_A_LIST = ("pagina", "pagine")
"""What an address says of how far one has read: one page, or all pages up to one."""


class PortalEnvironment(Environment):
    """Flask's Jinja, without the layer of globals that no template here has.

    Jinja wraps them in a `ChainMap` for every template and searches that in Python at each import
    and include: a tenth of a page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template: the environment's own where it adds none."""
        return super().make_globals(d) if d else self.globals


def install_templating(app: Flask, *, static_prefix: str) -> None:
    """Give `app`'s templates their tools. `static_prefix` is `/static/<hash>/`."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        static=lambda path: static_prefix + path,
        icon_of=partial(icon_of, static_prefix + "icons/sprite.svg"),
        url_for=address_of,
        address_with=address_with,
        page_address=page_address,
        is_optional=is_optional,
        kept_part=kept_part,
        language_address=language_address,
        locale=language,
        other_locale=lambda: "en" if language() == "it" else "it",
    )
    app.jinja_env.filters.update(
        day=format_day,
        iso_day=format_iso_day,
        local_day=_as_day,
        long_day=format_long_day,
        short_day=format_short_day,
        month_year=format_month_year,
        hour=format_hour,
        moment=format_moment,
        iso=lambda value: value.isoformat(),
        number=format_number,
        money=format_money,
        paragraphs=paragraphs,
        upper_first=upper_first,
    )
    install_translation(app)
    settings: Settings = app.extensions["portal_settings"]
    app.jinja_env.globals["whole_address"] = lambda path: settings.base_url + path
    app.context_processor(lambda: {"is_demo": settings.is_demo})


def _as_day(value: date | datetime) -> date:
    return to_local(value).date() if isinstance(value, datetime) else value


def format_number(value: float) -> str:
    """`1.250`; below a thousand every language writes whole numbers alike, and lists hold many."""
    if isinstance(value, int) and 0 <= value < A_THOUSAND:
        return str(value)
    return format_decimal(value)


@lru_cache(MOST_KEPT)
def _write_day(_language: str, day: date, pattern: str) -> str:
    # Babel reads the pattern and looks up its words each time, 20 µs; a list has dozens of days.
    return format_date(day, pattern)


def format_day(value: date | datetime) -> str:
    """`12 dicembre 2026`."""
    return _write_day(language(), _as_day(value), "d MMMM y")


def format_iso_day(text: str) -> str:
    """`2026-12-12`, as it stands in frozen texts → `12 dicembre 2026`."""
    return format_day(date.fromisoformat(text))


def format_long_day(value: date | datetime) -> str:
    """`giovedì 12 dicembre`, with the year when it is not this one."""
    day = _as_day(value)
    pattern = "EEEE d MMMM" if day.year == local_today().year else "EEEE d MMMM y"
    return _write_day(language(), day, pattern)


def format_short_day(value: date | datetime) -> str:
    """`gio 12 dic`."""
    return _write_day(language(), _as_day(value), "EEE d MMM")


def format_month_year(value: date | datetime) -> str:
    """`novembre 2026`."""
    return _write_day(language(), _as_day(value), "MMMM y")


def format_hour(value: datetime) -> str:
    """`7:30`, as people write it."""
    local = to_local(value)
    return f"{local.hour}:{local.minute:02d}"


def format_moment(value: datetime) -> str:
    """`giovedì 12 dicembre, ore 15:00`."""
    return _("%(day)s at %(hour)s", day=format_long_day(value), hour=format_hour(value))


def upper_first(text: str) -> str:
    """Return a sentence with its first letter as a capital, names in it as they are."""
    return text[:1].upper() + text[1:]


def paragraphs(text: str) -> Markup:
    """Return what somebody typed as paragraphs: blank lines separate, line ends are kept."""
    blocks = [b.strip() for b in text.replace("\r\n", "\n").split("\n\n") if b.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in b.split("\n")))
        for b in blocks
    )


@lru_cache(MOST_KEPT)
def icon_of(sprite: str, name: str) -> Markup:
    """Return icon `name` of the sprite, for the eye only. A list has up to two hundred."""
    return Markup('<svg class="ico" aria-hidden="true"><use href="{}#{}"></use></svg>').format(
        sprite, name
    )


def address_of(endpoint: str, **values: Any) -> str:  # noqa: ANN401 - Flask's own signature
    """Return the address of `endpoint`: Flask's `url_for`, asked once for the same values."""
    if all(type(v) is str or type(v) is int for v in values.values()) and "_external" not in values:
        return _find_address(endpoint, request.root_path, *values.items())
    return url_for(endpoint, **values)


@lru_cache(MOST_KEPT)
def _find_address(endpoint: str, _root: str, *values: tuple[str, str | int]) -> str:
    # Where the portal is mounted is part of the key; nothing else an address depends on changes.
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]


def address_with(**changes: object) -> str:
    """Return this list's address with some query parameters changed; None or "" drops one.

    The page number is dropped too: a changed list starts from its first page.
    """
    query: MultiDict[str, str] = MultiDict(request.args)
    for place in PLACES_IN_A_LIST:
        query.poplist(place)
    for name, value in changes.items():
        query.poplist(name)
        if value not in (None, ""):
            query.setlist(
                name, [str(v) for v in value] if isinstance(value, list) else [str(value)]
            )
    return _address(query)


def page_address(number: int) -> str:
    """Return this list's address at another page."""
    query: MultiDict[str, str] = MultiDict(request.args)
    for place in PLACES_IN_A_LIST:
        query.poplist(place)
    if number > 1:
        query["pagina"] = str(number)
    return _address(query)


def language_address(code: str) -> str:
    """Return the address that switches to language `code` and comes back to this page.

    From the page of an error in a sent form the way back is the page the form was on.
    """
    here = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else "/"
    return url_for("home.choose_language", code=code, next=local_address(here))


def _address(query: MultiDict[str, str]) -> str:
    pairs = [(k, v) for k, v in query.items(multi=True) if v]
    return request.path + ("?" + urlencode(pairs) if pairs else "")
