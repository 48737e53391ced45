"""Forms of the queue."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, NumberRange
from wtforms.widgets import HiddenInput

from portal.core.forms import (
    InputRequired,
    Length,
    PortalForm,
    UploadsField,
    ValidationError,
    one_line,
    required,
    trimmed,
)
from portal.moderation.letters import LONGEST_BODY, TemplateProblem, check_template
from portal.moderation.models import LONGEST_SUBJECT
from portal.moderation.states import (
    LEAST_OBSERVATION_DAYS,
    MOST_INTEGRATION_DAYS,
    STEPS_WITH_REASON,
    DayCount,
    LetterKind,
)

SHORTEST_REASON = 10
LONGEST_REASON = 2_000
LONGEST_MESSAGE = 3_000


def line_ends(value: object) -> object:
    """Field filter: line ends as we keep them; browsers send two characters for each."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def reason_field(missing: object, *, description: object = "") -> TextAreaField:
    """Return the field of a reason that somebody reads; `missing` asks for it."""
    return TextAreaField(
        _l("Reason"),
        description=description,
        filters=[trimmed],
        validators=[
            required(missing),
            Length(
                min=SHORTEST_REASON,
                max=LONGEST_REASON,
                message=_l(
                    "Write the reason in %(shortest)s to %(longest)s characters.",
                    shortest=SHORTEST_REASON,
                    longest=LONGEST_REASON,
                ),
            ),
        ],
    )


class LetterTemplateForm(PortalForm):
    """The text that letters of `kind` are made from."""

    version = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(_l("This page is incomplete: open it again."))],
    )
    subject = StringField(
        _l("Subject"),
        filters=[one_line],
        validators=[
            required(_l("Write the subject.")),
            Length(
                max=LONGEST_SUBJECT,
                message=_l("Write at most %(longest)s characters.", longest=LONGEST_SUBJECT),
            ),
        ],
    )
    body = TextAreaField(
        _l("Text"),
        filters=[line_ends, trimmed],
        validators=[
            required(_l("Write the text of the letter.")),
            Length(
                max=LONGEST_BODY,
                message=_l("Write at most %(longest)s characters.", longest=LONGEST_BODY),
            ),
        ],
    )

    def __init__(self, kind: LetterKind, **prefilled: Any) -> None:  # noqa: ANN401 - WTForms' data
        """Check what is sent against the rules of `kind`."""
        super().__init__(**prefilled)
        self.kind = kind

    def validate_subject(self, field: StringField) -> None:
        """Say which words of the subject cannot be filled in."""
        _refuse(check_template(self.kind, field.data, is_subject=True))

    def validate_body(self, field: TextAreaField) -> None:
        """Say which words of the text cannot be filled in, and which are missing."""
        _refuse(check_template(self.kind, field.data))


def _refuse(problems: Sequence[TemplateProblem]) -> None:
    if problems:
        raise ValidationError(" ".join(str(problem.sentence) for problem in problems))


class VersionForm(PortalForm):
    """A step on a case, as it was when the person saw it."""

    version = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(_l("This page is incomplete: open the request again."))],
    )


class DecideForm(VersionForm):
    """A decision and its reason. Which decisions a kind knows is the service's question."""

    observations_answer = TextAreaField(
        _l("Your answer to the observations"),
        filters=[trimmed],
        validators=[
            Length(
                max=LONGEST_REASON,
                message=_l("Write at most %(longest)s characters.", longest=LONGEST_REASON),
            )
        ],
    )

    decision = RadioField(
        _l("What do you decide?"),
        choices=sorted(STEPS_WITH_REASON),
        validate_choice=False,
        validators=[
            required(_l("Choose what you decide.")),
            AnyOf(sorted(STEPS_WITH_REASON), message=_l("Choose what you decide.")),
        ],
    )
    reason = reason_field(_l("Write the reason: it is what the applicant reads."))


def _length(longest: int, message: object) -> Length:
    return Length(max=longest, message=message)


class MessageForm(PortalForm):
    """A message to the other side, with documents."""

    message = TextAreaField(
        _l("Your message"),
        filters=[trimmed],
        validators=[
            required(_l("Write your message.")),
            _length(
                LONGEST_MESSAGE,
                _l("Write at most %(longest)s characters.", longest=LONGEST_MESSAGE),
            ),
        ],
    )
    message_documents = UploadsField(_l("Documents"))


class NoteForm(PortalForm):
    """A note of the office to itself."""

    note = TextAreaField(
        _l("Note for the office"),
        filters=[trimmed],
        validators=[
            required(_l("Write the note.")),
            _length(
                LONGEST_MESSAGE,
                _l("Write at most %(longest)s characters.", longest=LONGEST_MESSAGE),
            ),
        ],
    )


class AnswerForm(PortalForm):
    """What an applicant answers: what was missing, or observations on a notice."""

    answer = TextAreaField(
        _l("Your answer"),
        filters=[trimmed],
        validators=[
            required(_l("Write your answer, also when you add documents.")),
            _length(
                LONGEST_MESSAGE,
                _l("Write at most %(longest)s characters.", longest=LONGEST_MESSAGE),
            ),
        ],
    )
    answer_documents = UploadsField(_l("Documents"))


class AssignForm(VersionForm):
    """To whom a case is given."""

    officer = SelectField(
        _l("Who deals with it"),
        coerce=int,
        validators=[InputRequired(_l("Choose a colleague."))],
    )

    def offer(self, colleagues: Sequence[tuple[int, str]]) -> None:
        """Offer these people, id and name."""
        self.officer.choices = [SelectChoice(*colleague) for colleague in colleagues]


class DaysField(IntegerField):
    """A number of days."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a number; the library's own sentence for anything else is not ours."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_l("Write the days as a number.")) from error


class TermsForm(PortalForm):
    """How long a kind of case may take."""

    answer_days = DaysField(
        _l("Days to answer"),
        validators=[
            InputRequired(_l("Write how many days.")),
            NumberRange(1, 180, message=_l("Write a number from 1 to 180.")),
        ],
    )
    day_count = RadioField(
        _l("Which days count"),
        choices=[
            SelectChoice(DayCount.CALENDAR, _l("All days; a term that ends on a holiday moves on")),
            SelectChoice(DayCount.WORKING, _l("Working days only")),
        ],
        validators=[required(_l("Choose which days count."))],
    )
    integration_days = DaysField(
        _l("Days to complete the request"),
        description=_l("At most %(most)s: so the law says.", most=MOST_INTEGRATION_DAYS),
        validators=[
            InputRequired(_l("Write how many days.")),
            NumberRange(
                1,
                MOST_INTEGRATION_DAYS,
                message=_l("Write a number from 1 to %(most)s.", most=MOST_INTEGRATION_DAYS),
            ),
        ],
    )
    observation_days = DaysField(
        _l("Days to answer a notice of refusal"),
        description=_l("At least %(least)s: so the law says.", least=LEAST_OBSERVATION_DAYS),
        validators=[
            InputRequired(_l("Write how many days.")),
            NumberRange(
                LEAST_OBSERVATION_DAYS,
                60,
                message=_l("Write a number from %(least)s to 60.", least=LEAST_OBSERVATION_DAYS),
            ),
        ],
    )
