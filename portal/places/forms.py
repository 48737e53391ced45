"""Forms of initiatives: what is said of one, when it takes place, how many came."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.clock import from_local
from portal.core.fields import ClockField, DayField, NeededNumber, WholeField, at_most, between
from portal.core.forms import (
    FormKeyField,
    InputRequired,
    PortalForm,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.places.models.initiatives import (
    LONGEST_DESCRIPTION,
    LONGEST_DETAIL,
    LONGEST_REASON,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
    MOST_PEOPLE,
)
from portal.places.queries.initiatives import InitiativeDetail, OrganiserChoice
from portal.places.services import InitiativeContent, OccurrenceContent

MOST_WEEKS = 60
"""Of one repetition: a school year and some more."""


class InitiativeForm(PortalForm):
    """What is said of an initiative."""

    title = StringField(
        _l("Title"),
        description=_l("As you would call it: “Neighbourhood dinner”."),
        filters=[one_line],
        validators=[
            required(_l("Write a title: it is what people read first.")),
            at_most(LONGEST_TITLE),
        ],
    )
    summary = TextAreaField(
        _l("In one sentence"),
        filters=[trimmed],
        validators=[
            required(_l("Say in one sentence what it is about.")),
            at_most(LONGEST_SUMMARY),
        ],
    )
    description = TextAreaField(
        _l("How it goes"),
        description=_l("What happens from the beginning to the end, as you would tell a friend."),
        filters=[trimmed],
        validators=[at_most(LONGEST_DESCRIPTION)],
    )
    for_whom = StringField(
        _l("For whom"),
        description=_l("“Everybody”, “children from 6 to 10 with an adult”."),
        filters=[one_line],
        validators=[at_most(LONGEST_DETAIL)],
    )
    cost = StringField(
        _l("What it costs"),
        description=_l("“Free”, “5 euro for the dinner”."),
        filters=[one_line],
        validators=[at_most(LONGEST_DETAIL)],
    )
    how_to_join = StringField(
        _l("How one takes part"),
        description=_l("“Just come”, or whom to tell."),
        filters=[one_line],
        validators=[at_most(LONGEST_DETAIL)],
    )
    organiser_name = StringField(
        _l("Who organises it"),
        description=_l("The name people know."),
        filters=[one_line],
        validators=[required(_l("Say who organises it.")), at_most(LONGEST_DETAIL)],
    )
    organiser_association_id = SelectField(
        _l("Their page in the registry"),
        description=_l("The name then leads to it."),
        validators=[Optional()],
    )
    form_key = FormKeyField()
    version = VersionField()

    def offer_organisers(self, associations: Sequence[OrganiserChoice]) -> None:
        """Take the associations that may run it."""
        self.organiser_association_id.choices = [
            SelectChoice("", _l("None of them")),
            *(SelectChoice(str(one.id), one.name) for one in associations),
        ]

    @property
    def content(self) -> InitiativeContent:
        """What was written, once the form is valid."""
        chosen = self.organiser_association_id.data
        return InitiativeContent(
            title=self.title.data,
            summary=self.summary.data,
            organiser_name=self.organiser_name.data,
            description=self.description.data or None,
            for_whom=self.for_whom.data or None,
            cost=self.cost.data or None,
            how_to_join=self.how_to_join.data or None,
            organiser_association_id=int(chosen) if chosen else None,
        )


def written_initiative(initiative: InitiativeDetail) -> dict[str, Any]:
    """Return what the form shows of an initiative that is there."""
    return vars(initiative) | {
        "organiser_association_id": str(initiative.organiser_association_id or "")
    }


class OccurrenceForm(PortalForm):
    """When it takes place, once or every week."""

    day = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    starts_time = ClockField(
        _l("It starts at"), validators=[InputRequired(_l("Write when it starts."))]
    )
    ends_time = ClockField(
        _l("It ends at"),
        description=_l("After midnight too: it is then of the next day."),
        validators=[InputRequired(_l("Write when it ends."))],
    )
    weekly_until = DayField(
        _l("Every week until"), description=_l("Empty: this time only."), validators=[Optional()]
    )

    def validate_ends_time(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse what would last nothing, or a whole day."""
        if field.data is not None and field.data == self.starts_time.data:
            raise ValidationError(_l("It ends when it starts: mend one of the two."))

    def validate_weekly_until(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse a last day before the first, and series that never end."""
        first, last = self.day.data, field.data
        if first is None or last is None:
            return
        if last < first:
            raise ValidationError(_l("The last day comes before the first: mend one of the two."))
        if (last - first).days > 7 * MOST_WEEKS:
            raise ValidationError(
                _l("At most %(most)s weeks at once: the rest later.", most=MOST_WEEKS)
            )

    @property
    def times(self) -> list[OccurrenceContent]:
        """The times that were written, at the same hour of the clock each week."""
        first: date = self.day.data
        last: date = self.weekly_until.data or first
        days = range(0, (last - first).days + 1, 7)
        return [self._time(first + timedelta(days=number)) for number in days]

    def _time(self, day: date) -> OccurrenceContent:
        start: time = self.starts_time.data
        end: time = self.ends_time.data
        last_day = day if end > start else day + timedelta(days=1)
        return OccurrenceContent(
            from_local(datetime.combine(day, start)), from_local(datetime.combine(last_day, end))
        )


class AttendanceForm(PortalForm):
    """How many people came."""

    attendance = WholeField(
        _l("How many people came?"),
        validators=[NeededNumber(_l("Write how many, or 0.")), between(0, MOST_PEOPLE)],
    )


class CancelInitiativeForm(PortalForm):
    """Why it does not take place any more."""

    reason = TextAreaField(
        _l("Why"),
        description=_l("Everybody reads it where the initiative was announced."),
        filters=[trimmed],
        validators=[required(_l("Say why it does not take place.")), at_most(LONGEST_REASON)],
    )
    version = VersionField()


class InitiativeStepForm(PortalForm):
    """A button, and which version was on the page."""

    version = VersionField()
