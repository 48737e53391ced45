"""Whether a project sheet can open something today: one decision on loaded facts."""

from dataclasses import dataclass

from portal.chain.states import OpeningRefusal
from portal.laboratories.states import ENDED_AGREEMENTS, AgreementState, SheetState


@dataclass(frozen=True)
class OpeningFacts:
    """What the decision asks of a sheet."""

    sheet: SheetState
    agreement: AgreementState | None
    """Of the agreement it belongs to; None: of none."""


def find_opening_refusal(facts: OpeningFacts) -> OpeningRefusal | None:
    """Return why nothing can be opened from the sheet today, or None when it can.

    People are asked to help with what was signed: neither with a draft nor with what has ended.
    """
    checks = (
        (OpeningRefusal.SHEET_WITHDRAWN, facts.sheet is SheetState.WITHDRAWN),
        (OpeningRefusal.SHEET_NOT_SHARED, facts.sheet is SheetState.DRAFT),
        (
            OpeningRefusal.SHEET_NOT_AGREED,
            facts.sheet is not SheetState.AGREED or facts.agreement is None,
        ),
        (OpeningRefusal.AGREEMENT_ENDED, facts.agreement in ENDED_AGREEMENTS),
        (
            OpeningRefusal.AGREEMENT_NOT_IN_FORCE,
            facts.agreement is not AgreementState.IN_FORCE,
        ),
    )
    return next((refusal for refusal, is_true in checks if is_true), None)
