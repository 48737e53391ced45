"""Headers that every answer carries."""

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


def install_security_headers(app: Flask) -> None:
    """Add the headers to every answer of `app`."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    # Not no-referrer: the CSRF check over https asks for the Referer of our own pages.
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if "Cache-Control" not in headers:
        # What a signed-in person sees is nobody else's; public pages are asked for again.
        headers["Cache-Control"] = "no-store" if current_actor().is_signed_in else "no-cache"
    return response
