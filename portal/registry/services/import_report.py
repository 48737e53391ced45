"""What an import does, row by row: for the terminal and for other tools."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.registry.import_file import UnreadableFileError

MOST_LINES = 50
"""Rows named on the terminal; the JSON names them all."""


class RowOutcome(StrEnum):
    """What happens to one row; the names of the report."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ReportRow:
    """What happens to one row, and why."""

    row: int
    outcome: RowOutcome
    reason: object = ""
    """A translatable sentence, or nothing to say."""


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


def report_unreadable(error: UnreadableFileError) -> ImportReport:
    """Return the report of a file from which nothing is taken."""
    return ImportReport(
        tuple(ReportRow(p.row, RowOutcome.REJECTED, p.reason) for p in error.problems)
    )


def describe_report(report: ImportReport, *, is_applied: bool) -> list[str]:
    """Return the report as lines for the terminal, in the language of the moment."""
    said = [r for r in report.rows if r.outcome in (RowOutcome.CHANGED, RowOutcome.REJECTED)]
    lines = [_("row %(row)s: %(reason)s", row=r.row, reason=r.reason) for r in said[:MOST_LINES]]
    if len(said) > MOST_LINES:
        more = len(said) - MOST_LINES
        lines.append(ngettext("… and %(num)s more row", "… and %(num)s more rows", more))
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
