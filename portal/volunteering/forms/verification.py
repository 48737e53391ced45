"""Forms by which a tutor verifies hours and notes what they have seen."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from portal.core.clock import local_today
from portal.core.fields import WrittenDateField
from portal.core.forms import (
    InputRequired,
    Length,
    PortalForm,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.volunteering.states import ProjectCheckKind

LONGEST_REASON = 500
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2})|,(\d{1,2}))?", re.ASCII)
MINUTES_A_DAY = 1440


class VerifyHoursForm(PortalForm):
    """Which entries of a list are verified: those ticked, or all that were shown."""

    entry = SelectMultipleField(_l("Entries"), validate_choice=False)
    all = HiddenField()

    @property
    def chosen(self) -> frozenset[int]:
        """Return the ids ticked, without what is no id."""
        ids = self.entry.data or ()
        return frozenset(int(i) for i in ids if i.isascii() and i.isdigit() and len(i) < 19)  # noqa: PLR2004 - digits of a bigint

    @property
    def wants_all(self) -> bool:
        """Say whether the button for all was pressed."""
        return bool(self.all.data)


class _ReasonedForm(PortalForm):
    reason = TextAreaField(
        _l("Why?"),
        description=_l("The person reads it in the mail."),
        filters=[trimmed],
        validators=[
            required(_l("Write why: the person reads it.")),
            Length(
                max=LONGEST_REASON,
                message=_l("This text is too long: at most 500 characters."),
            ),
        ],
    )


class CorrectHoursForm(_ReasonedForm):
    """Other minutes than the entry says."""

    hours = StringField(
        _l("How long was it?"),
        description=_l("Hours and minutes, for example 2:30"),
        filters=[trimmed],
        validators=[required(_l("Write how long it was, for example 2:30."))],
    )

    def validate_hours(self, _field: StringField) -> None:
        """Refuse what is no time of a day."""
        if not 0 < self.minutes <= MINUTES_A_DAY:
            raise ValidationError(_l("Write hours and minutes, for example 2:30; at most 24:00."))

    @property
    def minutes(self) -> int:
        """Return the minutes typed as `2:30`, `2.30`, `2,5` or `2`; 0 for anything else."""
        found = _TIME.fullmatch(self.hours.data or "")
        if found is None:
            return 0
        hours, minutes, part = found.groups()
        if int(minutes or 0) >= 60:  # noqa: PLR2004 - minutes of an hour
            return 0
        return int(hours) * 60 + int(minutes or 0) + round(float(f"0.{part or 0}") * 60)


class RefuseHoursForm(_ReasonedForm):
    """An entry that does not count."""


class ProjectCheckForm(PortalForm):
    """What a tutor has seen of a person: training done, a document shown; never its content."""

    person = VersionField()
    email = StringField(
        _l("E-mail address"),
        description=_l("Of who is not in the list yet, and is in the register of volunteers."),
        filters=[one_line],
    )
    kind = RadioField(
        _l("What have you seen?"),
        choices=[
            SelectChoice(ProjectCheckKind.TRAINING.value, _l("Training done")),
            SelectChoice(ProjectCheckKind.RECORD.value, _l("Document seen")),
        ],
        validators=[InputRequired(_l("Choose what you have seen."))],
    )
    seen_on = WrittenDateField(
        _l("On which day?"),
        validators=[InputRequired(_l("Write the day, for example 17/05/2026."))],
    )

    def validate_seen_on(self, field: WrittenDateField) -> None:
        """Refuse a day that has not come."""
        if field.data is not None and field.data > local_today():
            raise ValidationError(_l("This day has not come yet: check the date."))
