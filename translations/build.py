"""Catalogues: one file per feature and language, merged into one compiled catalogue.

`update [FEATURE …]` collects message ids from code and templates into the file of the feature
where they stand (`it/<feature>.po`); what is shared by all stands in `core`. `compile` merges the
files and writes `<language>/LC_MESSAGES/messages.mo`. English needs no files: the ids are English.
"""

import io
import sys
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
TRANSLATED = ("it",)
METHODS = [
    ("portal/**.py", "python"),
    # Typst, fonts, and letters: acts of the municipality, in its own language alone.
    ("templates/documents/**.*", "ignore"),
    ("templates/**.*", "jinja2"),
]
OPTIONS = {"templates/**.*": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
    "lazy_ngettext": (1, 2), "_n": (1, 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip


@cache
def all_features() -> frozenset[str]:
    """Return the names of the portal's features, looked for once."""
    folders = (ROOT / "portal").iterdir()
    return frozenset(p.name for p in folders if (p / "__init__.py").exists())


def feature_of(path: str) -> str:
    """Return the file that holds the words of `path`: its feature, or `core` for what is shared."""
    parts, features = Path(path).parts, all_features()
    if parts[0] == "templates" and parts[1] == "emails" and len(parts) > 3:  # noqa: PLR2004
        return parts[2] if parts[2] in features else "core"
    return parts[1] if parts[1] in features else "core"


@cache
def collect() -> dict[str, Catalog]:
    """Return the message ids in use, by feature. An id used by two features stands in both."""
    catalogs: dict[str, Catalog] = {}
    for folder in ("portal", "templates"):
        found = extract_from_dir(
            str(ROOT / folder),
            [
                (pattern.removeprefix(folder + "/"), method)
                for pattern, method in METHODS
                if pattern.startswith(folder)
            ],
            {p.removeprefix(folder + "/"): o for p, o in OPTIONS.items()},
            KEYWORDS,
        )
        for path, line, message, _comments, context in found:
            if context is not None:
                raise SystemExit(f"{path}:{line}: contexts are not used here")
            feature = feature_of(f"{folder}/{path}")
            catalogs.setdefault(feature, Catalog(locale="it", fuzzy=False)).add(message)
    return catalogs


def load(language: str) -> dict[str, Catalog]:
    """Return the files of `language` by feature."""
    result = {}
    for path in sorted((HERE / language).glob("*.po")):
        with path.open("rb") as file:
            result[path.stem] = read_po(file, locale=language)
    return result


def merged(language: str) -> Catalog:
    """Return all files of `language` as one; two files that contradict stop the build."""
    catalog = Catalog(locale=language)
    for feature, part in load(language).items():
        for message in part:
            if not message.id:
                continue
            known = catalog.get(message.id)
            if (
                known is not None
                and known.string
                and message.string
                and known.string != message.string
            ):
                raise SystemExit(
                    f"{language}/{feature}.po: another file says {message.id!r} otherwise"
                )
            if known is None:
                catalog.add(message.id, message.string, flags=message.flags)
            elif not known.string:
                # `add` would keep the empty words it knows already.
                known.string = message.string
    return catalog


def update(features: list[str]) -> None:
    """Rewrite the files of `features` (none named: of all) with exactly the ids in use."""
    used = collect()
    for language in TRANSLATED:
        known = merged(language)
        for feature, ids in used.items():
            if features and feature not in features:
                continue
            target = Catalog(locale=language, fuzzy=False)
            for message in ids:
                if message.id:
                    old = known.get(message.id)
                    target.add(message.id, old.string if old else "", flags=message.flags)
            _write(HERE / language / f"{feature}.po", target)
        for path in (HERE / language).glob("*.po"):
            if path.stem not in used:
                path.unlink()


def missing(language: str) -> list[str]:
    """Return the ids in use that `language` has no words for."""
    known = merged(language)
    return [
        str(message.id)
        for ids in collect().values()
        for message in ids
        if message.id and not _is_complete(known.get(message.id))
    ]


def unused(language: str) -> list[str]:
    """Return the ids that `language` has words for and nobody uses."""
    used = {m.id for ids in collect().values() for m in ids}
    return [str(m.id) for m in merged(language) if m.id and m.id not in used]


def compile_all() -> None:
    """Write the compiled catalogues; English gets its ids as words."""
    for language in TRANSLATED:
        _write_mo(language, merged(language))
    english = Catalog(locale="en")
    for ids in collect().values():
        for message in ids:
            if message.id:
                english.add(message.id, message.id, flags=message.flags)
    _write_mo("en", english)


def _is_complete(message: object) -> bool:
    string = getattr(message, "string", None)
    return all(string) if isinstance(string, tuple | list) else bool(string)


def _write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    # A header of our own, without dates and names: two runs give the same file.
    write_po(buffer, catalog, width=100, omit_header=True, sort_output=True, no_location=True)
    header = ['msgid ""\n', 'msgstr ""\n', '"Content-Type: text/plain; charset=utf-8\\n"\n',
              f'"Language: {catalog.locale}\\n"\n',
              f'"Plural-Forms: {catalog.plural_forms}\\n"\n']  # fmt: skip
    path.write_text("".join(header) + "\n" + buffer.getvalue().decode(), encoding="utf-8")


def _write_mo(language: str, catalog: Catalog) -> None:
    path = HERE / language / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_mo(file, catalog)


def main(verb: str, *features: str) -> None:
    """Run `update [FEATURE …]`, `compile`, or `missing` (prints what has no words yet)."""
    if verb == "update":
        update(list(features))
    elif verb == "compile":
        compile_all()
    elif verb == "missing":
        print("\n".join(f"{lang}: {i}" for lang in TRANSLATED for i in missing(lang)))
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
