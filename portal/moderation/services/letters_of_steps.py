"""Which letter a step sends, where its procedure has letters."""

from collections.abc import Mapping

from portal.core.access import Actor
from portal.moderation.kinds import find_case_kind
from portal.moderation.models import Case
from portal.moderation.services.letters import Fact, write_letter
from portal.moderation.states import CaseAction, LetterKind

_LETTERS = {
    CaseAction.ASK_INTEGRATION: LetterKind.INTEGRATION_REQUEST,
    CaseAction.GIVE_NOTICE: LetterKind.REFUSAL_NOTICE,
    CaseAction.ACCEPT: LetterKind.APPROVAL,
    CaseAction.REFUSE: LetterKind.REFUSAL,
    CaseAction.ARCHIVE: LetterKind.ARCHIVING,
}


def send_receipt(*, actor: Actor, case: Case) -> None:
    """Confirm a request with its number and its last day (Law 241/1990, art. 8 and 18-bis)."""
    if _has_letters(case):
        write_letter(actor=actor, case=case, kind=LetterKind.RECEIPT)


def send_letter_of_step(
    *, actor: Actor, case: Case, action: CaseAction, facts: Mapping[str, Fact]
) -> None:
    """Tell the applicant of a step by the letter that belongs to it; the last thing it does."""
    kind = _LETTERS.get(action)
    if kind is not None and _has_letters(case):
        write_letter(actor=actor, case=case, kind=kind, facts=facts)


def _has_letters(case: Case) -> bool:
    spec = find_case_kind(case.kind)
    return spec is not None and spec.has_letters
