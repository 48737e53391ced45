"""Who has an office in an association: rows of a name and a role in one field."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from portal.core.forms import PortalForm, one_line
from portal.core.text import has_forbidden_characters, without_forbidden_characters
from portal.registry.models.association import LONGEST_PERSON
from portal.registry.models.requests import LONGEST_ROLE, MOST_OFFICERS

LEAST_ROWS = 3
"""How many are shown at once, filled or not."""


class OfficersField(Field):
    """People with an office; `data` is a list of `{"name": …, "role": …}`, empty rows dropped.

    The two columns come as repeated values (`officers-name`, `officers-role`): rows need no
    number, so that one can be added or left out without a script.
    """

    data: list[dict[str, str]]
    errors: Any

    def __init__(self, label: object = None, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own arguments
        """Say what is asked."""
        super().__init__(
            label or _l("Who else has an office"),
            description=_l("Vice president, secretary, treasurer… The office alone reads it."),
            **kwargs,
        )

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:  # noqa: ANN401 - WTForms' signature
        """Take the rows that say something, ten at most."""
        super().process(None, data, extra_filters)
        self.data = list(self.data or ())
        if formdata is None:
            return
        names, roles = (
            [str(one_line(text)) for text in formdata.getlist(f"{self.name}-{column}")]
            for column in ("name", "role")
        )
        rows = zip(names, roles, strict=False)
        self.data = [{"name": name, "role": role} for name, role in rows if name or role]
        self.data = self.data[: MOST_OFFICERS + 1]

    def rows(self, wanted: int = 0) -> list[dict[str, str]]:
        """Return the rows to show: those filled, one more, and at least `wanted`."""
        number = min(MOST_OFFICERS, max(LEAST_ROWS, wanted, len(self.data) + 1))
        blank = {"name": "", "role": ""}
        return [*self.data[:MOST_OFFICERS], *[blank] * (number - len(self.data))]

    def pre_validate(self, form: PortalForm) -> None:  # noqa: ARG002 - WTForms' signature
        """Check each row: a name and a role, of characters that people type."""
        problems = [self._problem(row) for row in self.data]
        self.data = [
            {column: without_forbidden_characters(text) for column, text in row.items()}
            for row in self.data
        ]
        if len(self.data) > MOST_OFFICERS:
            raise StopValidation(_l("Write at most %(most)s people.", most=MOST_OFFICERS))
        found = [
            _l("Person %(number)s: %(problem)s", number=number, problem=problem)
            for number, problem in enumerate(problems, start=1)
            if problem
        ]
        if found:
            self.errors = [*self.errors, *found[:-1]]
            raise StopValidation(found[-1])

    @staticmethod
    def _problem(row: dict[str, str]) -> object | None:
        if has_forbidden_characters(row["name"] + row["role"]):
            return _l("there are invisible characters here that we cannot keep.")
        if not row["name"]:
            return _l("write the name too.")
        if not row["role"]:
            return _l("write the role too.")
        if len(row["name"]) > LONGEST_PERSON or len(row["role"]) > LONGEST_ROLE:
            return _l("this is too long.")
        return None
