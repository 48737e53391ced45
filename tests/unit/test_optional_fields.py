"""Which labels say "(optional)": those of fields that may stay empty."""

import pytest
from wtforms import (
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice

from portal.core.forms import is_optional, required

KINDS = [SelectChoice("a", "Uno"), SelectChoice("b", "Due")]
WITH_NONE = [SelectChoice("", "Nessuno"), *KINDS]


class Example(Form):
    words = StringField()
    text = TextAreaField()
    needed = StringField(validators=[required("Scrivi.")])
    kind = SelectField(choices=KINDS)
    number = SelectField(choices=[SelectChoice(1, "Uno"), SelectChoice(0, "Zero")], coerce=int)
    grouped = SelectField(choices=[SelectChoice("a", "Uno", optgroup="Primo")])
    one = RadioField(choices=KINDS)
    may_be_none = SelectField(choices=WITH_NONE)
    must_be_some = SelectField(choices=WITH_NONE, validators=[required("Scegli.")])
    free = RadioField(choices=KINDS, validate_choice=False)
    several = SelectMultipleField(choices=KINDS)
    none_yet = SelectField(choices=[])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("words", True),
        ("text", True),
        ("needed", False),
        ("kind", False),
        ("number", False),
        ("grouped", False),
        ("one", False),
        ("may_be_none", True),
        ("must_be_some", False),
        ("free", True),
        ("several", True),
        ("none_yet", False),
    ],
)
def test_only_what_may_stay_empty_is_optional(name, expected):
    assert is_optional(Example()[name]) is expected
