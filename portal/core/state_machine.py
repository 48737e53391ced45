"""Transition tables: what may follow what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from portal.core.errors import ForbiddenStepError

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


class Transitions(Generic[State, Action]):
    """A table `(state, action) → state`."""

    def __init__(self, table: Mapping[tuple[State, Action], State]) -> None:
        """Keep `table`; what is not in it is forbidden."""
        self.table = dict(table)

    def follow(self, state: State, action: Action) -> State:
        """Return the state after `action`; raise `ForbiddenStepError` where the table has none."""
        try:
            return self.table[state, action]
        except KeyError:
            raise ForbiddenStepError from None

    def allows(self, state: State, action: Action) -> bool:
        """Say whether `action` is possible in `state`."""
        return (state, action) in self.table
