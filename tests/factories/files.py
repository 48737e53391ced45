"""Files as people upload them."""

from io import BytesIO

from PIL import Image
from werkzeug.datastructures import FileStorage

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


def picture(kind: str = "JPEG", *, mode: str = "RGB", size: tuple[int, int] = (60, 40), **save):
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **save)
    return out.getvalue()


def picture_with_place() -> bytes:
    """Return a JPEG that says where and with which camera it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Macchina della Prova"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif.tobytes())


def upload(content: bytes, name: str = "statuto.pdf") -> FileStorage:
    return FileStorage(BytesIO(content), filename=name)
