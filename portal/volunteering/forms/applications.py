"""Forms of applications to projects without shifts."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice

from portal.core.forms import InputRequired, Length, PortalForm, trimmed
from portal.volunteering.states import ApplicationAction

LONGEST_MESSAGE = 3_000
LONGEST_ANSWER = 1_000


class ApplicationForm(PortalForm):
    """Asking to join."""

    message = TextAreaField(
        _l("Would you like to say something?"),
        description=_l(
            "When you can, what you like to do. Please write nothing about your health."
        ),
        filters=[trimmed],
        validators=[
            Length(
                max=LONGEST_MESSAGE,
                message=_l("This text is too long: at most 3,000 characters."),
            )
        ],
    )


class ApplicationAnswerForm(PortalForm):
    """The tutor's answer; several stand on one page, so their ids carry a number."""

    decision = RadioField(
        _l("Your answer"),
        choices=[
            SelectChoice(ApplicationAction.ACCEPT, _l("Yes: we are glad to have you")),
            SelectChoice(ApplicationAction.REFUSE, _l("Not this time")),
        ],
        validators=[InputRequired(_l("Choose yes or no."))],
    )
    reason = TextAreaField(
        _l("Why not"),
        description=_l("Only for a no: the person reads it."),
        filters=[trimmed],
        validators=[
            Length(
                max=LONGEST_ANSWER,
                message=_l("This text is too long: at most 1,000 characters."),
            )
        ],
    )
