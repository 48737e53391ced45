from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import ExifTags, Image, PngImagePlugin

from portal.core.downloads import disposition
from portal.core.files import (
    LARGEST_FILE_BYTES,
    PICTURES,
    FileRefusal,
    FileRefusedError,
    MediaType,
    check_upload,
    clean_name,
)
from portal.core.pictures import MOST_PIXELS, draw_anew
from tests.factories.files import PDF, picture, upload


def refusal_of(content: bytes, name: str = "statuto.pdf", **how) -> FileRefusal:
    with pytest.raises(FileRefusedError) as refused:
        check_upload(upload(content, name), **how)
    return refused.value.refusal


def archive() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as zipped:
        zipped.writestr("setup.exe", b"MZ")
    return out.getvalue()


def test_pdf_is_kept_byte_for_byte():
    checked = check_upload(upload(PDF))
    assert (checked.media_type, checked.content) == (MediaType.PDF, PDF)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + PDF,
        b"\x7fELF" + PDF,
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        archive(),
    ],
    ids=["program", "program of Linux", "page", "gif", "svg", "archive"],
)
def test_what_only_calls_itself_a_pdf_is_refused(content):
    assert refusal_of(content) is FileRefusal.NOT_ALLOWED


def test_pdf_that_is_an_archive_from_its_end_is_refused():
    assert refusal_of(PDF + archive()) is FileRefusal.TWO_IN_ONE


def test_pdf_that_was_cut_off_is_refused():
    assert refusal_of(PDF[:-8] + b" " * 10) is FileRefusal.BROKEN


def test_empty_file_is_refused():
    assert refusal_of(b"") is FileRefusal.EMPTY


def test_file_of_ten_megabytes_is_taken_and_one_byte_more_is_not():
    room = LARGEST_FILE_BYTES - len(PDF)
    assert check_upload(upload(PDF[:-7] + b" " * room + PDF[-7:])).content
    assert refusal_of(PDF[:-7] + b" " * (room + 1) + PDF[-7:]) is FileRefusal.TOO_LARGE


def test_where_a_picture_wants_pictures_a_pdf_is_refused():
    assert refusal_of(PDF, allowed=PICTURES) is FileRefusal.NOT_A_PICTURE


def test_where_and_with_what_a_picture_was_taken_is_not_kept():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Telefono"
    exif[ExifTags.Base.GPSInfo] = {1: "N", 2: (44.0, 42.0, 0.0)}
    before = picture(exif=exif, comment=b"di Elena", icc_profile=b"profile of a telephone")
    assert b"Telefono" in before
    after = check_upload(upload(before, "logo.jpg")).content
    for word in (b"Telefono", b"di Elena", b"Exif", b"profile of"):
        assert word not in after
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Elena")
    after = check_upload(upload(picture("PNG", pnginfo=told) + archive(), "logo.png")).content
    assert b"Elena" not in after
    assert b"setup.exe" not in after


def test_picture_taken_on_its_side_is_kept_upright():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    after = check_upload(upload(picture(size=(60, 40), exif=exif), "foto.jpg")).content
    assert Image.open(BytesIO(after)).size == (40, 60)


def test_large_picture_is_made_smaller():
    drawn = draw_anew(picture("PNG", size=(90, 30)), kind="PNG", longest_side=60)
    assert Image.open(BytesIO(drawn)).size == (60, 20)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_png_can_be_kept(mode):
    assert check_upload(upload(picture("PNG", mode=mode), "a.png")).media_type is MediaType.PNG


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_jpeg_can_be_kept(mode):
    assert check_upload(upload(picture(mode=mode), "a.jpg")).media_type is MediaType.JPEG


def test_grey_of_sixteen_bits_stays_grey():
    deep = Image.new("I;16", (4, 4), 128 * 256)
    out = BytesIO()
    deep.save(out, "PNG")
    assert Image.open(BytesIO(draw_anew(out.getvalue(), kind="PNG"))).getpixel((0, 0)) == 128


def test_see_through_picture_stays_so():
    drawn = Image.open(BytesIO(draw_anew(picture("PNG", mode="RGBA"), kind="PNG")))
    assert drawn.getpixel((0, 0)) == (0, 0, 0, 0)


def test_picture_that_was_cut_off_is_refused():
    whole = picture("PNG", size=(500, 500), compress_level=0)
    assert refusal_of(whole[: len(whole) // 2], "a.png") is FileRefusal.BROKEN
    assert refusal_of(b"\xff\xd8\xff and then words", "a.jpg") is FileRefusal.BROKEN


@pytest.mark.parametrize("side", [8001, 10_000, 60_000])
def test_small_file_that_unpacks_into_a_huge_picture_is_refused(side):
    assert side * side > MOST_PIXELS
    bomb = bytearray(picture("PNG", mode="1", size=(8, 8)))
    bomb[16:24] = side.to_bytes(4, "big") * 2
    # The header's own checksum, or it would be called broken.
    import zlib

    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    assert refusal_of(bytes(bomb), "a.png") is FileRefusal.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Statuto.pdf", "Statuto.pdf"),
        ("STATUTO.PDF", "STATUTO.PDF"),
        (r"C:\Documenti\Atto costitutivo.pdf", "Atto costitutivo.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("foto.jpg", "foto.pdf"),
        ("fattura.pdf.exe", "fattura.pdf.exe.pdf"),
        ("Bilancio 2025. Definitivo", "Bilancio 2025. Definitivo.pdf"),
        ("nome\u202efdp.exe", "nome fdp.exe.pdf"),
        ("a\nb\x00c.pdf", "a b c.pdf"),
        ('che "bello"?.pdf', "che -bello--.pdf"),
        ("", "documento.pdf"),
        (" .pdf", "documento.pdf"),
        ("...", "documento.pdf"),
        ("Perché no – è già così.pdf", "Perché no – è già così.pdf"),
    ],
)
def test_name_keeps_its_words_and_nothing_else(sent, kept):
    assert clean_name(sent, MediaType.PDF) == kept


def test_long_name_keeps_its_ending():
    assert clean_name("a" * 300 + ".jpeg", MediaType.JPEG) == "a" * 195 + ".jpeg"


def test_name_of_a_download_arrives_with_its_accents():
    assert disposition('Atto "così".pdf') == (
        "attachment; filename=\"Atto _cos__.pdf\"; filename*=UTF-8''Atto%20%22cos%C3%AC%22.pdf"
    )
