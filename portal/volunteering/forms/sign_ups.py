"""Forms of places in shifts, and the day as people write it."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import (
    IntegerField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from portal.core.forms import InputRequired, Length, PortalForm, one_line, required, trimmed
from portal.volunteering.models import LARGEST_GROUP
from portal.volunteering.states import Answer


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
