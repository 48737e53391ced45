"""The form of a change of an agreement in force."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from portal.core.forms import Length, one_line, required, trimmed
from portal.laboratories.forms.agreements import StepForm, day_field, text_part
from portal.laboratories.models import AMENDED_TEXTS, LONGEST_SUMMARY
from portal.laboratories.services.amendments import AmendmentContent


class AmendmentForm(StepForm):
    """What changes and why, and the texts as they are to be."""

    changes = TextAreaField(
        _l("What changes, and why?"),
        description=_l("In a few words, for those who sign it."),
        filters=[trimmed],
        validators=[required(_l("Say what changes, and why."))],
    )
    ends_on = day_field(_l("It holds until"), required(_l("Write the last day.")))
    sign_until = day_field(
        _l("The change can be signed until"),
        description=_l("Leave it empty if there is no last day."),
    )
    summary = StringField(
        _l("In one sentence"), filters=[one_line], validators=[Length(max=LONGEST_SUMMARY)]
    )
    premises = text_part(_l("Premises"))
    context = text_part(_l("Context"))
    needs = text_part(_l("Needs"))
    objectives = text_part(_l("Objectives"))
    key_project = text_part(_l("Key project"))

    @property
    def content(self) -> AmendmentContent:
        """What was written."""
        return AmendmentContent(
            changes=self.changes.data,
            ends_on=self.ends_on.data,
            sign_until=self.sign_until.data,
            **{name: getattr(self, name).data or "" for name in AMENDED_TEXTS},
        )
