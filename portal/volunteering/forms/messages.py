"""Writing to volunteers."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.core.fields import at_most
from portal.core.forms import InputRequired, PortalForm, VersionField, one_line, required, trimmed

LONGEST_SUBJECT, LONGEST_BODY = 150, 5_000
LONGEST_ID = 18
ALL, TICKED, SHIFT = "tutti", "scelti", "turno-"


class MessageForm(PortalForm):
    """To whom, and what."""

    to = RadioField(_l("To whom?"), validators=[InputRequired(_l("Choose to whom you write."))])
    person = SelectMultipleField(_l("People"), validate_choice=False)
    subject = StringField(
        _l("Subject"),
        filters=[one_line],
        validators=[required(_l("Write what it is about.")), at_most(LONGEST_SUBJECT)],
    )
    body = TextAreaField(
        _l("Text"),
        description=_l("Answers come to your own e-mail address."),
        filters=[trimmed],
        validators=[required(_l("Write the text.")), at_most(LONGEST_BODY)],
    )
    seen = VersionField()
    """The sender's newest message when the form was shown."""

    def offer(self, choices: Sequence[tuple[str, Any]]) -> None:
        """Offer these groups of people, each with its words."""
        self.to.choices = [SelectChoice(value, words) for value, words in choices]

    @property
    def ticked(self) -> frozenset[int]:
        """Ids of the people ticked, without what is no id."""
        ids = self.person.data or ()
        return frozenset(
            int(i) for i in ids if i.isascii() and i.isdigit() and len(i) <= LONGEST_ID
        )

    @property
    def chosen_shift(self) -> int | None:
        """The shift whose people are meant, if one is."""
        word = str(self.to.data or "")
        return int(word.removeprefix(SHIFT)) if word.startswith(SHIFT) else None
