"""Forms of sign-in."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, StringField

from portal.accounts.credentials import normalise_email
from portal.core.forms import PortalForm, ValidationError, required, trimmed


def check_email(_form: PortalForm, field: StringField) -> None:
    """Field check: an address, kept as it is stored."""
    try:
        field.data = normalise_email(field.data or "")
    except ValueError as error:
        raise ValidationError(_l("Write the whole address, like name@example.org.")) from error


EMAIL_CHECKS = (required(_l("Write your e-mail address.")), check_email)


class OpenPageForm(PortalForm):
    """A form whose page may have stayed open until its session ended.

    Its view is exempt from the general protection (which would answer with an error page), so
    that the page comes back with a fresh token and what was typed: a second press works.
    """

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' signature
        """Check the fields, and say in words when the page was too old."""
        is_valid = super().validate(extra_validators)
        if self.csrf_token.errors:
            self.csrf_token.errors = [
                _l("This page was open for a long time. Nothing is lost: press the button again.")
            ]
        return is_valid


class PasswordSignInForm(OpenPageForm):
    """Address and password. The ids differ from those of the form beside it."""

    email = EmailField(_l("Your e-mail"), id="password-email", validators=EMAIL_CHECKS,
                       filters=[trimmed])  # fmt: skip
    password = PasswordField(_l("Password"), [required(_l("Write your password."))])
    next = HiddenField(id="password-next")


class CodeRequestForm(OpenPageForm):
    """The address a code is sent to."""

    email = EmailField(
        _l("Your e-mail"),
        description=_l("We send you a code of 6 digits. No password needed."),
        validators=EMAIL_CHECKS,
        filters=[trimmed],
    )
    next = HiddenField()
