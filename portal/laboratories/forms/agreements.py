"""Forms of an agreement: its text, its sheets, its approval."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import (
    Length,
    PortalForm,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.models import (
    AGREEMENT_PARTS,
    LONGEST_RESOLUTION,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
)
from portal.laboratories.services.agreements import AgreementContent

LONGEST_PART = 10_000


def text_part(label: object) -> TextAreaField:
    """Return a field for one part of the text."""
    return TextAreaField(label, filters=[trimmed], validators=[Length(max=LONGEST_PART)])


def day_field(label: object, *validators: object, description: object = "") -> DateField:
    """Return a field for a day that may stay empty, unless `validators` say otherwise."""
    return DateField(label, description=description, validators=validators or [Optional()])


class StepForm(PortalForm):
    """The button of a step."""

    version = VersionField()


class ReasonForm(PortalForm):
    """Why the frozen text is taken back."""

    reason = TextAreaField(
        _l("Why is the text taken back?"),
        filters=[trimmed],
        validators=[required(_l("Say why: who was about to sign reads it."))],
    )


class AgreementForm(StepForm):
    """The texts and days of an agreement."""

    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[required(_l("Write a title.")), Length(max=LONGEST_TITLE)],
    )
    summary = StringField(
        _l("In one sentence"), filters=[one_line], validators=[Length(max=LONGEST_SUMMARY)]
    )
    premises = text_part(_l("Premises"))
    context = text_part(_l("Context"))
    needs = text_part(_l("Needs"))
    objectives = text_part(_l("Objectives"))
    key_project = text_part(_l("Key project"))
    starts_on = day_field(_l("It holds from"))
    ends_on = day_field(_l("It holds until"), description=_l("The last day, included."))
    sign_until = day_field(
        _l("It can be signed until"), description=_l("Leave it empty if there is no last day.")
    )

    @property
    def content(self) -> AgreementContent:
        """What was written."""
        return AgreementContent(
            **{name: getattr(self, name).data or "" for name in TEXT_FIELDS},
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            sign_until=self.sign_until.data,
        )


TEXT_FIELDS = ("title", "summary", *AGREEMENT_PARTS)
DAY_FIELDS = ("starts_on", "ends_on", "sign_until")


class SheetsForm(StepForm):
    """Which sheets belong to the agreement."""

    sheets = SelectMultipleField(
        _l("Project sheets of this agreement"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


LONGEST_MARKS = 10_000


class ApprovalForm(StepForm):
    """The resolution with which the city government approves the text that was read."""

    seen = HiddenField(validators=[Length(max=LONGEST_MARKS)])
    """Marks of what each part of the draft said on the page."""

    number = StringField(
        _l("Number of the resolution"),
        filters=[one_line],
        validators=[required(_l("Write the number.")), Length(max=LONGEST_RESOLUTION)],
    )
    on = day_field(_l("Day of the resolution"), required(_l("Write the day.")))

    @property
    def marks(self) -> dict[str, str]:
        """Return the marks by part; what was tampered with is none."""
        pairs = (pair.partition("=") for pair in (self.seen.data or "").split())
        return {name: mark for name, _equals, mark in pairs}


def write_marks(marks: Mapping[str, str]) -> str:
    """Return marks as the form carries them."""
    return " ".join(f"{name}={mark}" for name, mark in marks.items())
