"""Forms about commitments: what a party reports, what who leads decides."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField

from portal.core.fields import at_most
from portal.core.files import PICTURES
from portal.core.forms import (
    FormKeyField,
    PortalForm,
    UploadField,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.services import ProgressContent

LONGEST_REPORT = 2_000
LONGEST_REASON = 1_000
LONGEST_ALT = 300


class ProgressForm(PortalForm):
    """What a party reports, from the phone."""

    text = TextAreaField(
        _l("What has been done"),
        description=_l("A few lines, for everybody."),
        filters=[trimmed],
        validators=[required(_l("Tell what has been done.")), at_most(LONGEST_REPORT)],
    )
    photo = UploadField(_l("A picture"), allowed=PICTURES)
    alt_text = StringField(
        _l("What the picture shows"),
        description=_l("For who cannot see it; no names of people without their yes."),
        filters=[one_line],
        validators=[at_most(LONGEST_ALT)],
    )
    says_done = BooleanField(_l("The commitment is kept: this is all of it"))
    form_key = FormKeyField()

    def validate(self, extra_validators: object = None) -> bool:
        """Ask for words beside a picture."""
        is_valid = super().validate(extra_validators)
        if self.photo.uploads and not self.photo.errors and not self.alt_text.data:
            self.alt_text.errors = [
                *self.alt_text.errors,
                _l("Say what the picture shows, for who cannot see it."),
            ]
            return False
        return is_valid

    @property
    def content(self) -> ProgressContent:
        """What was written."""
        return ProgressContent(
            text=self.text.data,
            says_done=self.says_done.data,
            photo=self.photo.data,
            alt_text=self.alt_text.data,
        )


class ReasonForm(PortalForm):
    """A reason everybody reads."""

    reason = TextAreaField(
        _l("Why"),
        description=_l("Everybody reads it."),
        filters=[trimmed],
        validators=[required(_l("Say why.")), at_most(LONGEST_REASON)],
    )
    version = VersionField()


class RefusalForm(PortalForm):
    """Why a report is not confirmed."""

    reason = TextAreaField(
        _l("Why it is not confirmed"),
        description=_l("Who reported it reads it."),
        filters=[trimmed],
        validators=[required(_l("Say why.")), at_most(LONGEST_REASON)],
    )
