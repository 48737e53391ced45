"""The text of an agreement in one form: what is frozen, fingerprinted and signed.

The same content gives the same bytes: keys sorted, no spaces, accents composed (NFC), UTF-8.
The fingerprint is their SHA-256 (behaviour 24); the database computes it too.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from portal.laboratories.models import (
    AGREEMENT_PARTS,
    Agreement,
    AgreementVersion,
    AmendedCommitment,
    Amendment,
    Commitment,
    ProjectSheet,
)
from portal.laboratories.policies import SHEET_PARTS

FORMAT = 1
"""Changes with the shape of the text: an old version says by it how it is read."""


def write_canonical(agreement: Agreement, commitments: Sequence[Commitment]) -> str:
    """Return the whole text as canonical JSON; sheets and commitments stand in their order."""
    whole, sheets = write_parts(agreement, commitments)
    budget = (line for sheet in agreement.sheets for line in sheet.budget)
    whole["sheets"] = list(sheets.values())
    whole["budget_total_cents"] = sum(line.planned_cents for line in budget)
    return canonical_json(whole)


def write_parts(
    agreement: Agreement, commitments: Sequence[Commitment]
) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """Return the text without its sheets, and each sheet by its id, in their order."""
    numbers = {sheet.id: number for number, sheet in enumerate(agreement.sheets, start=1)}
    text = {
        "format": FORMAT,
        "title": agreement.title,
        "summary": agreement.summary,
        "laboratory": agreement.laboratory.title,
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "resolution": {"number": agreement.resolution_number, "on": agreement.resolution_on},
        "districts": [{"code": d.code, "name": d.name} for d in agreement.districts],
        "neighbourhoods": [n.name for n in agreement.neighbourhoods],
        **{name: getattr(agreement, name) for name in AGREEMENT_PARTS},
        "commitments": [_commitment(c, numbers) for c in commitments],
    }
    return text, {sheet.id: _sheet(sheet) for sheet in agreement.sheets}


def amend_canonical(frozen: AgreementVersion, amendment: Amendment) -> str:
    """Return the text of `frozen` with what an amendment changes, and which text it amends.

    It starts from what was signed, not from the rows of today: nothing but what the amendment
    says is different.
    """
    agreement = amendment.agreement
    whole: dict[str, Any] = json.loads(frozen.canonical)
    whole |= amendment.changed
    numbers = {sheet.id: n for n, sheet in enumerate(agreement.sheets, start=1)}
    positions = {commitment.id: n for n, commitment in enumerate(agreement.commitments)}
    for entry in amendment.entries:
        written = _commitment(entry, numbers)
        if entry.commitment_id is None:
            whole["commitments"].append(written)
        else:
            whole["commitments"][positions[entry.commitment_id]] = written
    whole["amends"] = {
        "version": frozen.number,
        "sha256": frozen.sha256,
        "changes": amendment.changes,
    }
    return canonical_json(whole)


def canonical_json(data: Mapping[str, Any]) -> str:
    """Return `data` in its one form; days are ISO 8601, texts have single line ends."""
    return json.dumps(_plain(data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(canonical: str) -> str:
    """Return the SHA-256 of a canonical text, in hexadecimal."""
    return hashlib.sha256(canonical.encode()).hexdigest()


def _sheet(sheet: ProjectSheet) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "family": str(sheet.family),
        **{name: getattr(sheet, name) for name in SHEET_PARTS},
        "contact": sheet.contact,
        "places": [place.name for place in sheet.places],
        "proposals": [proposal.title for proposal in sheet.proposals],
        "parties": [{"kind": str(p.kind), "name": p.name, "does": p.does} for p in sheet.parties],
        "budget": [
            {"source": str(b.source), "words": b.words, "cents": b.planned_cents}
            for b in sheet.budget
        ],
        "indicators": [
            # Without the zeros a database pads with: 12.50 and 12.5 are the same target.
            {"name": i.name, "unit": i.unit, "target": format(i.target.normalize(), "f")}
            for i in sheet.indicators
        ],
    }


def _commitment(
    commitment: Commitment | AmendedCommitment, numbers: Mapping[int, int]
) -> dict[str, Any]:
    return {
        "party_kind": str(commitment.party_kind),
        "party": commitment.party_name,
        "title": commitment.title,
        "details": commitment.details,
        "due_on": commitment.due_on,
        "indicator": commitment.indicator,
        "sheet": numbers.get(commitment.sheet_id or 0),
    }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a text is made of
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
