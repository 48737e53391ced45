"""Forms of places in shifts, and the day as people write it."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange
from wtforms.widgets import TextInput

from portal.core.forms import InputRequired, Length, PortalForm, one_line, required, trimmed
from portal.volunteering.models import LARGEST_GROUP
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


class PeopleField(IntegerField):
    """How many people."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a number; the library's own sentence for anything else is not ours."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_l("Write how many you are, in figures.")) from error


class GroupForm(PortalForm):
    """People who sign up together."""

    name = StringField(
        _l("What is your group called?"),
        description=_l("For example: class 2B of the Einaudi school, the Rossi family"),
        filters=[one_line],
        validators=[
            required(_l("Write a name: a class, a family, a company.")),
            Length(max=120, message=_l("This name is too long: at most 120 characters.")),
        ],
    )
    people = PeopleField(
        _l("How many are you?"),
        description=_l("You included, if you come too"),
        validators=[
            InputRequired(_l("Write how many you are, in figures.")),
            NumberRange(2, LARGEST_GROUP, message=_l("A group has from 2 to 100 people.")),
        ],
    )
    members = TextAreaField(
        _l("Who comes?"),
        description=_l("One name a line, as far as you know: who welcomes you and the insurance"),
        filters=[trimmed],
        validators=[
            Length(max=8_000, message=_l("This list is too long: at most 8,000 characters."))
        ],
    )


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
