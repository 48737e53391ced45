"""Forms of the front desk."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField

from portal.core.fields import at_most
from portal.core.forms import Email, PortalForm, required, trimmed
from portal.volunteering.forms.enrolments import name_field, phone_field


class NewPersonForm(PortalForm):
    """Somebody without e-mail."""

    full_name = name_field(_l("First and last name"), _l("As they stand in the identity card."))
    phone = phone_field(description=_l("By it you find the person again, and the office calls."))
    is_somebody_else = BooleanField(_l("It is somebody else: add the person"))


class EmailForm(PortalForm):
    """The address of who had none so far."""

    email = EmailField(
        _l("E-mail address"),
        description=_l("We send a link to confirm it; then the person can sign in."),
        filters=[trimmed],
        validators=[
            required(_l("Write the e-mail address.")),
            at_most(320),
            Email(_l("Write an e-mail address like name@example.org.")),
        ],
    )
