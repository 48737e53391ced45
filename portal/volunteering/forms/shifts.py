"""Forms of shifts and weekly series."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.clock import from_local, to_local
from portal.core.fields import (
    CheckboxesField,
    ClockField,
    DayField,
    DaysListField,
    NeededNumber,
    WholeField,
    at_most,
    between,
    written_days,
)
from portal.core.forms import InputRequired, PortalForm, VersionField, one_line, trimmed
from portal.volunteering.forms.steps import LONGEST_REASON
from portal.volunteering.policies import (
    SeriesPattern,
    ShiftTimes,
    lasts_too_long,
    shift_times,
)
from portal.volunteering.queries import SeriesRow, ShiftDeskRow
from portal.volunteering.services import ShiftContent
from portal.volunteering.states import Weekday

MOST_PLACES = 1_000
MOST_HOURS_BEFORE = 336
MOST_DAYS_BEFORE = 180
WEEKDAY_CHOICES = (
    SelectChoice(Weekday.MON, _l("Monday")),
    SelectChoice(Weekday.TUE, _l("Tuesday")),
    SelectChoice(Weekday.WED, _l("Wednesday")),
    SelectChoice(Weekday.THU, _l("Thursday")),
    SelectChoice(Weekday.FRI, _l("Friday")),
    SelectChoice(Weekday.SAT, _l("Saturday")),
    SelectChoice(Weekday.SUN, _l("Sunday")),
)


class ShiftHoursForm(PortalForm):
    """When and for how many: what a shift and a series share."""

    starts_time = ClockField(
        _l("It starts at"), validators=[InputRequired(_l("Write when it starts."))]
    )
    ends_time = ClockField(
        _l("It ends at"),
        description=_l("Earlier than the start means on the day after."),
        validators=[InputRequired(_l("Write when it ends."))],
    )
    capacity = WholeField(
        _l("How many places"),
        validators=[NeededNumber(_l("Write how many places there are.")), between(1, MOST_PLACES)],
    )
    waiting_capacity = WholeField(
        _l("Places on the waiting list"),
        description=_l("0: no list."),
        default=5,
        validators=[
            NeededNumber(_l("Write how many may wait, or 0.")),
            between(0, MOST_PLACES),
        ],
    )
    closes_hours_before = WholeField(
        _l("Until how many hours before places can be taken"),
        description=_l("0: until it starts."),
        default=0,
        validators=[
            NeededNumber(_l("Write how many hours, or 0.")),
            between(0, MOST_HOURS_BEFORE),
        ],
    )

    def validate_ends_time(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse an end that cannot be meant."""
        start: time | None = self.starts_time.data
        if start is None or field.data is None:
            return
        if field.data == start:
            raise ValidationError(
                _l("The shift starts and ends at the same time: mend one of the two.")
            )
        if lasts_too_long(start, field.data):
            raise ValidationError(
                _l(
                    "It ends before it starts, and until the day after it would last more than"
                    " twelve hours: mend one of the two."
                )
            )


class ShiftForm(ShiftHoursForm):
    """One shift."""

    day = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    opens_on = DayField(
        _l("From which day places can be taken"),
        description=_l("From the beginning of that day. Empty: at once."),
        validators=[Optional()],
    )
    place_name = StringField(
        _l("Another place, this time"),
        description=_l("Empty: where the project usually is."),
        filters=[one_line],
        validators=[at_most(150)],
    )
    address = StringField(_l("Its address"), filters=[one_line], validators=[at_most(200)])
    note = TextAreaField(
        _l("What is different this time"), filters=[trimmed], validators=[at_most(300)]
    )
    version = VersionField()

    @property
    def times(self) -> ShiftTimes:
        """The moments, once the form is valid."""
        times = shift_times(
            self.day.data,
            self.starts_time.data,
            self.ends_time.data,
            closes_hours_before=self.closes_hours_before.data,
        )
        opens_on = self.opens_on.data
        opens_at = from_local(datetime.combine(opens_on, time())) if opens_on else None
        return ShiftTimes(times.starts_at, times.ends_at, opens_at, times.closes_at)

    def content(self, before: ShiftDeskRow | None = None) -> ShiftContent:
        """What was written; minutes that the form does not show stay as they are in `before`."""
        times = self.times
        if before and before.opens_at and to_local(before.opens_at).date() == self.opens_on.data:
            times = replace(times, opens_at=before.opens_at)
        if before and self._closes_as(before):
            times = replace(
                times, closes_at=times.starts_at - (before.starts_at - before.closes_at)
            )
        return ShiftContent(
            times=times,
            capacity=self.capacity.data,
            waiting_capacity=self.waiting_capacity.data,
            place_name=self.place_name.data or None,
            address=self.address.data or None,
            note=self.note.data or None,
        )

    def _closes_as(self, before: ShiftDeskRow) -> bool:
        return bool(written_shift(before)["closes_hours_before"] == self.closes_hours_before.data)


def written_shift(shift: ShiftDeskRow) -> dict[str, Any]:
    """Return what the form shows of a shift that is there."""
    closes_before = shift.starts_at - shift.closes_at
    return vars(shift) | {
        "day": shift.day,
        "starts_time": shift.starts_time,
        "ends_time": shift.ends_time,
        "opens_on": to_local(shift.opens_at).date() if shift.opens_at else None,
        "closes_hours_before": closes_before // timedelta(hours=1),
    }


class SeriesForm(ShiftHoursForm):
    """A weekly series."""

    weekdays = CheckboxesField(
        _l("On which days"),
        choices=WEEKDAY_CHOICES,
        validators=[InputRequired(_l("Tick at least one day of the week."))],
    )
    from_on = DayField(_l("From"), validators=[InputRequired(_l("Choose the first day."))])
    until_on = DayField(
        _l("To"),
        description=_l("A year later at most."),
        validators=[InputRequired(_l("Choose the last day."))],
    )
    days_left_out = DaysListField(
        _l("Days left out"),
        description=_l("One a line, for example 25/12/2026."),
    )
    opens_days_before = WholeField(
        _l("From how many days before places can be taken"),
        description=_l("At the hour of the shift. Empty: at once."),
        validators=[Optional(), between(1, MOST_DAYS_BEFORE)],
    )
    reason = TextAreaField(
        _l("Why shifts go"),
        description=_l("Needed where shifts with people go: they read it in the mail."),
        filters=[trimmed],
        validators=[at_most(LONGEST_REASON)],
    )
    seen = HiddenField(validators=[at_most(100)])
    version = VersionField()

    @property
    def pattern(self) -> SeriesPattern:
        """What was written, once the form is valid."""
        return SeriesPattern(
            weekdays=frozenset(map(Weekday, self.weekdays.data)),
            starts_time=self.starts_time.data,
            ends_time=self.ends_time.data,
            from_on=self.from_on.data,
            until_on=self.until_on.data,
            days_left_out=self.days_left_out.days,
            capacity=self.capacity.data,
            waiting_capacity=self.waiting_capacity.data,
            opens_days_before=self.opens_days_before.data,
            closes_hours_before=self.closes_hours_before.data,
        )


def written_series(series: SeriesRow) -> dict[str, Any]:
    """Return what the form shows of a series that is there."""
    pattern = series.pattern
    return vars(pattern) | {
        "weekdays": [str(day) for day in series.weekdays],
        "days_left_out": written_days(sorted(pattern.days_left_out)),
        "version": series.version,
    }
