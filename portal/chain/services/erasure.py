"""What becomes of openings when who opened them erases their account: they stay."""

from collections.abc import Mapping

from portal.accounts.erasure import Leaver

FORGOTTEN: frozenset[str] = frozenset()
KEPT: Mapping[str, str] = {
    "sheet_project.opened_by_id": "an act of office; results of the project are the sheet's",
    "sheet_initiative.opened_by_id": "an act of office; who came is counted for the sheet",
}


def forget_opener(_leaver: Leaver) -> None:
    """Leave everything as it is: no row says anything of the person but that they did it."""
