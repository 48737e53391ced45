"""The chain of an agreement, from proposals to results, whatever its size in six statements."""

from dataclasses import dataclass

from portal.laboratories.openings import OpeningResults, SheetOpenings
from portal.laboratories.queries.commitment_boards import BoardCounts, count_commitments
from portal.laboratories.queries.commitments import (
    AgreementHead,
    CommitmentRow,
    get_agreement_head,
    list_commitments,
)
from portal.laboratories.queries.openings import load_openings
from portal.laboratories.queries.sheet_details import IndicatorRow, list_indicators
from portal.laboratories.queries.sheets import SheetRow, list_sheets_of_agreement
from portal.laboratories.states import SIGNED_AGREEMENTS


@dataclass(frozen=True)
class ChainSheet:
    """One sheet with what it comes from and what has come of it."""

    sheet: SheetRow
    commitments: tuple[CommitmentRow, ...]
    openings: SheetOpenings
    indicators: tuple[IndicatorRow, ...]

    @property
    def counts(self) -> BoardCounts:
        """Return how many of its commitments stand where."""
        return count_commitments(self.commitments)


@dataclass(frozen=True)
class AgreementChain:
    """An agreement from its proposals to its results."""

    agreement: AgreementHead
    sheets: tuple[ChainSheet, ...]
    of_all: tuple[CommitmentRow, ...]
    """Commitments that belong to no sheet in particular."""
    counts: BoardCounts
    results: OpeningResults
    proposals: int
    """Different ones: one of two sheets counts once."""

    @property
    def is_followed(self) -> bool:
        """Say whether its commitments hold: before that they are what parties mean to do."""
        return self.agreement.state in SIGNED_AGREEMENTS


def load_chain(slug: str) -> AgreementChain:
    """Return the chain of a public agreement in six statements; raises `NotFoundError`."""
    agreement = get_agreement_head(slug)
    sheets = list_sheets_of_agreement(agreement.id)
    commitments = list_commitments(agreement.id)
    ids = [sheet.id for sheet in sheets]
    openings, indicators = load_openings(ids), list_indicators(ids)
    return AgreementChain(
        agreement=agreement,
        sheets=tuple(
            ChainSheet(
                sheet,
                tuple(c for c in commitments if c.sheet_id == sheet.id),
                openings.of(sheet.id),
                indicators.get(sheet.id, ()),
            )
            for sheet in sheets
        ),
        of_all=tuple(c for c in commitments if c.sheet_id not in ids),
        counts=count_commitments(commitments),
        results=openings.results,
        proposals=len({proposal.id for sheet in sheets for proposal in sheet.proposals}),
    )
