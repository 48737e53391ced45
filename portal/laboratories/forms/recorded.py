"""A proposal from phone, mail or paper, and the code with which its author claims it."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, StringField
from wtforms.fields.choices import SelectChoice

from portal.core.forms import (
    Length,
    PortalForm,
    UploadsField,
    ValidationError,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.forms.proposals import IdeaForm, NextStep
from portal.laboratories.models import LONGEST_AUTHOR_NAME, LONGEST_CONTACT
from portal.laboratories.services import RecordedPerson
from portal.laboratories.states import Origin

LONGEST_CODE = 20


class RecordedForm(IdeaForm):
    """What the author said or wrote, and who that is."""

    origin = RadioField(
        _l("How did it come?"),
        choices=[
            SelectChoice(Origin.PHONE, _l("By phone or in person")),
            SelectChoice(Origin.MAIL, _l("By e-mail")),
            SelectChoice(Origin.PAPER, _l("On paper")),
        ],
        validators=[required(_l("Choose how it came."))],
    )
    author_name = StringField(
        _l("Name and surname of who proposes"),
        description=_l("The public reads the first name and an initial."),
        filters=[one_line],
        validators=[
            required(_l("Write the name.")),
            Length(max=LONGEST_AUTHOR_NAME, message=_l("Shorten the name to 150 characters.")),
        ],
    )
    author_contact = StringField(
        _l("How to reach them"),
        description=_l("Telephone or address. Only the office reads it."),
        filters=[one_line],
        validators=[Length(max=LONGEST_CONTACT, message=_l("Use at most 200 characters."))],
    )
    account = StringField(
        _l("E-mail of their account, if they have one"),
        description=_l("Then the proposal is theirs at once, and they get the mails."),
        filters=[trimmed],
    )
    scans = UploadsField(_l("Scan of the sheet or of the mail"))

    @property
    def next_step(self) -> NextStep:
        """It is handed in at once: there is no draft."""
        return NextStep.REVIEW

    @property
    def author(self) -> RecordedPerson:
        """Who said or wrote it."""
        return RecordedPerson(
            origin=Origin(self.origin.data),
            name=self.author_name.data,
            contact=self.author_contact.data or None,
            account_email=self.account.data or None,
        )

    def validate_author_contact(self, field: Field) -> None:
        """Ask for a way to reach them, unless they have an account."""
        if not field.data and not self.account.data:
            raise ValidationError(
                _l("Write a telephone or an address, or the e-mail of their account.")
            )


class MendRecordedForm(IdeaForm):
    """What the author mended, as the clerk heard it."""

    @property
    def next_step(self) -> NextStep:
        """It is handed in at once."""
        return NextStep.REVIEW


class ClaimProposalForm(PortalForm):
    """The code on the receipt."""

    code = StringField(
        _l("Code on the receipt"),
        description=_l("Eight letters and figures, for example ABCD-2345."),
        filters=[trimmed],
        validators=[
            required(_l("Write the code on the receipt.")),
            Length(max=LONGEST_CODE, message=_l("Write the code on the receipt.")),
        ],
    )
