"""How much one request may hold."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, current_app, request

LARGEST_REQUEST_BYTES = 12 * 1024 * 1024
LARGEST_FORM_PART_BYTES = 500 * 1024
LARGEST_TEXT_BYTES = 1024 * 1024
"""Of a form without files: the library reads it whole, 11 MB of `a=&` for seconds on end."""


class LimitedRequest(Request):
    """A request whose form without files is small, as all that people type is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Flask's own arguments
        """Set how much is read of this request; more is 413."""
        super().__init__(*args, **kwargs)
        self._own_limit: int | None = None
        if self.mimetype != "multipart/form-data":
            self._own_limit = LARGEST_TEXT_BYTES

    @property
    def max_content_length(self) -> int | None:
        """Return how much may be read: what the view takes, where it takes files and says so.

        Asked when the body is read, which the protection of forms does before the view is called.
        """
        if self._own_limit is not None:
            return self._own_limit
        view = current_app.view_functions.get(self.endpoint or "") if current_app else None
        largest: int | None = getattr(view, "largest_request", None)
        return largest or super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._own_limit = value


View = TypeVar("View", bound=Callable[..., Any])


def takes_at_most(size: int) -> Callable[[View], View]:
    """Let a view take `size` bytes with files instead of what is the limit of all."""

    def mark(view: View) -> View:
        view.largest_request = size  # type: ignore[attr-defined]
        return view

    return mark


def largest_megabytes() -> int:
    """Return how many megabytes the present request might have held with files."""
    view = current_app.view_functions.get(request.endpoint or "")
    return int(getattr(view, "largest_request", LARGEST_REQUEST_BYTES) / 1024 / 1024)


def install_request_limits(app: Flask) -> None:
    """Give `app` its limits."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_FORM_PART_BYTES
    app.request_class = LimitedRequest
