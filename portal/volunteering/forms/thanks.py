"""Form of the page of thanks."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal.core.forms import InputRequired, Length, PortalForm, one_line

LONGEST_NAME = 80


class ThanksForm(PortalForm):
    """What a page of thanks shows."""

    year = SelectField(_l("Of which year?"), validators=[InputRequired(_l("Choose a year."))])
    name = StringField(
        _l("Your name, as you want it to be read"),
        description=_l("Leave it empty and the page shows no name."),
        filters=[one_line],
        validators=[
            Length(max=LONGEST_NAME, message=_l("This name is too long: at most 80 characters.")),
        ],
    )
    hours = BooleanField(_l("How many hours I gave"))
    projects = BooleanField(_l("The projects I helped"))

    def offer(self, years: Sequence[int]) -> None:
        """Offer these years."""
        self.year.choices = [SelectChoice(str(year), str(year)) for year in years]
