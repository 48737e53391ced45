"""The form of a proposal."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.core.forms import (
    Length,
    PortalForm,
    ValidationError,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.models import FORM_KEY_LENGTH, LONGEST_PLACE, LONGEST_TITLE
from portal.laboratories.services import ProposalContent
from portal.registry.queries import RepresentedRow

LONGEST_TEXT = 5_000
LONGEST_OFFER = 2_000
MYSELF = "io"


class NextStep(StrEnum):
    """Which button of the form was pressed."""

    REVIEW = "riepilogo"
    SAVE = "bozza"


class RequiredToSend:
    """A draft may lack it, what is sent may not."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: object) -> None:
        """Keep what to say."""
        self.message = message

    def __call__(self, form: FlaskForm, field: Field) -> None:
        """Refuse an empty field unless only the draft is saved."""
        if not field.data and form.next_step is NextStep.REVIEW:
            raise ValidationError(self.message)


class SendForm(PortalForm):
    """The button of the review page, or of taking back."""

    version = VersionField()


class ProposalForm(SendForm):
    """Title and text, what the author offers, where, on whose behalf."""

    title = StringField(
        _l("Your idea in a few words"),
        filters=[one_line],
        validators=[
            required(_l("Write a title: it is what people read first.")),
            Length(max=LONGEST_TITLE, message=_l("Shorten the title to 150 characters.")),
        ],
    )
    text = TextAreaField(
        _l("Tell it"),
        description=_l(
            "What is missing today, what you would do, for whom. A few lines are enough."
        ),
        filters=[trimmed],
        validators=[
            RequiredToSend(_l("Tell your idea in a few lines.")),
            Length(max=LONGEST_TEXT, message=_l("Shorten the text to 5000 characters.")),
        ],
    )
    what_i_offer = TextAreaField(
        _l("What can you offer?"),
        description=_l("Time, skills, tools, a place: whatever you can put in yourself."),
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_OFFER, message=_l("Shorten what you offer to 2000 characters."))
        ],
    )
    place_words = StringField(
        _l("Where?"),
        description=_l("A street, a park, a school. No private addresses."),
        filters=[one_line],
        validators=[Length(max=LONGEST_PLACE, message=_l("Shorten the place to 200 characters."))],
    )
    on_behalf_of = RadioField(
        _l("Who is proposing?"),
        choices=[SelectChoice(MYSELF, _l("I am, for myself"))],
        default=MYSELF,
        validate_choice=False,
        validators=[RequiredToSend(_l("Choose who is proposing."))],
    )
    form_key = HiddenField(default=lambda: uuid4().hex)
    passo = HiddenField()

    def offer_voices(self, voices: Sequence[RepresentedRow]) -> None:
        """Let the author choose between themselves and `voices`."""
        self.on_behalf_of.choices = [
            SelectChoice(MYSELF, _l("I am, for myself")),
            *(SelectChoice(str(v.id), v.name) for v in voices),
        ]

    @property
    def has_voices(self) -> bool:
        """Say whether there is anything to choose."""
        return len(self.on_behalf_of.choices) > 1

    @property
    def next_step(self) -> NextStep:
        """Which button was pressed; whatever is not the draft's means on to the review."""
        return NextStep.SAVE if self.passo.data == NextStep.SAVE else NextStep.REVIEW

    @property
    def content(self) -> ProposalContent:
        """What was written."""
        voice = self.on_behalf_of.data
        return ProposalContent(
            title=self.title.data,
            text=self.text.data or "",
            what_i_offer=self.what_i_offer.data or None,
            place_words=self.place_words.data or None,
            association_id=None if voice == MYSELF else int(voice),
        )

    def validate_on_behalf_of(self, field: Field) -> None:
        """Refuse whoever is not offered (a forged or outdated choice)."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(
                _l("You do not represent this association: choose one of the list, or yourself.")
            )

    def validate_form_key(self, field: Field) -> None:
        """Replace a key that this page did not make."""
        key = field.data or ""
        if not (key.isascii() and key.isalnum() and len(key) == FORM_KEY_LENGTH):
            field.data = uuid4().hex
