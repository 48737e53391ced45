"""Forms of the territory: districts and neighbourhoods, from a day on."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from portal.core.fields import DayField, at_most
from portal.core.forms import InputRequired, PortalForm, one_line, required

LONGEST_NAME = 100


class NameForm(PortalForm):
    """The name of a district."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[required(_l("Write the name.")), at_most(LONGEST_NAME)],
    )


class DayForm(PortalForm):
    """From which day on."""

    day = DayField(_l("From which day"), validators=[InputRequired(_l("Choose the day."))])


class NeighbourhoodForm(DayForm):
    """A new neighbourhood of a district."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[required(_l("Write the name.")), at_most(LONGEST_NAME)],
    )


class DistrictForm(NeighbourhoodForm):
    """A new district."""

    code = StringField(
        _l("Code"),
        description=_l("As people know it, for addresses: a, b, centro."),
        filters=[one_line],
        validators=[
            required(_l("Write the code.")),
            at_most(10),
            Regexp(
                "^[a-z0-9]+$",
                message=_l("Use small letters without accents and figures, at most ten."),
            ),
        ],
    )


class MoveForm(DayForm):
    """To which district a neighbourhood goes."""

    district_id = SelectField(
        _l("To which district"), validators=[InputRequired(_l("Choose the district."))]
    )

    def offer(self, districts: Sequence[tuple[int, str]]) -> None:
        """Let the person choose among these, each an id and its name."""
        self.district_id.choices = [SelectChoice(str(n), name) for n, name in districts]
