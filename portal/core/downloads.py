"""Files as answers: they arrive as what they are, under their name, and nothing in them runs."""

from urllib.parse import quote

from flask import Response, make_response

from portal.core.files import PICTURES, MediaType, StoredFile
from portal.core.security_headers import SANDBOXED_CONTENT


def file_response(file: StoredFile, *, as_attachment: bool = True) -> Response:
    """Return `file` (with its content) as a private answer: kept by nobody on the way.

    `as_attachment=False` lets the browser show it in place. Who may read it, the view has asked.
    """
    return made_response(
        file.name, file.content, media_type=file.media_type, as_attachment=as_attachment
    )


def made_response(
    name: str,
    content: bytes,
    *,
    media_type: MediaType = MediaType.PDF,
    as_attachment: bool = True,
) -> Response:
    """Return what was made a moment ago and is not kept, as `file_response` would."""
    response = make_response(content)
    response.mimetype = media_type.value
    headers = response.headers
    headers["Content-Disposition"] = disposition(name, as_attachment=as_attachment)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cache-Control"] = "no-store"
    if as_attachment or media_type in PICTURES:
        # Not for a PDF shown in place: browsers refuse their own reader in a sandbox.
        headers["Content-Security-Policy"] = SANDBOXED_CONTENT
    return response


def disposition(name: str, *, as_attachment: bool = True) -> str:
    """Return a Content-Disposition: the name in plain letters, and as it is (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    plain = plain.replace("\\", "_").replace('"', "_")
    kind = "attachment" if as_attachment else "inline"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
