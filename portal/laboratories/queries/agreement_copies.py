"""Which agreement a copy of a PDF is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.core.database import session
from portal.laboratories.models import Agreement, AgreementDocument, AgreementVersion


@dataclass(frozen=True)
class KnownDocument:
    """A PDF the portal made."""

    slug: str
    title: str
    number: int
    made_at: datetime
    signatures: int
    is_newest: bool


def find_known_document(sha256: str) -> KnownDocument | None:
    """Return the PDF that has these very bytes, or None: no such one was ever made here."""
    row = (
        session()
        .execute(
            select(
                Agreement.slug,
                Agreement.title,
                AgreementVersion.number,
                AgreementDocument.made_at,
                AgreementDocument.signatures,
                AgreementDocument.file_id,
            )
            .join(AgreementVersion, AgreementVersion.id == AgreementDocument.version_id)
            .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
            .where(AgreementDocument.sha256 == sha256)
        )
        .one_or_none()
    )
    return None if row is None else KnownDocument(*row[:5], is_newest=row.file_id is not None)
