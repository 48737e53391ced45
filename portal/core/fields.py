"""Fields that forms share: days, hours, numbers, boxes to tick, lists of days."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import NumberRange, Optional, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from portal.core.amounts import parse_money, spreadsheet_money
from portal.core.forms import Length

MOST_DAYS_LEFT_OUT = 120
LONGEST_NUMBER = 9
"""Digits; the database keeps at most ten."""
LONGEST_DECIMAL = 15
"""Characters of a number with decimals, as people write it."""
DAY_FORMATS = ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d")


def at_most(longest: int) -> Length:
    """Return the check that a text is no longer than this."""
    return Length(max=longest, message=_l("Use at most %(max)d characters."))


class DayField(DateField):
    """A day near today, picked from the browser's calendar."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the day; an empty one is none."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            super().process_formdata([valuelist[0].strip()])
        except ValueError as error:
            raise ValueError(_l("Choose a day from the calendar.")) from error


class WrittenDateField(DateField):
    """A day far from today, such as a birth, as people write it in Italy: `17/05/1990`."""

    widget = TextInput()

    def __init__(self, label: object, **kwargs: object) -> None:
        """Accept both ways; show the Italian one."""
        super().__init__(label, format=list(DAY_FORMATS), **kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the date; say how to write it where it cannot be read."""
        self.data: date | None = None
        if not valuelist or not valuelist[0].strip():
            return
        for form in self.strptime_format:
            try:
                self.data = datetime.strptime(valuelist[0].strip(), form).date()  # noqa: DTZ007 - a day has no time zone
            except ValueError:
                continue
            return
        raise ValueError(_l("Write day, month and year, for example 17/05/1990."))


class ClockField(TimeField):
    """An hour of the city's clocks."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the hour, seconds left aside; an empty one is none."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            super().process_formdata([valuelist[0].strip()[:5]])
        except ValueError as error:
            raise ValueError(_l("Write hours and minutes, for example 15:30.")) from error


class MoneyField(StringField):
    """An amount as people write it (`12,50`); `data` is cents."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the amount; say how to write it where it cannot be read."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        self.data = parse_money(valuelist[0])
        if self.data is None:
            raise ValueError(_l("Write the amount in euro, for example 12,50."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else spreadsheet_money(self.data)


class NumberField(StringField):
    """A number with at most two decimals, as people write it (`12,5`); `data` is a Decimal."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; say how to write it where it cannot be read."""
        self.data = None
        text = valuelist[0].strip().replace(".", "").replace(",", ".") if valuelist else ""
        if not text:
            return
        try:
            number = Decimal(text) if text.isascii() and len(text) <= LONGEST_DECIMAL else None
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or number != round(number, 2):
            raise ValueError(_l("Write a number, for example 25 or 12,5."))
        self.data = number

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return format(self.data.normalize(), "f").replace(".", ",")


class WholeField(IntegerField):
    """A whole number; an empty one is none."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read a number; the library's own sentence for anything else is not ours."""
        self.data = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_NUMBER:
            raise ValueError(_l("Write a whole number."))
        self.data = int(text)


def between(least: int, most: int) -> NumberRange:
    """Return the check that a number is one of these."""
    return NumberRange(
        least,
        most,
        message=_l("Write a number from %(least)s to %(most)s.", least=least, most=most),
    )


class NeededNumber:
    """A number has to be there; nought counts."""

    field_flags: ClassVar = {"required": True}

    def __init__(self, message: object) -> None:
        """Say `message` where there is none."""
        self.message = message

    def __call__(self, _form: object, field: Any) -> None:  # noqa: ANN401 - any field
        """Raise where there is no number, unless something is wrong with it already."""
        if field.data is None and not field.errors:
            raise StopValidation(self.message)
        if field.errors:
            raise StopValidation


class CheckboxesField(SelectMultipleField):
    """Several of a few, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class DaysListField(TextAreaField):
    """Days, one a line or with commas between: `25/12/2026`; `data` is what was typed."""

    def __init__(self, label: object, **kwargs: Any) -> None:  # noqa: ANN401 - WTForms' own arguments
        """Take the days as text; `days` reads them."""
        super().__init__(label, validators=[Optional()], **kwargs)

    @property
    def days(self) -> frozenset[date]:
        """The days that were typed; only of a valid form."""
        return frozenset(filter(None, map(_read_day, self._parts())))

    def pre_validate(self, form: Any) -> None:  # noqa: ANN401, ARG002 - WTForms' signature
        """Refuse what is no day, and name it."""
        parts = self._parts()
        if len(parts) > MOST_DAYS_LEFT_OUT:
            raise ValidationError(
                _l("Leave out at most %(most)s days: make two series.", most=MOST_DAYS_LEFT_OUT)
            )
        wrong = next((part for part in parts if _read_day(part) is None), None)
        if wrong is not None:
            raise ValidationError(
                _l(
                    "“%(text)s” is no day: write day, month and year, for example 25/12/2026.",
                    text=wrong[:30],
                )
            )

    def _parts(self) -> list[str]:
        return [part for part in re.split(r"[\s,;]+", self.data or "") if part]


def written_days(days: Sequence[date]) -> str:
    """Return days as `DaysListField` shows them: one a line."""
    return "\n".join(day.strftime("%d/%m/%Y") for day in sorted(days))


def _read_day(text: str) -> date | None:
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    return None
