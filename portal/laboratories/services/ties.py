"""Two entries of the registry turn out to be one body: what it signed and took on goes along."""

from typing import Any

from sqlalchemy import Select, select, update

from portal.core.database import session
from portal.laboratories.models import (
    AmendedCommitment,
    Commitment,
    ExpectedSignature,
    Signature,
)


def reassign_agreements(*, from_id: int, to_id: int) -> None:
    """Give what one association signed and took on to another; names stay as they were.

    Where both signed the same text, each keeps its own signature: nobody's is taken away.
    """
    for signed in (Signature, ExpectedSignature):
        theirs = _versions_of(signed, to_id)
        session().execute(
            update(signed)
            .where(signed.association_id == from_id, signed.version_id.not_in(theirs))
            .values(association_id=to_id)
        )
    for promised in (Commitment, AmendedCommitment):
        session().execute(
            update(promised).where(promised.association_id == from_id).values(association_id=to_id)
        )


def _versions_of(
    model: type[Signature] | type[ExpectedSignature], association_id: int
) -> Select[Any]:
    return select(model.version_id).where(model.association_id == association_id)
