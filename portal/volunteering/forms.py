"""Forms of places in shifts, and the day as people write it."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    RadioField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextInput

from portal.core.forms import InputRequired, PortalForm
from portal.volunteering.states import Answer


class WrittenDateField(DateField):
    """A date as people write it in Italy, `17/05/1990`; also as browsers send it."""

    widget = TextInput()

    def __init__(self, label: object, **kwargs: object) -> None:
        """Accept both ways; show the Italian one."""
        super().__init__(label, format=["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d"], **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the date; say how to write it where it cannot be read."""
        self.data: date | None = None
        if not valuelist or not valuelist[0].strip():
            return
        for form in self.strptime_format:
            try:
                self.data = datetime.strptime(valuelist[0].strip(), form).date()  # noqa: DTZ007 - a day has no time zone
            except ValueError:
                continue
            return
        raise ValueError(_l("Write day, month and year, for example 17/05/1990."))


class AnswerForm(PortalForm):
    """Yes or no, each a button."""

    answer = RadioField(
        _l("Your answer"),
        choices=[
            SelectChoice(Answer.YES.value, _l("Yes")),
            SelectChoice(Answer.NO.value, _l("No")),
        ],
        validators=[InputRequired(_l("Choose one of the two buttons."))],
    )

    @property
    def says_yes(self) -> bool:
        """Say whether the answer is yes."""
        return self.answer.data == Answer.YES.value
