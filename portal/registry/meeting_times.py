"""When and where one finds an association, a line each, as it wrote them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MeetingLine:
    """One line; `when` is what stands before its first colon, None where there is none."""

    when: str | None
    words: str


def meeting_lines(text: str | None) -> list[MeetingLine]:
    """Return the lines that say something: "Martedì: 17–19" has a day, "17:30 in sede" has none."""
    return [_line(line.strip()) for line in (text or "").splitlines() if line.strip()]


def _line(line: str) -> MeetingLine:
    # A colon within a time is followed by no space.
    when, colon, words = line.partition(": ")
    if colon and when.strip() and words.strip():
        return MeetingLine(when.strip(), words.strip())
    return MeetingLine(None, line)
