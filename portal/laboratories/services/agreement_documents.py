"""The PDF of an agreement: made when its text is frozen and after signatures; checking a copy.

Of every PDF ever made the SHA-256 of its bytes stays, so that any copy can be checked; only the
newest file of a version is kept.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from sqlalchemy import select

from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.documents import render_pdf
from portal.core.errors import NotFoundError
from portal.core.files import delete_stored_file, store_made
from portal.core.mail import absolute_url
from portal.laboratories import agreement_words as words
from portal.laboratories.models import AgreementDocument, AgreementVersion, Signature
from portal.laboratories.signatory_names import public_name, public_signer, read_text
from portal.laboratories.states import PartyKind

TEMPLATE = "agreement.typ"


def make_agreement_document(*, version_id: int) -> AgreementDocument:
    """Make the PDF of a version with the signatures it has now; the one before gives way.

    Run twice with nothing new it keeps what is there. Raises `NotFoundError`.
    """
    version = session().get(AgreementVersion, version_id, with_for_update=True)
    if version is None:
        raise NotFoundError
    signatures = _signatures(version_id)
    before = session().scalar(
        select(AgreementDocument)
        .where(AgreementDocument.version_id == version_id, AgreementDocument.file_id.is_not(None))
        .order_by(AgreementDocument.id.desc())
        .limit(1)
    )
    if before is not None and _is_up_to_date(before, signatures):
        return before
    content = render_agreement(version, signatures, made_at=utc_now())
    stored = store_made(name=f"{version.agreement.slug}.pdf", content=content)
    if before is not None and before.file_id is not None:
        old_file, before.file_id = before.file_id, None
        session().flush()
        delete_stored_file(old_file)
    document = AgreementDocument(
        version_id=version_id,
        sha256=stored.sha256,
        signatures=len(signatures),
        made_at=utc_now(),
        file_id=stored.id,
    )
    session().add(document)
    session().flush()
    return document


def render_agreement(
    version: AgreementVersion, signatures: Sequence[Signature], *, made_at: datetime
) -> bytes:
    """Return the PDF/UA-1 of a frozen text with the list of who has signed it."""
    return render_pdf(TEMPLATE, _sheet_data(version, signatures), made_at=made_at)


def _is_up_to_date(document: AgreementDocument, signatures: Sequence[Signature]) -> bool:
    """Say whether it lists who has signed, and nobody by a name that was erased since."""
    erased = (s.erased_at for s in signatures if s.erased_at is not None)
    is_newer = all(moment < document.made_at for moment in erased)
    return document.signatures == len(signatures) and is_newer


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 by which a copy of a PDF is known."""
    return hashlib.sha256(content).hexdigest()


def _signatures(version_id: int) -> Sequence[Signature]:
    return (
        session()
        .scalars(select(Signature).where(Signature.version_id == version_id).order_by(Signature.id))
        .all()
    )


def _sheet_data(version: AgreementVersion, signatures: Sequence[Signature]) -> dict[str, Any]:
    text = read_text(version.canonical, signatures)
    resolution = text["resolution"]
    return {
        "title": text["title"],
        "summary": text["summary"],
        "number": str(version.number),
        "where": _where(text),
        "days": f"Dal {_day(text['starts_on'])} al {_day(text['ends_on'])}.",
        "resolution": (
            f"Approvato con delibera n. {resolution['number']} del {_day(resolution['on'])}."
        ),
        "texts": _parts(text, words.TEXT_HEADINGS),
        "sheets": [_sheet(sheet) for sheet in text["sheets"]],
        "budget_total": _euro(text["budget_total_cents"]),
        "commitments": [
            [c["party"], c["title"], _day(c["due_on"]), c["indicator"] or "–"]
            for c in text["commitments"]
        ],
        "signatories": [_signatory(signature) for signature in signatures],
        "sha256": version.sha256,
        "address": absolute_url("laboratories.show_check", slug=version.agreement.slug),
    }


def _where(text: Mapping[str, Any]) -> str:
    districts = ", ".join(d["name"] for d in text["districts"]) or "Tutta la città"
    around = ", ".join(text["neighbourhoods"])
    return f"{districts}: {around}." if around else f"{districts}."


def _parts(text: Mapping[str, Any], headings: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"heading": heading, "text": text[name]}
        for name, heading in headings.items()
        if text[name].strip()
    ]


def _sheet(sheet: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": sheet["title"],
        "family": words.FAMILIES[sheet["family"]],
        "texts": _parts(sheet, words.SHEET_HEADINGS),
        "parties": [[party["name"], party["does"]] for party in sheet["parties"]],
        "budget": [
            [line["words"], words.SOURCES[line["source"]], _euro(line["cents"])]
            for line in sheet["budget"]
        ],
        "budget_total": _euro(sum(line["cents"] for line in sheet["budget"])),
        "indicators": [[i["name"], f"{i['target']} {i['unit']}"] for i in sheet["indicators"]],
    }


def _signatory(signature: Signature) -> list[str]:
    roles = {
        PartyKind.PERSON: words.PERSON_ROLE,
        PartyKind.MUNICIPALITY: words.MUNICIPALITY_ROLE,
    }
    role = roles.get(signature.kind)
    if role is None:
        role = f"{public_signer(signature)}, {signature.role_words}"
    day = format_date(to_local(signature.signed_at).date(), "d MMMM y", "it")
    return [public_name(signature), role, day, words.MODES[signature.mode]]


def _day(iso: str) -> str:
    return format_date(date.fromisoformat(iso), "d MMMM y", "it")


def _euro(cents: int) -> str:
    euros, rest = divmod(cents, 100)
    grouped = f"{euros:,}".replace(",", ".")
    return f"{grouped},{rest:02d} €"
