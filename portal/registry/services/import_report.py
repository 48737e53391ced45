"""What an import does, row by row: for the terminal, for other tools, for the page of a run."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.core.sentences import Sentence
from portal.registry.import_file import RowProblem, UnreadableFileError
from portal.registry.import_rules import FieldChange

MOST_LINES = 50
"""Rows named on the terminal; the JSON names them all."""
_LONGEST_NAME_SHOWN = 200
_LONGEST_CODE_SHOWN = 40


class RowOutcome(StrEnum):
    """What happens to one row; the names of the report."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What happens to one row, and why."""

    row: int
    outcome: RowOutcome
    reason: Sentence | str = ""
    """Why, or nothing to say."""
    name: str = ""
    """As the list writes it."""
    tax_code: str = ""
    changes: tuple[FieldChange, ...] = ()
    keeps_own_words: bool = False
    other_province: str = ""
    """The row is left out because its body has its seat there."""

    def as_json(self) -> dict[str, Any]:
        """Return what the page of a run shows of this row."""
        content: dict[str, Any] = {
            "row": self.row,
            "name": self.name[:_LONGEST_NAME_SHOWN],
            "tax_code": self.tax_code[:_LONGEST_CODE_SHOWN],
        }
        if self.changes:
            content["changes"] = [
                [c.field, *(None if v is None else str(v) for v in (c.before, c.after))]
                for c in self.changes
            ]
        elif isinstance(self.reason, Sentence):
            content["reason"] = self.reason.as_json()
        return content


@dataclass(frozen=True)
class ImportReport:
    """What an import changes, row by row in the order of the file."""

    rows: tuple[ReportRow, ...]

    def count(self, outcome: RowOutcome) -> int:
        """Return how many rows have this outcome."""
        return sum(1 for row in self.rows if row.outcome is outcome)

    def as_dict(self) -> dict[str, object]:
        """Return the report as the JSON that outside tools read (`docs/architecture.md`)."""
        counts = Counter(row.outcome for row in self.rows)
        return {
            **{outcome.value: counts[outcome] for outcome in RowOutcome},
            "rows": [
                {"row": r.row, "outcome": r.outcome.value, "reason": str(r.reason)}
                for r in self.rows
            ],
        }

    def as_page(self) -> dict[str, Any]:
        """Return what the page of a run shows: all rows but those that stay as they are.

        Bodies of other provinces are counted, not named: of the whole national list they are
        ninety-nine in a hundred.
        """
        provinces = Counter(r.other_province for r in self.rows if r.other_province)
        return {
            "rejected": list(self._shown(RowOutcome.REJECTED)),
            "changed": list(self._shown(RowOutcome.CHANGED)),
            "new": list(self._shown(RowOutcome.NEW)),
            "other_provinces": sorted(provinces.items(), key=lambda item: (-item[1], item[0])),
            "kept": sum(1 for row in self.rows if row.keeps_own_words),
        }

    def _shown(self, outcome: RowOutcome) -> Iterator[dict[str, Any]]:
        return (r.as_json() for r in self.rows if r.outcome is outcome and not r.other_province)


def report_unreadable(error: UnreadableFileError) -> ImportReport:
    """Return the report of a file from which nothing is taken."""
    return ImportReport(tuple(report_problem(problem) for problem in error.problems))


def report_problem(problem: RowProblem) -> ReportRow:
    """Return the report of a row that could not be read."""
    return ReportRow(problem.row, RowOutcome.REJECTED, problem.reason)


def describe_report(report: ImportReport, *, is_applied: bool) -> list[str]:
    """Return the report as lines for the terminal, in the language of the moment."""
    lines = [_("row %(row)s: %(reason)s", row=row, reason=words) for row, words in _said(report)]
    if len(lines) > MOST_LINES:
        more = len(lines) - MOST_LINES
        lines[MOST_LINES:] = [ngettext("… and %(num)s more row", "… and %(num)s more rows", more)]
    lines += _other_provinces(report)
    counts = Counter(row.outcome for row in report.rows)
    lines.append(
        _(
            "new: %(new)s, changed: %(changed)s, unchanged: %(unchanged)s, rejected: %(rejected)s",
            **{outcome.value: counts[outcome] for outcome in RowOutcome},
        )
    )
    if not is_applied:
        lines.append(_("Nothing was changed."))
    return lines


def _said(report: ImportReport) -> list[tuple[int, str]]:
    outcomes = (RowOutcome.CHANGED, RowOutcome.REJECTED)
    return [
        (row.row, str(row.reason))
        for row in report.rows
        if row.outcome in outcomes and not row.other_province
    ]


def _other_provinces(report: ImportReport) -> list[str]:
    number = sum(1 for row in report.rows if row.other_province)
    if not number:
        return []
    return [
        ngettext(
            "%(num)s row of another province is left out",
            "%(num)s rows of other provinces are left out",
            number,
        )
    ]
