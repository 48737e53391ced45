"""Pages made once and kept in this process under the name of all they were made of."""

import gzip
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

from flask import Response, request

MOST_PAGES = 256
LARGEST_BYTES = 100_000
SMALLEST_COMPRESSED_BYTES = 1_000
GZIP_LEVEL = 6
"""Paid once a kept page: 0.4 ms for the registry's list, which shrinks from 18 to 4 kB."""
KEPT_HEADERS = {"content-type", "content-length", "vary"}


@dataclass(frozen=True)
class KeptPage:
    """What a visitor got."""

    content_type: str
    body: bytes
    vary: tuple[str, ...]

    @cached_property
    def compressed(self) -> bytes | None:
        """The body by gzip, made when a browser first asks; None where it is too short for that.

        No secret stands on the page, so its length gives none away (BREACH).
        """
        if len(self.body) < SMALLEST_COMPRESSED_BYTES:
            return None
        return gzip.compress(self.body, GZIP_LEVEL, mtime=0)

    def answer(self) -> Response:
        """Return it as an answer to the present request, compressed if the browser can read it."""
        reads_gzip = request.accept_encodings.quality("gzip") > 0
        compressed = self.compressed if reads_gzip else None
        response = Response(compressed or self.body, content_type=self.content_type)
        if compressed:
            response.headers["Content-Encoding"] = "gzip"
        response.vary.update((*self.vary, "Accept-Encoding"))
        return response


class KeptPages:
    """At most 256 pages, those asked for last; shared by the threads of a process."""

    def __init__(self) -> None:
        """Start with none."""
        self._pages: OrderedDict[str, KeptPage] = OrderedDict()
        self._lock = Lock()

    def find(self, tag: str) -> KeptPage | None:
        """Return the page made under `tag`, or None."""
        with self._lock:
            page = self._pages.get(tag)
            if page is not None:
                self._pages.move_to_end(tag)
            return page

    def keep(self, tag: str, response: Response) -> KeptPage | None:
        """Keep `response` under `tag` and return it; None where it is more than a plain page."""
        body = response.get_data()
        is_plain = all(name.lower() in KEPT_HEADERS for name in response.headers.keys())  # noqa: SIM118 - not a dict
        if not is_plain or len(body) > LARGEST_BYTES:
            return None
        page = KeptPage(
            content_type=response.headers["Content-Type"],
            body=body,
            vary=tuple(response.vary),
        )
        with self._lock:
            self._pages[tag] = page
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
        return page
