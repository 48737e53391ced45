"""Form of the page of thanks."""

import re
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from portal.core.forms import InputRequired, Length, PortalForm, one_line

LONGEST_NAME = 80
NAME = re.compile(r"[^\W\d_]+(?:(?:\.? |['’\-])[^\W\d_]+)*\.?")
"""Words of letters: a page of the municipality carries no address, number or slogan of others."""


class ThanksForm(PortalForm):
    """What a page of thanks shows; nothing is chosen beforehand."""

    year = SelectField(_l("Of which year?"), validators=[InputRequired(_l("Choose a year."))])
    name = StringField(
        _l("Your name, as you want it to be read"),
        description=_l("Your first name is enough. Empty: the page says “a volunteer”."),
        filters=[one_line],
        validators=[
            Length(max=LONGEST_NAME, message=_l("This name is too long: at most 80 characters.")),
        ],
    )
    hours = BooleanField(_l("How many hours I gave"))
    projects = BooleanField(_l("The projects I helped"))
    places = BooleanField(_l("The places where I was"))

    def validate_name(self, field: StringField) -> None:
        """Take letters alone, with what stands between the parts of a name."""
        if field.data and not NAME.fullmatch(field.data):
            raise ValidationError(_l("Write a name with letters alone, for example “Ada P.”."))

    def offer(self, years: Sequence[int]) -> None:
        """Offer these years."""
        self.year.choices = [SelectChoice(str(year), str(year)) for year in years]
