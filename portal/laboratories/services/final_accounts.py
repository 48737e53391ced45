"""The final account of an agreement: what was reached, what was spent, how it went."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError
from portal.core.history import record_step
from portal.laboratories.models import Agreement, BudgetLine, ProjectSheet, SheetIndicator
from portal.laboratories.policies.endings import find_account_guards
from portal.laboratories.queries import endings as queries
from portal.laboratories.services.agreements import (
    HISTORY,
    AgreementGuardedError,
    lock_agreement,
)
from portal.laboratories.services.draft_marks import AgreementChangedError
from portal.laboratories.states import ACCOUNTED_AGREEMENTS


@dataclass(frozen=True)
class AccountContent:
    """What the desk writes of an account."""

    words: str = ""
    reached: Mapping[int, Decimal | None] = field(default_factory=dict)
    """Indicator → the number reached; None while nobody counted."""
    spent: Mapping[int, int | None] = field(default_factory=dict)
    """Budget line → cents spent; None while it is not known."""


def save_account(
    *, actor: Actor, agreement_id: int, version: int, content: AccountContent
) -> Agreement:
    """Save the account; its numbers stand on the sheets at once, its words once it is published.

    Lines of other agreements are left alone. Raises `AgreementChangedError` when another window
    saved since, `ForbiddenStepError` before it is in force and once it is closed or renewed.
    """
    agreement = _lock(agreement_id)
    if agreement.version != version:
        raise AgreementChangedError(agreement.version)
    agreement.account_words = content.words or None
    sheets = select(ProjectSheet.id).where(ProjectSheet.agreement_id == agreement.id)
    indicators = select(SheetIndicator).where(
        SheetIndicator.sheet_id.in_(sheets), SheetIndicator.id.in_(content.reached)
    )
    for indicator in session().scalars(indicators):
        indicator.reached = content.reached[indicator.id]
    lines = select(BudgetLine).where(
        BudgetLine.sheet_id.in_(sheets), BudgetLine.id.in_(content.spent)
    )
    for line in session().scalars(lines):
        line.spent_cents = content.spent[line.id]
    # Also where only a number changed: whoever opened the page before is told.
    agreement.updated_at = utc_now()
    session().flush()
    if agreement.account_published_at is not None:
        _check(agreement)
    record_step(actor=actor, subject_kind=HISTORY, subject_id=agreement.id, action="write_account")
    return agreement


def publish_account(*, actor: Actor, agreement_id: int) -> Agreement:
    """Publish the account; it can be corrected until the agreement is closed or renewed.

    Raises `AgreementGuardedError` with everything missing.
    """
    agreement = _lock(agreement_id)
    if agreement.account_published_at is not None:
        return agreement
    _check(agreement)
    agreement.account_published_at = utc_now()
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=agreement.id, action="publish_account"
    )
    return agreement


def _check(agreement: Agreement) -> None:
    guards = find_account_guards(queries.load_ending_facts(agreement))
    if guards:
        raise AgreementGuardedError(guards)


def _lock(agreement_id: int) -> Agreement:
    agreement = lock_agreement(agreement_id)
    if agreement.state not in ACCOUNTED_AGREEMENTS:
        raise ForbiddenStepError
    return agreement
