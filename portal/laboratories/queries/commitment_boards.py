"""Commitments as a board: party by party, with how many stand where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from portal.laboratories.queries.commitments import CommitmentRow, Leftover
from portal.laboratories.states import OPEN_COMMITMENTS, CommitmentState, PartyKind


class BoardFilter(StrEnum):
    """Which commitments a board shows, as its address says it."""

    LATE = "in-ritardo"
    OPEN = "in-corso"
    DONE = "mantenuti"
    DROPPED = "lasciati"


@dataclass(frozen=True)
class PartyBoard:
    """What one party has taken on."""

    kind: PartyKind
    name: str
    association_slug: str | None
    rows: tuple[CommitmentRow, ...]
    counts: "BoardCounts"


@dataclass(frozen=True)
class BoardCounts:
    """How many commitments stand where; together they are all of them."""

    done: int = 0
    going: int = 0
    """Open and in time."""
    late: int = 0
    dropped: int = 0
    carried: int = 0
    """Open when the agreement ended, and going on in the next."""
    left: int = 0
    """Open when the agreement ended."""
    late_of_municipality: int = 0

    @property
    def total(self) -> int:
        """Return how many there are."""
        return self.done + self.going + self.late + self.dropped + self.carried + self.left


def board_by_party(
    rows: Sequence[CommitmentRow], only: BoardFilter | None = None
) -> list[PartyBoard]:
    """Return what each party has taken on, in the order of `rows`, with its counts.

    With `only` a party shows those that fit; its counts are of all it took on.
    """
    boards = []
    for (kind, name), group in groupby(rows, key=lambda row: (row.party_kind, row.party_name)):
        own = tuple(group)
        shown = tuple(row for row in own if only is None or fits(row, only))
        if shown:
            boards.append(
                PartyBoard(kind, name, own[0].association_slug, shown, count_commitments(own))
            )
    return boards


def count_commitments(rows: Iterable[CommitmentRow]) -> BoardCounts:
    """Return how many commitments stand where."""
    found = list(rows)
    late = [row for row in found if row.is_late]
    done = sum(row.state is CommitmentState.DONE for row in found)
    dropped = sum(row.state is CommitmentState.DROPPED for row in found)
    carried = sum(row.leftover is Leftover.CARRIED for row in found)
    left = sum(row.leftover is Leftover.OPEN for row in found)
    return BoardCounts(
        done=done,
        going=len(found) - done - dropped - carried - left - len(late),
        late=len(late),
        dropped=dropped,
        carried=carried,
        left=left,
        late_of_municipality=sum(row.party_kind is PartyKind.MUNICIPALITY for row in late),
    )


def fits(row: CommitmentRow, only: BoardFilter) -> bool:
    """Say whether a commitment is one of those asked for."""
    if only is BoardFilter.LATE:
        return row.is_late
    if only is BoardFilter.DONE:
        return row.state is CommitmentState.DONE
    if only is BoardFilter.DROPPED:
        return row.state is CommitmentState.DROPPED
    is_open = row.state in OPEN_COMMITMENTS and row.leftover is None
    return is_open and not row.is_late
