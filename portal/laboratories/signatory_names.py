"""How the public reads who signed: bodies in full, people short, or by their initials."""

import json
from collections.abc import Iterable
from typing import Any

from portal.core.text import short_name
from portal.laboratories.models import Signature
from portal.laboratories.states import PartyKind


def public_name(signature: Signature) -> str:
    """Return the name of who signed as everybody reads it (behaviour 28)."""
    if signature.kind is not PartyKind.PERSON:
        return signature.party_name or signature.signer_name
    return public_signer(signature)


def public_signer(signature: Signature) -> str:
    """Return the name of the person whose hand it was, also where they signed for a body.

    Whose account is erased is read by the initials for ever (GDPR, article 17).
    """
    if signature.shows_initials or signature.erased_at is not None:
        return initials(signature.signer_name)
    return short_name(signature.signer_name)


def read_text(canonical: str, signatures: Iterable[Signature]) -> dict[str, Any]:
    """Return a frozen text as everybody reads it: of who erased their account, the initials.

    The canonical text itself, of which the fingerprint is, stays as it was signed.
    """
    text: dict[str, Any] = json.loads(canonical)
    erased = {s.signer_name for s in signatures if s.erased_at is not None}
    taken_on = [(c, "party_kind", "party") for c in text.get("commitments", ())]
    done_by = [(p, "kind", "name") for sheet in text.get("sheets", ()) for p in sheet["parties"]]
    for party, kind, name in [*taken_on, *done_by]:
        if party[kind] == PartyKind.PERSON and party[name] in erased:
            party[name] = initials(party[name])
    return text


def initials(name: str) -> str:
    """`Anna Maria Prova` → `A. M. P.`."""
    letters = (next((c for c in word if c.isalnum()), "") for word in name.split())
    return " ".join(f"{letter.upper()}." for letter in letters if letter)
