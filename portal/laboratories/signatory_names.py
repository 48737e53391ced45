"""How the public reads who signed: bodies in full, people short, or by their initials."""

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


def initials(name: str) -> str:
    """`Anna Maria Prova` → `A. M. P.`."""
    letters = (next((c for c in word if c.isalnum()), "") for word in name.split())
    return " ".join(f"{letter.upper()}." for letter in letters if letter)
