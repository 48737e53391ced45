"""Forms of the introductory talk: times, a booking, how it went."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice

from portal.core.fields import (
    ClockField,
    DayField,
    NeededNumber,
    WholeField,
    at_most,
    between,
)
from portal.core.forms import InputRequired, PortalForm, one_line, required, trimmed
from portal.volunteering.policies import MOST_SLOTS, plan_slots
from portal.volunteering.queries.interviews import FreeSlotRow
from portal.volunteering.states import InterviewResult

LONGEST_NOTE = 2_000
LONGEST_ID = 18
"""Digits of what can be an id."""


class SlotsForm(PortalForm):
    """Several times at once: a day, from when to when, how long each."""

    day = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    starts_time = ClockField(
        _l("The first starts at"),
        validators=[InputRequired(_l("Write when the first talk starts."))],
    )
    ends_time = ClockField(
        _l("The last ends by"), validators=[InputRequired(_l("Write when the last talk ends."))]
    )
    minutes = WholeField(
        _l("Minutes each"),
        default=20,
        validators=[NeededNumber(_l("Write how many minutes a talk takes.")), between(5, 180)],
    )
    pause = WholeField(
        _l("Minutes between two"),
        default=5,
        validators=[NeededNumber(_l("Write how many minutes, or 0.")), between(0, 120)],
    )
    place_name = StringField(
        _l("Where"),
        description=_l("As people find it: name of the office, floor, room."),
        filters=[one_line],
        validators=[required(_l("Write where people find you.")), at_most(150)],
    )
    address = StringField(_l("Address"), filters=[one_line], validators=[at_most(200)])

    @property
    def times(self) -> list[tuple[datetime, datetime]]:
        """Start and end of each talk, once the form is valid."""
        return plan_slots(
            self.day.data,
            self.starts_time.data,
            self.ends_time.data,
            minutes=self.minutes.data,
            pause=self.pause.data,
        )

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' signature
        """Check that at least one talk fits, and not more than a long day's."""
        if not super().validate(extra_validators):
            return False
        number = len(self.times)
        if number == 0:
            self.ends_time.errors = [
                _l("Not even one talk fits between the two hours: mend one of them.")
            ]
        elif number > MOST_SLOTS:
            self.ends_time.errors = [
                _l("These are %(num)s talks: open at most %(most)s at once.",
                   num=number, most=MOST_SLOTS)
            ]  # fmt: skip
        return 0 < number <= MOST_SLOTS


class BookingForm(PortalForm):
    """A time among those that are free."""

    slot = RadioField(
        _l("When can you come?"),
        # Whether it is still free is for the service to say, in words.
        validate_choice=False,
        validators=[InputRequired(_l("Choose a day and an hour."))],
    )

    def offer(self, slots: Sequence[FreeSlotRow]) -> None:
        """Offer these times."""
        self.slot.choices = [SelectChoice(str(slot.id), "") for slot in slots]

    @property
    def slot_id(self) -> int:
        """The id that was chosen; 0 for what is none."""
        text = str(self.slot.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else 0


class OutcomeForm(PortalForm):
    """How a talk went."""

    result = RadioField(
        _l("How did it go?"),
        choices=[
            SelectChoice(InterviewResult.POSITIVE.value, _l("Well: the person can begin")),
            SelectChoice(InterviewResult.NEGATIVE.value, _l("Not suited for now")),
            SelectChoice(
                InterviewResult.MISSED.value, _l("We did not meet: the person may book again")
            ),
        ],
        validators=[InputRequired(_l("Choose how it went."))],
    )
    note = TextAreaField(
        _l("Note for the office"),
        description=_l("The person never reads it. Nothing about health."),
        filters=[trimmed],
        validators=[at_most(LONGEST_NOTE)],
    )

    def validate_result(self, field: RadioField) -> None:
        """Refuse a word that was not offered."""
        if field.data not in set(InterviewResult):
            raise ValidationError(_l("Choose how it went."))


class SlotCancelForm(PortalForm):
    """Why a time is taken back; who had booked it reads it."""

    reason = TextAreaField(
        _l("What do we write to who had booked it?"),
        filters=[trimmed],
        validators=[at_most(LONGEST_NOTE)],
    )
