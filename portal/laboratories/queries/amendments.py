"""The change of an agreement that is on its way, as the desk shows it."""

from dataclasses import dataclass
from datetime import date

from portal.laboratories.models import AMENDED, AmendedCommitment
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.signing import find_pending_amendment, list_missing
from portal.laboratories.states import AmendmentState


@dataclass(frozen=True)
class AmendmentDetail:
    """A change that is written or signed."""

    state: AmendmentState
    version: int
    changes: str
    sign_until: date | None
    entries: tuple[AmendedCommitment, ...]
    changes_text: bool
    """Then it touches everybody who signed."""
    missing: tuple[str, ...]
    """Who still has to sign it, once it is open."""

    @property
    def is_editable(self) -> bool:
        """Say whether it is still written."""
        return self.state is AmendmentState.DRAFTING

    def entry_of(self, commitment_id: int) -> AmendedCommitment | None:
        """Return what it says about a commitment of the agreement."""
        return next((e for e in self.entries if e.commitment_id == commitment_id), None)

    def find_entry(self, entry_id: int) -> AmendedCommitment | None:
        """Return one of its entries."""
        return next((e for e in self.entries if e.id == entry_id), None)


def find_amendment(agreement: AgreementDetail) -> AmendmentDetail | None:
    """Return the change of an agreement that is on its way, or None."""
    amendment = find_pending_amendment(agreement.id)
    if amendment is None:
        return None
    missing = list_missing(amendment.version_id) if amendment.version_id else []
    return AmendmentDetail(
        state=amendment.state,
        version=amendment.version,
        changes=amendment.changes,
        sign_until=amendment.sign_until,
        entries=tuple(amendment.entries),
        changes_text=bool(amendment.changed),
        missing=tuple(expected.name for expected in missing),
    )


def written_amendment(agreement: AgreementDetail) -> dict[str, object]:
    """Return what stands in the fields of a change: the texts as they are to be."""
    written: dict[str, object] = {name: getattr(agreement.texts, name) for name in AMENDED}
    amendment = find_pending_amendment(agreement.id)
    if amendment is None:
        return written
    others = {name: getattr(amendment, name) for name in ("changes", "sign_until", "version")}
    return written | amendment.changed | others
