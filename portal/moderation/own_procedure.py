"""What the page of an applicant shows of their case: the clock, the turn, the conversation.

The pages of other features include `moderation/_own_procedure.html` with this context.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.core.history import HistoryRow
from portal.moderation.forms import AnswerForm, MessageForm
from portal.moderation.kinds import case_looks
from portal.moderation.queries import (
    CaseRow,
    list_documents,
    list_letters,
    list_messages,
    procedure_of,
)
from portal.moderation.states import CaseAction

_TAKES = frozenset(
    {
        CaseAction.TAKE,
        CaseAction.ASSIGN,
        CaseAction.ASK_INTEGRATION,
        CaseAction.GIVE_NOTICE,
    }
)


def own_procedure(
    case: CaseRow,
    *,
    history: Sequence[HistoryRow],
    answer_form: AnswerForm | None = None,
    message_form: MessageForm | None = None,
) -> dict[str, Any]:
    """Return the context of `moderation/_own_procedure.html` for who asked.

    `history`: that of the case, newest first. Nothing the office wrote to itself is in it.
    """
    return {
        "case": case,
        "procedure": procedure_of(case),
        "taken_at": _taken_at(history),
        "messages": list_messages(case.id),
        "documents": list_documents(case.id),
        "letters": list_letters(case.id) if case_looks()[case.kind].has_letters else [],
        "answer_form": answer_form or AnswerForm(formdata=None),
        "message_form": message_form or MessageForm(formdata=None),
    }


def _taken_at(history: Sequence[HistoryRow]) -> datetime | None:
    """When somebody took it in charge for the first time since it was handed in."""
    taken = None
    for entry in history:
        if entry.action == CaseAction.RESUBMIT:
            break
        if entry.action in _TAKES:
            taken = entry.at
    return taken
