"""Headers that every answer carries."""

from wsgiref.headers import Headers

from flask import Flask, Response, request

from portal.core.access import current_actor

CONTENT_SECURITY_POLICY = "; ".join(  # noqa: FLY002 - a directive a line
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)

SANDBOXED_CONTENT = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
"""Of a file somebody uploaded: whatever it turns out to hold, nothing in it runs or loads."""

ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: the CSRF check over https asks for the Referer of our own pages.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def install_security_headers(app: Flask) -> None:
    """Add the headers to every answer of `app`."""
    app.after_request(_add_headers)


def add_static_headers(headers: Headers, _path: str, _url: str) -> None:
    """Add to a static file what every answer carries; for whoever serves it."""
    for name, value in ALWAYS.items():
        headers[name] = value


def _add_headers(response: Response) -> Response:
    headers = response.headers
    for name, value in ALWAYS.items():
        # Only a stricter policy stands in its place (`downloads.py`).
        headers.setdefault(name, value)
    _stay_here(response)
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if "Cache-Control" not in headers:
        # What a signed-in person sees is nobody else's; public pages are asked for again.
        headers["Cache-Control"] = "no-store" if current_actor().is_signed_in else "no-cache"
    return response


def _stay_here(response: Response) -> None:
    """Send on to paths only: the library writes the visitor's Host header into some addresses."""
    location = response.headers.get("Location", "")
    if location.startswith(request.host_url):
        path = location.removeprefix(request.host_url).lstrip("/\\")
        response.headers["Location"] = f"/{path}"
