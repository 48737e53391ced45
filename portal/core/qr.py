"""QR codes, made here and drawn into the page: nothing is fetched, no address leaves the portal.

The library is loaded with the first code.
"""

from markupsafe import Markup, escape


def qr_drawing(address: str, words: str) -> Markup:
    """Return the QR code of `address` as inline SVG; `words` say to who cannot see what it is."""
    import segno  # noqa: PLC0415 - see above

    code = segno.make(address, error="m", micro=False)
    drawing = code.svg_inline(border=2, omitsize=True, svgclass=None, lineclass=None)
    head = Markup('<svg class="qr" role="img" aria-label="{}" ').format(escape(words))
    # The drawing is made of the code's squares alone; the library writes the whole of it.
    return head + Markup(drawing.removeprefix("<svg "))  # noqa: S704


def qr_squares(address: str) -> list[str]:
    """Return the QR code of `address` as rows of `0` and `1`, for a document to draw."""
    import segno  # noqa: PLC0415 - see above

    return ["".join(map(str, row)) for row in segno.make(address, error="m").matrix]
