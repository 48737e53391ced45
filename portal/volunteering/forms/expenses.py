"""Forms about money spent for a project."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from portal.core.fields import MoneyField, NeededNumber, WrittenDateField
from portal.core.forms import (
    InputRequired,
    Length,
    PortalForm,
    UploadField,
    one_line,
    required,
)
from portal.volunteering.policies import DeclarableProject
from portal.volunteering.states import LARGEST_EXPENSE_CENTS, ExpenseKind


class ExpenseForm(PortalForm):
    """Money a person spent."""

    has_projects = False
    """There is a project to choose."""
    project: Any = SelectField(
        _l("For which project?"), validators=[InputRequired(_l("Choose the project."))]
    )
    spent_on = WrittenDateField(
        _l("When did you spend it?"),
        description=_l("Day, month and year, for example 12/10/2026"),
        validators=[InputRequired(_l("Write the day."))],
    )
    amount = MoneyField(
        _l("How much, in euro?"),
        description=_l("For example 12,50"),
        validators=[
            NeededNumber(_l("Write the amount.")),
            NumberRange(
                1,
                LARGEST_EXPENSE_CENTS,
                message=_l("Write an amount between one cent and €1,000."),
            ),
        ],
    )
    description = StringField(
        _l("What for?"),
        description=_l("For example: bus ticket to the library"),
        filters=[one_line],
        validators=[
            required(_l("Write what the money was for.")),
            Length(max=300, message=_l("This text is too long: at most 300 characters.")),
        ],
    )
    kind = RadioField(
        _l("Do you have a receipt?"),
        choices=[
            SelectChoice(ExpenseKind.DOCUMENTED.value, _l("Yes, I add it here")),
            SelectChoice(
                ExpenseKind.SELF_CERTIFIED.value,
                _l("No: I declare that I spent it (at most €10 a day and €150 a month)"),
            ),
        ],
        validators=[InputRequired(_l("Say whether you have a receipt."))],
    )
    receipt = UploadField(_l("The receipt"))

    def offer(self, projects: Sequence[DeclarableProject]) -> None:
        """Offer these projects; with one alone it is chosen."""
        words = [SelectChoice(str(project.id), project.title) for project in projects]
        if len(words) != 1:
            words.insert(0, SelectChoice("", _l("Choose a project")))
        self.project.choices = words
        self.has_projects = bool(projects)
