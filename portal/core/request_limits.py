"""How much one request may hold."""

from typing import Any

from flask import Flask, Request

LARGEST_REQUEST_BYTES = 12 * 1024 * 1024
LARGEST_FORM_PART_BYTES = 500 * 1024
LARGEST_TEXT_BYTES = 1024 * 1024
"""Of a form without files: the library reads it whole, 11 MB of `a=&` for seconds on end."""


class LimitedRequest(Request):
    """A request whose form without files is small, as all that people type is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Flask's own arguments
        """Set how much is read of this request; more is 413."""
        super().__init__(*args, **kwargs)
        if self.mimetype != "multipart/form-data":
            self.max_content_length = LARGEST_TEXT_BYTES


def install_request_limits(app: Flask) -> None:
    """Give `app` its limits."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_FORM_PART_BYTES
    app.request_class = LimitedRequest
