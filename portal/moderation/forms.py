"""Forms of the queue."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.validators import AnyOf
from wtforms.widgets import HiddenInput

from portal.core.forms import InputRequired, Length, PortalForm, required, trimmed
from portal.moderation.states import STEPS_WITH_REASON

SHORTEST_REASON = 10
LONGEST_REASON = 2_000


class VersionForm(PortalForm):
    """A step on a case, as it was when the person saw it."""

    version = IntegerField(
        widget=HiddenInput(),
        validators=[InputRequired(_l("This page is incomplete: open the request again."))],
    )


class DecideForm(VersionForm):
    """A decision and its reason. Which decisions a kind knows is the service's question."""

    observations_answer = TextAreaField(
        _l("Your answer to the observations"),
        filters=[trimmed],
        validators=[
            Length(
                max=LONGEST_REASON,
                message=_l("Write at most %(longest)s characters.", longest=LONGEST_REASON),
            )
        ],
    )

    decision = RadioField(
        _l("What do you decide?"),
        choices=sorted(STEPS_WITH_REASON),
        validate_choice=False,
        validators=[
            required(_l("Choose what you decide.")),
            AnyOf(sorted(STEPS_WITH_REASON), message=_l("Choose what you decide.")),
        ],
    )
    reason = TextAreaField(
        _l("Reason"),
        filters=[trimmed],
        validators=[
            required(_l("Write the reason: it is what the applicant reads.")),
            Length(
                min=SHORTEST_REASON,
                max=LONGEST_REASON,
                message=_l(
                    "Write the reason in %(shortest)s to %(longest)s characters.",
                    shortest=SHORTEST_REASON,
                    longest=LONGEST_REASON,
                ),
            ),
        ],
    )
