"""What becomes of initiatives when who wrote them erases their account: they stay."""

from collections.abc import Mapping

from portal.accounts.erasure import Leaver

FORGOTTEN: frozenset[str] = frozenset()
KEPT: Mapping[str, str] = {
    "initiative.created_by_id": "written for the place, which goes on",
    "initiative_occurrence.counted_by_id": "a number, of which it says who answers for it",
}


def forget_writer(_leaver: Leaver) -> None:
    """Leave everything as it is: no row says anything of the person but that they did it."""
