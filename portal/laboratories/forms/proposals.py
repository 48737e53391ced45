"""The form of a proposal: what it says, where, on whose behalf."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.core.forms import (
    FormKeyField,
    Length,
    PortalForm,
    ValidationError,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.models import LONGEST_PLACE, LONGEST_TITLE, MAP_SIDE
from portal.laboratories.queries.neighbourhoods import NeighbourhoodRow
from portal.laboratories.services import ProposalContent
from portal.laboratories.states import ProposalCategory
from portal.registry.queries import RepresentedRow

LONGEST_TEXT = 5_000
LONGEST_OFFER = 2_000
LONGEST_ID = 18
"""Digits of an id."""
MYSELF = "io"
EVERYWHERE = _l("In several, or I do not know")


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


class IdeaForm(SendForm):
    """What a proposal says: title and text, what is offered, where."""

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
    needs = TextAreaField(
        _l("Which needs does it answer?"),
        description=_l("Who lacks what today: children, people alone, who works there."),
        filters=[trimmed],
        validators=[Length(max=LONGEST_OFFER, message=_l("Shorten the needs to 2000 characters."))],
    )
    what_i_offer = TextAreaField(
        _l("What can you offer?"),
        description=_l("Time, skills, tools, a place: whatever you can put in yourself."),
        filters=[trimmed],
        validators=[
            Length(max=LONGEST_OFFER, message=_l("Shorten what you offer to 2000 characters."))
        ],
    )
    # Its choices are worded by `components/proposal_words.html`, as everywhere.
    category = SelectField(
        _l("What is it about?"),
        choices=[SelectChoice("", ""), *(SelectChoice(c, c) for c in ProposalCategory)],
        default="",
    )
    neighbourhood = SelectField(
        _l("In which neighbourhood?"),
        choices=[SelectChoice("", EVERYWHERE)],
        default="",
        validate_choice=False,
    )
    place_words = StringField(
        _l("Where?"),
        description=_l("A street, a park, a school. No private addresses."),
        filters=[one_line],
        validators=[Length(max=LONGEST_PLACE, message=_l("Shorten the place to 200 characters."))],
    )
    form_key = FormKeyField()
    passo = HiddenField()
    map_x = HiddenField()
    map_y = HiddenField()
    listed_project = HiddenField()

    def offer_neighbourhoods(self, rows: Sequence[NeighbourhoodRow]) -> None:
        """Let the author choose among the neighbourhoods of the laboratory."""
        districts = {row.district for row in rows}
        self.neighbourhood.choices = [
            SelectChoice("", EVERYWHERE),
            *(
                SelectChoice(
                    str(row.id), row.name, optgroup=row.district if len(districts) > 1 else None
                )
                for row in rows
            ),
        ]

    @property
    def spot(self) -> tuple[int, int] | None:
        """The spot on the map, or None; what the page did not write itself is none."""
        x, y = _whole(self.map_x.data), _whole(self.map_y.data)
        if x is None or y is None or max(x, y) > MAP_SIDE:
            return None
        return x, y

    def set_spot(self, spot: tuple[int, int] | None) -> None:
        """Show the page with this spot."""
        self.map_x.data, self.map_y.data = map(str, spot) if spot else ("", "")

    @property
    def listed_project_id(self) -> int | None:
        """The listed project to adopt, if any."""
        return _whole(self.listed_project.data, digits=LONGEST_ID)

    @property
    def next_step(self) -> NextStep:
        """Which button was pressed; whatever is not the draft's means on to the review."""
        return NextStep.SAVE if self.passo.data == NextStep.SAVE else NextStep.REVIEW

    @property
    def content(self) -> ProposalContent:
        """What was written."""
        return ProposalContent(
            title=self.title.data,
            text=self.text.data or "",
            needs=self.needs.data or None,
            what_i_offer=self.what_i_offer.data or None,
            category=ProposalCategory(self.category.data) if self.category.data else None,
            neighbourhood_id=_whole(self.neighbourhood.data, digits=LONGEST_ID),
            place_words=self.place_words.data or None,
            spot=self.spot,
            listed_project_id=self.listed_project_id,
            association_id=self.association_id,
        )

    @property
    def association_id(self) -> int | None:
        """On whose behalf; None for oneself."""
        return None

    def validate_neighbourhood(self, field: Field) -> None:
        """Refuse what is not offered (a forged choice, or a neighbourhood that has ended)."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(
                _l("This neighbourhood is not one of the laboratory: choose one of the list.")
            )


class ProposalForm(IdeaForm):
    """The same, and on whose behalf."""

    on_behalf_of = RadioField(
        _l("Who is proposing?"),
        choices=[SelectChoice(MYSELF, _l("I am, for myself"))],
        default=MYSELF,
        validate_choice=False,
        validators=[RequiredToSend(_l("Choose who is proposing."))],
    )

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
    def association_id(self) -> int | None:
        """On whose behalf; None for oneself."""
        voice = self.on_behalf_of.data
        return None if voice == MYSELF else int(voice)

    def validate_on_behalf_of(self, field: Field) -> None:
        """Refuse whoever is not offered (a forged or outdated choice)."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(
                _l("You do not represent this association: choose one of the list, or yourself.")
            )


def _whole(value: object, digits: int = 4) -> int | None:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else None
