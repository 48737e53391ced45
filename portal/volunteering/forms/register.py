"""Forms of the register of volunteers and of its insurance."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from portal.core.fields import DayField, WrittenDateField, at_most
from portal.core.forms import InputRequired, PortalForm, VersionField, one_line, required, trimmed
from portal.registry.tax_code import CHARACTERS, find_tax_code_problem
from portal.volunteering.queries.register import RegisterLine
from portal.volunteering.services import Person

LONGEST_REASON = 1_000
PLAUSIBLE_YEARS = range(2000, 2101)


class RegisterSearchForm(PortalForm):
    """Who was in the register on a day."""

    class Meta(PortalForm.Meta):
        """Asked by GET, changes nothing."""

        csrf = False

    il = DayField(_l("In the register on"), validators=[Optional()])


class PeriodForm(PortalForm):
    """From a day to a day."""

    class Meta(PortalForm.Meta):
        """Asked by GET, changes nothing."""

        csrf = False

    dal = DayField(_l("From"), validators=[InputRequired(_l("Choose the first day."))])
    al = DayField(_l("To"), validators=[InputRequired(_l("Choose the last day."))])

    def validate_al(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse a period that ends before it starts."""
        if self.dal.data and field.data and field.data < self.dal.data:
            raise ValidationError(_l("The period ends before it starts: mend a day."))


class CorrectionForm(PortalForm):
    """Who somebody is, written anew; the line that was wrong stays."""

    full_name = StringField(
        _l("First and last name"),
        filters=[one_line],
        validators=[required(_l("Write the name.")), at_most(150)],
    )
    tax_code = StringField(
        _l("Tax code"),
        description=_l("Without it, day and place of birth are needed."),
        filters=[lambda value: "".join(value.split()).upper() if value else ""],
        validators=[at_most(40)],
    )
    born_on = WrittenDateField(_l("Date of birth"), validators=[Optional()])
    birth_place = StringField(_l("Place of birth"), filters=[one_line], validators=[at_most(100)])
    address = StringField(
        _l("Residence or domicile"), filters=[one_line], validators=[at_most(250)]
    )
    reason = TextAreaField(
        _l("Why is it corrected?"),
        description=_l("It stays in the register with the new line."),
        filters=[trimmed],
        validators=[required(_l("Write why: it stays in the register.")), at_most(LONGEST_REASON)],
    )
    line = VersionField()
    """The line that is corrected."""

    def validate_tax_code(self, field: StringField) -> None:
        """Refuse a code whose last letter does not fit."""
        code = field.data
        if code and (len(code) != CHARACTERS or find_tax_code_problem(code) is not None):
            raise ValidationError(_l("This tax code has a slip: check it letter by letter."))

    @property
    def person(self) -> Person:
        """What was written, once the form is valid."""
        return Person(
            full_name=self.full_name.data,
            tax_code=self.tax_code.data or None,
            born_on=self.born_on.data,
            birth_place=self.birth_place.data or None,
            address=self.address.data or None,
        )


def written_line(line: RegisterLine) -> dict[str, Any]:
    """Return what the form shows of the line to correct."""
    return vars(line) | {"line": line.id, "reason": ""}


class PolicyForm(PortalForm):
    """A policy that covers volunteers."""

    insurer = StringField(
        _l("Insurer"),
        filters=[one_line],
        validators=[required(_l("Write who insures.")), at_most(150)],
    )
    number = StringField(
        _l("Number of the policy"),
        filters=[one_line],
        validators=[required(_l("Write the number of the policy.")), at_most(60)],
    )
    starts_on = DayField(_l("Holds from"), validators=[InputRequired(_l("Choose the first day."))])
    ends_on = DayField(_l("Holds until"), validators=[InputRequired(_l("Choose the last day."))])

    def validate_starts_on(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse a year that was mistyped."""
        if field.data and field.data.year not in PLAUSIBLE_YEARS:
            raise ValidationError(_l("Check the year."))

    def validate_ends_on(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse a policy that ends before it starts, or in a year that was mistyped."""
        if field.data and field.data.year not in PLAUSIBLE_YEARS:
            raise ValidationError(_l("Check the year."))
        if self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_l("The policy ends before it starts: mend one of the two days."))


class InsuredDayForm(PortalForm):
    """Of which day the insurer's file is."""

    class Meta(PortalForm.Meta):
        """Asked by GET, changes nothing."""

        csrf = False

    giorno = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
