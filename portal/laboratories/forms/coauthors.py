"""Who is asked to stand beside the author."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal.core.forms import Email, PortalForm, required, trimmed

NOT_AN_ADDRESS = _l("Write an e-mail address like name@example.org.")


class AskPersonForm(PortalForm):
    """A person, by e-mail."""

    email = StringField(
        _l("The person’s e-mail"),
        description=_l("Only you see it. We send one mail; they answer when they like."),
        filters=[trimmed],
        validators=[required(NOT_AN_ADDRESS), Email(NOT_AN_ADDRESS)],
    )


class AskAssociationForm(PortalForm):
    """An association, of those that somebody looks after here."""

    association = SelectField(
        _l("The association"),
        choices=[SelectChoice("", _l("Choose one"))],
        validators=[required(_l("Choose an association."))],
        validate_choice=True,
    )

    def offer(self, found: Sequence[tuple[int, str]]) -> None:
        """Let the author choose among those `found`."""
        self.association.choices = [
            SelectChoice("", _l("Choose one")),
            *(SelectChoice(str(association_id), name) for association_id, name in found),
        ]

    @property
    def association_id(self) -> int:
        """Which one; only of a valid form."""
        return int(self.association.data)
