"""Words of templates in the visitor's language.

Flask-Babel asks for domain, locale and catalogue again for each string, 14 µs each: half the time
of a page of sixty strings. Here each is looked up once per process and language.
"""

import re
from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_babel import get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

DEFAULT_LANGUAGE = "it"
MOST_TEXTS = 8_192

_MONTHS = (
    "gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre"
)
_ARTICLE = re.compile(rf"\b([Ii]|[AaDdNnSs][aeu]?)l (?=(?:8|11) (?:{_MONTHS})\b)")
"""An article before *otto* and *undici*, which begin with a vowel: il, al, dal, del, nel, sul."""


def install_translation(app: Flask) -> None:
    """Give `app`'s templates `_`, `gettext` and `ngettext`."""
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)


def language() -> str:
    """Return the language of what is being rendered: `it` or `en`."""
    # Where Flask-Babel keeps what it chose, also under `force_locale`; its `get_locale` goes
    # there through four proxies.
    kept = getattr(g._get_current_object(), "_flask_babel", None)  # noqa: SLF001
    locale = getattr(kept, "babel_locale", None) or get_locale()
    return str(locale.language) if locale else DEFAULT_LANGUAGE


@pass_eval_context
def gettext(context: EvalContext, message: str, /, **values: Any) -> str:  # noqa: ANN401
    """Return `message` in the visitor's language with `%(name)s` filled in, escaped in HTML."""
    if values:
        return _fill(context, _find_text(language(), message), values)
    text = _find_fixed_text(language(), message)
    return text if context.autoescape else str(text)


@pass_eval_context
def ngettext(
    context: EvalContext,
    singular: str,
    plural: str,
    number: int,
    /,
    **values: Any,  # noqa: ANN401
) -> str:
    """Return the form that fits `number`, which stands in it as `%(num)s`."""
    text = _find_plural(language(), singular, plural, number)
    return _fill(context, text, {"num": number, **values})


@lru_cache(MOST_TEXTS)
def _find_text(language: str, message: str) -> Markup:  # noqa: ARG001 - part of the key
    # Catalogues change only with the program, so what was found stays true.
    return Markup(get_translations().ugettext(message))  # noqa: S704 - our own words


@lru_cache(MOST_TEXTS)
def _find_fixed_text(language: str, message: str) -> Markup:
    return _find_text(language, message) % {}


@lru_cache(MOST_TEXTS)
def _find_plural(language: str, singular: str, plural: str, number: int) -> Markup:  # noqa: ARG001 - part of the key
    return Markup(get_translations().ungettext(singular, plural, number))  # noqa: S704 - our own words


def _fill(context: EvalContext, text: Markup, values: dict[str, Any]) -> str:
    # Formatted in every case, as Jinja does it: a per cent sign is written %%.
    filled = text % values if context.autoescape else str(text) % values
    return _elide(filled) if "l %(" in text else filled


def _elide(text: str) -> str:
    """Return `text` with Italian articles as they are said: `dal 8 maggio` → `dall’8 maggio`."""
    return type(text)(_ARTICLE.sub(_say_elided, text))


def _say_elided(found: re.Match[str]) -> str:
    start = found[1]
    return {"I": "L", "i": "l"}.get(start, start + "ll") + "’"
