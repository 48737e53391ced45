"""Long lists as JSON, sent while they are read."""

import json
from collections.abc import Iterable, Iterator, Mapping

from flask import Response, stream_with_context

_CHUNK_ROWS = 500


def json_pieces(rows: Iterable[Mapping[str, object]], *, name: str) -> Iterator[str]:
    """Return `{name: [row, …]}` in pieces, a row a line."""
    piece = [f"{{{json.dumps(name)}: [\n"]
    for number, row in enumerate(rows):
        piece.append((",\n" if number else "") + json.dumps(row, ensure_ascii=False))
        if len(piece) > _CHUNK_ROWS:
            yield "".join(piece)
            piece = []
    yield "".join([*piece, "\n]}\n"])


def json_list_response(rows: Iterable[Mapping[str, object]], *, name: str) -> Response:
    """Return rows as one JSON object that holds them under `name`."""
    return Response(stream_with_context(json_pieces(rows, name=name)), mimetype="application/json")
