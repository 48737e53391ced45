"""Pictures that people upload: drawn anew, so that nothing but the picture is kept.

The library is loaded with the first picture: most web processes see none for a long time.
"""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE = 4096
"""Pixels; a larger picture is made smaller."""
MOST_PIXELS = 64_000_000
"""What no telephone exceeds unasked; unpacked, it is a quarter of a gigabyte at most."""
JPEG_QUALITY = 85

_DEEP_GREYS = ("I", "F")
"""Begin the names of modes with more than eight bits a pixel."""


class BrokenPictureError(Exception):
    """It cannot be drawn: cut off, or not a picture at all."""


class HugePictureError(Exception):
    """So many pixels that unpacking them would stop the server ("decompression bomb")."""


def draw_anew(content: bytes, *, kind: str, longest_side: int = LONGEST_SIDE) -> bytes:
    """Return the picture as `kind` ("JPEG" or "PNG"), upright, without whatever else was in it.

    Where it was taken, by which telephone, a preview, a second file behind its end: all of it is
    left out. Raises `BrokenPictureError` or `HugePictureError`.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - see above

    try:
        with Image.open(BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise HugePictureError
            # A JPEG is read at a fraction of its size where that is enough: less memory.
            picture.draft(None, (longest_side, longest_side))
            drawn = ImageOps.exif_transpose(picture)
            drawn.thumbnail((longest_side, longest_side))
            return _write(drawn, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise HugePictureError from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise BrokenPictureError from error


def _write(picture: "Image.Image", kind: str) -> bytes:
    from PIL import Image  # noqa: PLC0415 - see above

    mode = "RGB" if kind == "JPEG" else _png_mode(picture)
    if picture.mode.startswith(_DEEP_GREYS):
        # Grey in sixteen bits: the library would make everything above 255 white.
        picture = picture.convert("I").point(lambda grey: grey / 256)
        mode = "L"
    if kind == "JPEG" and picture.mode == "L":
        mode = "L"
    clean = Image.new(mode, picture.size)
    clean.paste(picture.convert(mode))
    out = BytesIO()
    clean.save(out, kind, **({"quality": JPEG_QUALITY, "optimize": True} if kind == "JPEG" else {}))
    return out.getvalue()


def _png_mode(picture: "Image.Image") -> str:
    if picture.has_transparency_data:
        return "RGBA"
    return "L" if picture.mode in {"1", "L"} else "RGB"
