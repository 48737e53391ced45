"""Writing project sheets together."""

from portal.laboratories.services.sheets.editors import add_editor, remove_editor
from portal.laboratories.services.sheets.locks import SheetNotEditableError
from portal.laboratories.services.sheets.parts import (
    MOST_LINES,
    BudgetContent,
    IndicatorContent,
    Line,
    LineChangedError,
    LineContent,
    PartyContent,
    add_line,
    change_line,
    choose_places,
    choose_proposals,
    content_of_line,
    line_mark,
    reassign_sheet_parties,
    remove_line,
)
from portal.laboratories.services.sheets.steps import (
    share_sheet,
    unshare_sheet,
    withdraw_sheet,
)
from portal.laboratories.services.sheets.texts import (
    SavedTexts,
    SheetClashError,
    save_sheet,
    start_sheet,
)

__all__ = [
    "MOST_LINES",
    "BudgetContent",
    "IndicatorContent",
    "Line",
    "LineChangedError",
    "LineContent",
    "PartyContent",
    "SavedTexts",
    "SheetClashError",
    "SheetNotEditableError",
    "add_editor",
    "add_line",
    "change_line",
    "choose_places",
    "choose_proposals",
    "content_of_line",
    "line_mark",
    "reassign_sheet_parties",
    "remove_editor",
    "remove_line",
    "save_sheet",
    "share_sheet",
    "start_sheet",
    "unshare_sheet",
    "withdraw_sheet",
]
