"""Read what the portal made, as a reader's program would."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader


@dataclass(frozen=True)
class ReadPdf:
    text: str
    title: str
    language: str
    is_tagged: bool
    shows_title: bool
    is_accessible: bool
    """It declares itself PDF/UA-1."""
    tags: list[str]
    """Roles of its structure, in reading order."""
    pages: int


def read_pdf(content: bytes) -> ReadPdf:
    reader = PdfReader(BytesIO(content))
    root: Any = reader.trailer["/Root"]
    described = root["/Metadata"].get_object().get_data().decode()
    return ReadPdf(
        text="\n".join(page.extract_text() for page in reader.pages),
        title=str(reader.metadata.title if reader.metadata else ""),
        language=str(root.get("/Lang", "")),
        is_tagged=bool(root.get("/MarkInfo", {}).get("/Marked")),
        shows_title=bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")),
        is_accessible="<pdfuaid:part>1</pdfuaid:part>" in described,
        tags=list(_roles(root["/StructTreeRoot"].get_object())),
        pages=len(reader.pages),
    )


def _roles(element: Any) -> list[str]:
    found = [str(element["/S"])] if "/S" in element else []
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        inner = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(inner, dict):
            found += _roles(inner)
    return found
