"""What is open when on the day of a shift: telephone numbers, marks, the code on the spot."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import takewhile
from typing import Protocol

from portal.core.clock import to_local
from portal.volunteering.states import Presence, ShiftState

PHONES_AROUND = timedelta(hours=24)
"""Before the start and after the end: when a tutor may call who comes (behaviour 10)."""
MARKS_BEFORE = timedelta(minutes=30)
"""Before the start: who is early can be marked, nobody days ahead."""
CODE_AROUND = timedelta(minutes=15)
"""Before the start and after the end: when the code on the spot marks."""
ABSENCES_ASKED_ABOUT = 2
"""In a row: after so many somebody is asked, once, whether all is well."""


class CodeState(StrEnum):
    """What the code shown on the spot does for a person."""

    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    NOT_SIGNED_UP = "not_signed_up"
    OPEN = "open"
    MARKED = "marked"


class Timed(Protocol):
    """A shift, as far as its times go."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def state(self) -> ShiftState: ...


def shows_phones(shift: Timed, now: datetime) -> bool:
    """Say whether tutors see telephone numbers: from a day before the shift to a day after."""
    return shift.starts_at - PHONES_AROUND <= now <= shift.ends_at + PHONES_AROUND


def takes_marks(shift: Timed, now: datetime) -> bool:
    """Say whether presence can be marked: from half an hour before, and not of a cancelled one."""
    return shift.state is ShiftState.OPEN and now >= shift.starts_at - MARKS_BEFORE


def takes_walk_ins(shift: Timed, now: datetime) -> bool:
    """Say whether who came without a place can be added: until the evening of the day it ends."""
    return takes_marks(shift, now) and to_local(now).date() <= to_local(shift.ends_at).date()


def find_code_state(shift: Timed, now: datetime) -> CodeState:
    """Return what the code of a shift does at a moment, whoever scans it."""
    if shift.state is not ShiftState.OPEN:
        return CodeState.CANCELLED
    if now < shift.starts_at - CODE_AROUND:
        return CodeState.TOO_EARLY
    return CodeState.OPEN if now <= shift.ends_at + CODE_AROUND else CodeState.TOO_LATE


def was_absent_twice(marks: Sequence[Presence]) -> bool:
    """Say whether the last two `marks` say absent; newest first, whatever the projects.

    Who gave the place back in time has no mark and is not absent.
    """
    return count_absences_in_a_row(marks) >= ABSENCES_ASKED_ABOUT


def is_to_be_asked(marks: Sequence[Presence]) -> bool:
    """Say whether a person is to be asked "va tutto bene?": absent twice in a row, no more.

    Who stays away a third time was asked already.
    """
    return count_absences_in_a_row(marks) == ABSENCES_ASKED_ABOUT


def count_absences_in_a_row(marks: Sequence[Presence]) -> int:
    """Return with how many absences `marks` begin; newest first."""
    return sum(1 for _mark in takewhile(lambda mark: mark is Presence.ABSENT, marks))
