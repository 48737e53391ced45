"""What staff does with an entry of the registry."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.fields import DayField
from portal.core.forms import (
    Email,
    InputRequired,
    PortalForm,
    VersionField,
    trimmed,
)
from portal.moderation.forms import reason_field
from portal.registry.forms.associations import at_most
from portal.registry.staff_steps import CAUSES_AT_ONCE
from portal.registry.states import RemovalCause

CAUSE_CHOICES = (
    SelectChoice(RemovalCause.STALE, _l("Nobody has confirmed its page for too long")),
    SelectChoice(RemovalCause.REQUIREMENTS, _l("It no longer has what the registry asks for")),
    SelectChoice(RemovalCause.OWN_WISH, _l("It has asked to leave")),
    SelectChoice(RemovalCause.DUPLICATE, _l("It is in the registry twice")),
    SelectChoice(RemovalCause.OTHER, _l("Another cause")),
)


def _reason_field() -> TextAreaField:
    return reason_field(
        _l("Write the reason: who represents the association reads it."),
        description=_l("Who represents the association reads it, with your office."),
    )


class ReasonForm(PortalForm):
    """A step that needs nothing but its reason."""

    reason = _reason_field()


class NoticeForm(PortalForm):
    """A notice of removal."""

    cause = RadioField(
        _l("Why does it leave the registry?"),
        choices=CAUSE_CHOICES,
        validators=[InputRequired(_l("Choose the cause."))],
    )
    reason = _reason_field()
    effective_on = DayField(
        _l("From which day"),
        description=_l("At least thirty days from today: until then it can mend what is wrong."),
        validators=[InputRequired(_l("Choose the day, at least thirty days from today."))],
    )


class RemovalForm(PortalForm):
    """A removal without notice."""

    cause = RadioField(
        _l("Why does it leave the registry?"),
        choices=[choice for choice in CAUSE_CHOICES if choice.value in CAUSES_AT_ONCE],
        validators=[InputRequired(_l("Choose the cause."))],
    )
    reason = _reason_field()


class CertifiedEmailForm(PortalForm):
    """The certified e-mail of an association."""

    certified_email = EmailField(
        _l("Certified e-mail (PEC)"),
        description=_l(
            "Never public. Who claims the page may have a code sent there: take it from the"
            " national register or the bylaws, never from who claims."
        ),
        filters=[trimmed],
        validators=[
            Optional(),
            at_most(320),
            Email(_l("Write an e-mail address like name@example.org.")),
        ],
    )


class MergeForm(PortalForm):
    """Two entries become one: what was chosen stands in the address."""

    reason = _reason_field()
    survivor_version = VersionField()
    duplicate_version = VersionField()


class PeriodForm(PortalForm):
    """From when to when figures are counted; stands in addresses."""

    class Meta(PortalForm.Meta):
        """Read from the address: nothing is changed, so there is no token."""

        csrf = False

    dal = DayField(_l("From"), validators=[Optional()])
    al = DayField(_l("To"), validators=[Optional()])
