"""Forms about hours and certificates."""

import re
from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.core.fields import WrittenDateField
from portal.core.forms import InputRequired, Length, PortalForm, one_line, required, trimmed
from portal.volunteering.policies import DeclarableProject

_CLOCK = re.compile(r"^(\d{1,2})(?:[:.,h]\s?(\d{1,2}))?\s*(?:ore|h)?$")
"""`2`, `2:30`, `2.30`, `2h30`, `2 ore`."""
_ID = re.compile(r"^[0-9]{1,18}$")
"""What an id can be; anything else is the id of nothing, and refused as such."""
MINUTES_AN_HOUR = 60


class DurationField(StringField):
    """Hours and minutes as people write them."""

    @property
    def minutes(self) -> int | None:
        """How many minutes were written; None for what cannot be read."""
        match = _CLOCK.match((self.data or "").strip().lower())
        if match is None:
            return None
        hours, minutes = int(match[1]), int(match[2] or 0)
        return hours * MINUTES_AN_HOUR + minutes if minutes < MINUTES_AN_HOUR else None

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 - WTForms' signature
        """Refuse what cannot be read."""
        if self.data and self.minutes is None:
            raise ValidationError(_l("Write hours and minutes, for example 2:30."))


class HoursForm(PortalForm):
    """Hours a person gave."""

    project = SelectField(
        _l("For which project?"),
        coerce=lambda value: int(value) if _ID.match(str(value)) else 0,
        validators=[InputRequired(_l("Choose a project."))],
        validate_choice=False,
    )
    worked_on = WrittenDateField(
        _l("On which day?"),
        description=_l("Day, month and year, for example 12/11/2026"),
        validators=[InputRequired(_l("Write the day."))],
    )
    time = DurationField(
        _l("How long?"),
        description=_l("Hours and minutes, for example 2:30"),
        filters=[one_line],
        validators=[required(_l("Write how long.")), Length(max=12)],
    )
    note = StringField(
        _l("What did you do?"),
        filters=[one_line],
        validators=[Length(max=300, message=_l("This note is too long: at most 300 characters."))],
    )

    def offer(self, projects: Sequence[DeclarableProject]) -> None:
        """Offer these projects."""
        self.project.choices = [SelectChoice(project.id, project.title) for project in projects]


class CertificateForm(PortalForm):
    """The period of a certificate."""

    from_on = WrittenDateField(
        _l("From which day?"),
        description=_l("Day, month and year, for example 1/1/2026"),
        validators=[InputRequired(_l("Write the first day."))],
    )
    until_on = WrittenDateField(
        _l("To which day?"),
        description=_l("Day, month and year, for example 31/12/2026"),
        validators=[InputRequired(_l("Write the last day."))],
    )


class RevokeForm(PortalForm):
    """Why a certificate no longer holds."""

    reason = TextAreaField(
        _l("Why does it no longer hold?"),
        description=_l("The person reads it; who checks the certificate does not."),
        filters=[trimmed],
        validators=[
            required(_l("Write the reason.")),
            Length(max=500, message=_l("This reason is too long: at most 500 characters.")),
        ],
    )
