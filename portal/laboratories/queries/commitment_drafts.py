"""Commitments as they are being written: for the fields of their forms."""

from portal.laboratories.models import AmendedCommitment, Commitment
from portal.laboratories.queries.parties import find_party_email

WRITTEN = ("party_kind", "party_name", "title", "details", "due_on", "indicator", "version")


def written_commitment(commitment: Commitment | AmendedCommitment) -> dict[str, object]:
    """Return what stands in the fields of a commitment that is changed."""
    return {
        **{name: getattr(commitment, name, None) for name in WRITTEN},
        "sheet": str(commitment.sheet_id or ""),
        "association": commitment.party_name if commitment.association_id else "",
        "spokesperson": find_party_email(commitment.user_id) or "",
    }
