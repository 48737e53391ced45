"""Forms of who answers proposals: offices, opinions, the answer, and asking again."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.fields import DayField, MoneyField, at_most
from portal.core.forms import (
    Email,
    InputRequired,
    PortalForm,
    ValidationError,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.services import AnswerContent, OpinionContent
from portal.laboratories.states import AnswerOutcome, Verdict

LARGEST_COST_CENTS = 100_000_000_00
LONGEST_REASONS = 5_000

OUTCOME_CHOICES = (
    SelectChoice(AnswerOutcome.ACCEPTED, _l("Accepted")),
    SelectChoice(AnswerOutcome.MERGED, _l("Merged into another proposal")),
    SelectChoice(AnswerOutcome.NOT_FEASIBLE, _l("Not feasible")),
)
VERDICT_CHOICES = (
    SelectChoice(Verdict.FEASIBLE, _l("It can be done")),
    SelectChoice(Verdict.WITH_CONDITIONS, _l("It can be done under conditions")),
    SelectChoice(Verdict.NOT_FEASIBLE, _l("It cannot be done")),
)


class CostField(MoneyField):
    """A cost in euro, up to a hundred million."""

    def pre_validate(self, form: PortalForm) -> None:  # noqa: ARG002 - WTForms' signature
        """Refuse what no proposal costs."""
        if self.data is not None and not 0 <= self.data <= LARGEST_COST_CENTS:
            raise ValidationError(_l("Write the cost in euro, from 0 to 100 million."))


class OfficeForm(PortalForm):
    """A municipal office."""

    name = StringField(
        _l("Name of the office"),
        filters=[one_line],
        validators=[required(_l("Write the name of the office.")), at_most(150)],
    )
    email = StringField(
        _l("Its e-mail"),
        description=_l("Where it is told that its opinion is asked for."),
        filters=[one_line],
        validators=[
            Optional(),
            at_most(320),
            Email(message=_l("Write a whole e-mail address, for example nome@comune.it.")),
        ],
    )
    version = VersionField()
    """The version that was on the page, of an office that is there already."""


class ReviewForm(PortalForm):
    """A question to an office."""

    office_id = SelectField(
        _l("Which office"), validators=[InputRequired(_l("Choose the office."))]
    )
    question = TextAreaField(
        _l("What you want to know"), filters=[trimmed], validators=[at_most(2000)]
    )
    due_on = DayField(_l("By when"), validators=[InputRequired(_l("Choose the day."))])

    def offer(self, offices: Sequence[tuple[int, str]]) -> None:
        """Let the person choose among these offices, each an id and its name."""
        self.office_id.choices = [SelectChoice(str(n), name) for n, name in offices]


class OpinionForm(PortalForm):
    """What an office thinks."""

    verdict = RadioField(
        _l("What the office thinks"),
        choices=list(VERDICT_CHOICES),
        validators=[InputRequired(_l("Choose what the office thinks."))],
    )
    opinion = TextAreaField(
        _l("Opinion"),
        filters=[trimmed],
        validators=[required(_l("Write the opinion.")), at_most(LONGEST_REASONS)],
    )
    cost = CostField(_l("Cost in euro"), validators=[Optional()])
    times = StringField(_l("Times"), filters=[one_line], validators=[at_most(200)])
    conditions = TextAreaField(_l("Conditions"), filters=[trimmed], validators=[at_most(2000)])
    version = VersionField()

    def validate_conditions(self, field: TextAreaField) -> None:
        """Ask for the conditions where there are some."""
        if self.verdict.data == Verdict.WITH_CONDITIONS and not field.data:
            raise ValidationError(_l("Say under which conditions."))

    @property
    def content(self) -> OpinionContent:
        """What was written."""
        return OpinionContent(
            verdict=Verdict(self.verdict.data),
            opinion=self.opinion.data,
            cost_cents=self.cost.data,
            times=self.times.data,
            conditions=self.conditions.data,
        )


class AnswerForm(PortalForm):
    """What the municipality answers, for everybody to read."""

    outcome = RadioField(
        _l("Answer"),
        choices=list(OUTCOME_CHOICES),
        validators=[InputRequired(_l("Choose what you answer."))],
    )
    headline = StringField(
        _l("In a few words"),
        description=_l("For example: Yes, the courtyard opens."),
        filters=[one_line],
        validators=[at_most(150)],
    )
    reasons = TextAreaField(
        _l("Why"),
        description=_l("Everybody reads it, the author first."),
        filters=[trimmed],
        validators=[required(_l("Give the reasons.")), at_most(LONGEST_REASONS)],
    )
    cost = CostField(_l("What it costs, in euro"))
    cost_words = StringField(
        _l("What the money is for"),
        description=_l("And whether it is there already."),
        filters=[one_line],
        validators=[at_most(200)],
    )
    times = StringField(_l("When it is done"), filters=[one_line], validators=[at_most(200)])
    merged_into_id = SelectField(_l("Into which proposal"))
    office_id = SelectField(
        _l("Which office answers"), validators=[InputRequired(_l("Choose the office."))]
    )
    contact_name = StringField(_l("Who follows it"), filters=[one_line], validators=[at_most(150)])
    seen = VersionField()
    """The answer that was on the page, 0 for none."""

    def offer(
        self, *, offices: Sequence[tuple[int, str]], targets: Sequence[tuple[int, str]]
    ) -> None:
        """Let the person choose among offices and proposals, each an id and its words."""
        self.office_id.choices = [SelectChoice(str(n), name) for n, name in offices]
        self.merged_into_id.choices = [
            SelectChoice("", _l("No proposal")),
            *(SelectChoice(str(n), title) for n, title in targets),
        ]

    def validate_times(self, field: StringField) -> None:
        """Ask when it is done of what is accepted."""
        if self.outcome.data == AnswerOutcome.ACCEPTED and not field.data:
            raise ValidationError(_l("Say when it is done."))

    def validate_cost(self, field: CostField) -> None:
        """Ask what it costs of what is accepted."""
        if self.outcome.data == AnswerOutcome.ACCEPTED and field.data is None:
            raise ValidationError(_l("Say what it costs; 0 if it costs nothing."))

    def validate_merged_into_id(self, field: SelectField) -> None:
        """Ask into what it is merged."""
        if self.outcome.data == AnswerOutcome.MERGED and not field.data:
            raise ValidationError(_l("Choose the proposal it becomes part of."))

    @property
    def content(self) -> AnswerContent:
        """What was written."""
        return AnswerContent(
            outcome=AnswerOutcome(self.outcome.data),
            reasons=self.reasons.data,
            office_id=int(self.office_id.data),
            headline=self.headline.data,
            cost_cents=self.cost.data,
            cost_words=self.cost_words.data,
            times=self.times.data,
            merged_into_id=int(self.merged_into_id.data) if self.merged_into_id.data else None,
            contact_name=self.contact_name.data,
        )


class AskAgainForm(PortalForm):
    """Why the author asks to look at an answer once more."""

    reason = TextAreaField(
        _l("What should be looked at again?"),
        description=_l("Once, within thirty days. Who leads the laboratory reads it."),
        filters=[trimmed],
        validators=[required(_l("Say what should be looked at again.")), at_most(2000)],
    )
