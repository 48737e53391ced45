"""Small forms of single steps: naming a tutor, publishing, ending something."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, TextAreaField

from portal.core.fields import at_most
from portal.core.forms import Email, Length, PortalForm, VersionField, required, trimmed

SHORTEST_REASON, LONGEST_REASON = 10, 500


class TutorForm(PortalForm):
    """A person who looks after a project."""

    email = EmailField(
        _l("E-mail of the person’s account"),
        filters=[trimmed],
        validators=[
            required(_l("Write the e-mail address of the person’s account.")),
            at_most(320),
            Email(_l("Write an e-mail address like name@example.org.")),
        ],
    )


class VersionForm(PortalForm):
    """A button on something that somebody else may have changed meanwhile."""

    version = VersionField()


class ClosingForm(VersionForm):
    """Why something ends: a project, a shift."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("Who is signed up reads it in the mail, and everybody on the page."),
        filters=[trimmed],
        validators=[
            required(_l("Write the reason: who is signed up reads it.")),
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
