"""The words with which a party is thanked."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from portal.core.fields import at_most
from portal.core.forms import PortalForm, required, trimmed

LONGEST_THANKS = 1_000


class ThanksForm(PortalForm):
    """What they read in the mail, after their name."""

    words = TextAreaField(
        _l("Your words"),
        description=_l("They get them by mail, with your name."),
        filters=[trimmed],
        validators=[required(_l("Write a word of thanks.")), at_most(LONGEST_THANKS)],
    )
