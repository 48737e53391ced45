"""Rows as they are kept between checking a list and applying it.

Instead of the file: that one holds the names of people, which we do not keep.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from io import BytesIO
from typing import Any

from portal.core.sentences import Sentence, read_sentence
from portal.registry.import_file.rows import ImportFile, Layout, RowProblem, SourceRow
from portal.registry.states import AssociationKind, RuntsSection

_ROW_FIELDS = tuple(field.name for field in fields(SourceRow))


def pack_rows(file: ImportFile) -> bytes:
    """Return what was read of `file`, compressed."""
    packed = BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=5, mtime=0) as stream:
        for line in _lines(file):
            stream.write(json.dumps(line, ensure_ascii=False, default=_plain).encode() + b"\n")
    return packed.getvalue()


def _lines(file: ImportFile) -> Iterator[object]:
    yield {
        "encoding": file.encoding,
        "separator": file.separator,
        "year": file.year,
        "layout": file.layout,
        "list_day": file.list_day,
        "problems": [[p.row, p.reason] for p in file.problems],
    }
    for row in file.rows:
        yield [getattr(row, name) for name in _ROW_FIELDS]


def _plain(value: object) -> object:
    if isinstance(value, Sentence):
        return value.as_json()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError


def unpack_rows(content: bytes) -> ImportFile:
    """Return what `pack_rows` was given."""
    with gzip.GzipFile(fileobj=BytesIO(content)) as stream:
        facts = json.loads(stream.readline())
        rows = tuple(_unpacked(stream))
    day = facts["list_day"]
    return ImportFile(
        rows=rows,
        problems=tuple(RowProblem(n, read_sentence(reason)) for n, reason in facts["problems"]),
        encoding=facts["encoding"],
        separator=facts["separator"],
        year=facts["year"],
        layout=Layout(facts["layout"]),
        list_day=date.fromisoformat(day) if day else None,
    )


def _unpacked(lines: Iterable[bytes]) -> Iterator[SourceRow]:
    for line in lines:
        values: dict[str, Any] = dict(zip(_ROW_FIELDS, json.loads(line), strict=True))
        values["flags"] = frozenset(values["flags"])
        if values["kind"]:
            values["kind"] = AssociationKind(values["kind"])
        if values["section"]:
            values["section"] = RuntsSection(values["section"])
        if values["runts_enrolled_on"]:
            values["runts_enrolled_on"] = date.fromisoformat(values["runts_enrolled_on"])
        if values["problem"]:
            values["problem"] = read_sentence(values["problem"])
        yield SourceRow(**values)
