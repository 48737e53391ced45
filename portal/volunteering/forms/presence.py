"""Forms of the day: who came, who came without a place, the code."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from portal.core.fields import WrittenDateField
from portal.core.forms import Length, PortalForm, one_line, required
from portal.registry.tax_code import CHARACTERS, find_tax_code_problem
from portal.volunteering.services import Mark
from portal.volunteering.states import Presence

LONGEST_NAME, LONGEST_CONTACT, LONGEST_TYPED = 150, 200, 40
LONGEST_NUMBER, LONGEST_MOMENT = 3, 14


class Markable(Protocol):
    """Somebody in the list, as far as the form goes."""

    @property
    def sign_up_id(self) -> int: ...
    @property
    def people(self) -> int: ...
    @property
    def presence(self) -> Presence | None: ...
    @property
    def present_people(self) -> int | None: ...


class PresenceForm(PortalForm):
    """Marks of a whole list: `p<id>` says who came, `n<id>` how many, `t<id>` when it was said.

    `shown` is what the page showed, so that only what was touched is a mark: what another tutor
    wrote meanwhile is not undone by who did not look at it.
    """

    shown = HiddenField()

    def read_marks(self, people: Iterable[Markable], sent: Mapping[str, str]) -> list[Mark]:
        """Return the marks that were touched; of a number nobody can be, one error each."""
        shown = set(str(self.shown.data or "").split())
        marks = []
        for person in people:
            word = sent.get(f"p{person.sign_up_id}", "")
            if word not in set(Presence):
                continue
            presence = Presence(word)
            count = self._read_count(person, presence, sent.get(f"n{person.sign_up_id}", ""))
            if shown_word(person.sign_up_id, presence, count) not in shown:
                moment = _read_moment(sent.get(f"t{person.sign_up_id}", ""))
                marks.append(Mark(person.sign_up_id, presence, count, moment))
        return marks

    def _read_count(self, person: Markable, presence: Presence, typed: str) -> int | None:
        if person.people == 1 or presence is Presence.ABSENT or not typed.strip():
            return None
        number = _read_number(typed.strip(), LONGEST_NUMBER)
        if number is None or not 0 < number <= person.people:
            self.form_errors.append(
                _l("Of the group at most %(count)s people can have come.", count=person.people)
            )
            return None
        return number if number < person.people else None


def shown_word(sign_up_id: int, presence: Presence | None, people: int | None) -> str:
    """Return how the hidden field says what the page showed of one person."""
    return f"{sign_up_id}:{presence or ''}:{people or ''}"


def _read_number(text: str, longest: int) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= longest else None


def _read_moment(text: str) -> datetime | None:
    """Read milliseconds since 1970, as browsers count; None for anything else."""
    number = _read_number(text, LONGEST_MOMENT)
    return None if number is None else datetime.fromtimestamp(number / 1000, UTC)


class WalkInForm(PortalForm):
    """Somebody who came without a place."""

    full_name = StringField(
        _l("First and last name"),
        filters=[one_line],
        validators=[
            required(_l("Write the name of who came.")),
            Length(max=LONGEST_NAME, message=_l("A name has at most 150 characters.")),
        ],
    )
    contact = StringField(
        _l("Telephone or e-mail"),
        description=_l(
            "The insurance also asks who they are: if you do not know now, add it by this evening."
        ),
        filters=[one_line],
        validators=[
            Length(max=LONGEST_CONTACT, message=_l("This text is too long: shorten it.")),
        ],
    )


class WalkInIdentityForm(PortalForm):
    """Who a walk-in is, for the register and the insurance: the tax code, or the birth."""

    tax_code = StringField(
        _l("Tax code"),
        description=_l("If they do not know it by heart, day and place of birth are enough."),
        filters=[lambda value: "".join(value.split()).upper() if value else None],
    )
    born_on = WrittenDateField(_l("Date of birth"))
    birth_place = StringField(
        _l("Place of birth"),
        filters=[one_line],
        validators=[Length(max=100, message=_l("This text is too long: shorten it."))],
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Check the tax code's last letter, and that one of the two ways is complete."""
        is_valid = super().validate(extra_validators)
        if is_valid and self.tax_code.data:
            code = self.tax_code.data
            if len(code) != CHARACTERS or find_tax_code_problem(code) is not None:
                self.tax_code.errors = [_l("This tax code has a slip: check it letter by letter.")]
                return False
        elif is_valid and not (self.born_on.data and self.birth_place.data):
            self.tax_code.errors = [_l("Write the tax code, or day and place of birth.")]
            return False
        return is_valid


class CodeForm(PortalForm):
    """The code read off the tutor's screen."""

    class Meta(PortalForm.Meta):
        """Asked by GET, changes nothing."""

        csrf = False

    codice = StringField(
        _l("Code"),
        description=_l("Eight letters and figures, for example 7K4M-92QX."),
        filters=[one_line],
        validators=[
            required(_l("Write the code that you see.")),
            Length(max=LONGEST_TYPED, message=_l("A code has eight letters and figures.")),
        ],
    )


class ButtonForm(PortalForm):
    """A button: nothing to fill in."""
