"""The form of a programme: what it is called, and its rules."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from portal.core.fields import NeededNumber, WholeField, at_most, between
from portal.core.forms import InputRequired, PortalForm, VersionField, one_line, required, trimmed
from portal.volunteering.services import ProgrammeContent
from portal.volunteering.states import ResidenceRule

OLDEST = 120
MOST_POINTS = 100
RESIDENCE_CHOICES = (
    SelectChoice(ResidenceRule.ANYWHERE, _l("Wherever they live")),
    SelectChoice(ResidenceRule.LIVING_HERE, _l("Residents of the municipality, or domiciled here")),
    SelectChoice(ResidenceRule.RESIDENT, _l("Residents of the municipality only")),
)


class PointsField(DecimalField):
    """Points with a comma or a dot."""

    def process_formdata(self, valuelist: Any) -> None:  # noqa: ANN401 - WTForms' signature
        """Read the number as people write it in Italy, too."""
        self.data = None
        text = valuelist[0].strip().replace(",", ".") if valuelist else ""
        if not text:
            return
        whole, _dot, part = text.partition(".")
        if not (whole + part).isascii() or not (whole + part).isdigit() or len(text) > 6:  # noqa: PLR2004 - as many as the column keeps
            raise ValueError(_l("Write the points as a number, for example 1 or 0,5."))
        self.data = Decimal(text)


class ProgrammeForm(PortalForm):
    """A programme of the municipality."""

    name = StringField(
        _l("Name"),
        filters=[one_line],
        validators=[required(_l("Write the name of the programme.")), at_most(120)],
    )
    summary = TextAreaField(
        _l("In a few words"),
        description=_l("What it is for; people read it beside its projects."),
        filters=[trimmed],
        validators=[at_most(300)],
    )
    youngest_age = WholeField(
        _l("From which age"),
        description=_l("Years, included. 0: any age."),
        validators=[NeededNumber(_l("Write the age, or 0.")), between(0, OLDEST)],
    )
    oldest_age = WholeField(
        _l("Up to which age"),
        description=_l("Years, included. Empty: any age."),
        validators=[Optional(), between(0, OLDEST)],
    )
    requires_guardian = BooleanField(
        _l("Who is under 18 needs the authorisation of who has parental responsibility")
    )
    fitness_from_age = WholeField(
        _l("Certificate of fitness from which age"),
        description=_l("Seen again every year. Empty: never."),
        validators=[Optional(), between(1, OLDEST)],
    )
    residence_rule = RadioField(
        _l("Who can take part"),
        choices=RESIDENCE_CHOICES,
        validators=[InputRequired(_l("Choose who can take part."))],
    )
    requires_permit = BooleanField(
        _l("Who comes from outside the European Union shows a valid residence permit")
    )
    refuses_employees = BooleanField(_l("Who works for the municipality cannot take part"))
    requires_enrolment = BooleanField(_l("Only people in the register of volunteers"))
    requires_interview = BooleanField(_l("An introductory talk comes first"))
    requires_training = BooleanField(_l("The training of the project comes first"))
    requires_insurance = BooleanField(_l("The insurance has to cover the day"))
    points_per_hour = PointsField(
        _l("Points for each verified hour"),
        description=_l("For the youth card. 0: none."),
        validators=[NeededNumber(_l("Write the points, or 0.")), between(0, MOST_POINTS)],
    )
    offer_hours = WholeField(
        _l("How many hours a freed place is kept"),
        description=_l("For the first in line to answer; near the start it is less."),
        validators=[NeededNumber(_l("Write how many hours.")), between(1, 168)],
    )
    version = VersionField()

    @property
    def content(self) -> ProgrammeContent:
        """What was written."""
        names = ProgrammeContent.__dataclass_fields__
        values = {name: self[name].data for name in names}
        values["residence_rule"] = ResidenceRule(self.residence_rule.data)
        values["summary"] = self.summary.data or ""
        return ProgrammeContent(**values)

    def validate_oldest_age(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse an oldest age below the youngest."""
        youngest = self.youngest_age.data
        if field.data is not None and youngest is not None and field.data < youngest:
            raise ValidationError(_l("The oldest age is below the youngest: mend one of the two."))
