"""When and where one finds an association, line by line."""

import pytest

from portal.registry.meeting_times import MeetingLine, meeting_lines


@pytest.mark.parametrize("text", [None, "", " \n\n "])
def test_nothing_written_is_no_line(text):
    assert meeting_lines(text) == []


def test_a_line_has_a_day_where_it_begins_with_one():
    text = "Martedì: 17–19, via Don Sturzo 1\r\n\r\n Primo sabato del mese:  10:00–12:00\n"
    assert meeting_lines(text) == [
        MeetingLine("Martedì", "17–19, via Don Sturzo 1"),
        MeetingLine("Primo sabato del mese", "10:00–12:00"),
    ]


@pytest.mark.parametrize(
    "line", ["Chiuso in agosto", "Ogni martedì 17:30 in sede", "Martedì:", ": 17–19", "a:b"]
)
def test_any_other_line_stays_as_it_is(line):
    assert meeting_lines(line) == [MeetingLine(None, line)]
