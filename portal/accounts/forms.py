"""Forms of sign-in, registration, recovery, one's own data, roles."""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, Signer
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.accounts.credentials import find_password_problem, normalise_email
from portal.core.clock import utc_now
from portal.core.forms import Length, PortalForm, ValidationError, one_line, required, trimmed
from portal.permissions import GRANTED_ROLES

LONGEST_NAME = 120
CODE_LENGTH = 6


def check_email(_form: PortalForm, field: StringField) -> None:
    """Field check: an address, kept as it is stored."""
    try:
        field.data = normalise_email(field.data or "")
    except ValueError as error:
        raise ValidationError(_l("Write the whole address, like name@example.org.")) from error


def check_code(_form: PortalForm, field: StringField) -> None:
    """Field check: six digits."""
    text = field.data or ""
    if len(text) != CODE_LENGTH or not (text.isascii() and text.isdigit()):
        raise ValidationError(_l("The code has 6 digits: copy them from the mail."))


def without_gaps(value: object) -> object:
    """Field filter: without the spaces and hyphens people put between digits."""
    return "".join(value.replace("-", " ").split()) if isinstance(value, str) else value


def sign_start() -> str:
    """Return the present moment, signed, for `started`."""
    return _signer().sign(str(utc_now().timestamp())).decode()


def seconds_since_start(started: str | None) -> float:
    """Return how long ago the page was opened; 0 for what this portal did not sign."""
    try:
        opened_at = float(_signer().unsign(started or ""))
    except (BadSignature, ValueError):
        return 0.0
    return utc_now().timestamp() - opened_at


def _signer() -> Signer:
    return Signer(str(current_app.secret_key), salt="registration-started")


def _fastest_registration() -> float:
    return float(current_app.config["PORTAL_FASTEST_REGISTRATION_SECONDS"])


EMAIL_CHECKS = (required(_l("Write your e-mail address.")), check_email)
NAME_CHECKS = (
    required(_l("Write your name.")),
    Length(max=LONGEST_NAME, message=_l("Your name may have at most %(max)d characters.")),
)


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

    email = EmailField(
        _l("Your e-mail"), id="password-email", validators=EMAIL_CHECKS, filters=[trimmed]
    )
    password = PasswordField(_l("Password"), [required(_l("Write your password."))])


class CodeRequestForm(OpenPageForm):
    """The address a code is sent to."""

    email = EmailField(
        _l("Your e-mail"),
        description=_l("We send you a code of 6 digits. No password needed."),
        validators=EMAIL_CHECKS,
        filters=[trimmed],
    )


class CodeForm(OpenPageForm):
    """The code from the mail."""

    code = StringField(
        _l("Code of 6 digits"),
        description=_l("You can paste it."),
        validators=[required(_l("Write the code from the mail.")), check_code],
        filters=[without_gaps],
    )


class NewPasswordForm(OpenPageForm):
    """A new password for the person `set_owner` names."""

    password = PasswordField(
        _l("New password"),
        description=_l("At least 12 characters: three or four words are easy to remember."),
        validators=[required(_l("Write the new password."))],
    )
    _email = ""
    _name = ""

    def set_owner(self, *, email: str, name: str) -> None:
        """Say whose password it is: one's own name and address are guessed first."""
        self._email, self._name = email, name

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is guessed first."""
        problem = find_password_problem(field.data or "", email=self._email, name=self._name)
        if problem is not None:
            raise ValidationError(problem)


class ChangePasswordForm(NewPasswordForm):
    """The present password, if there is one, and the new one."""

    current_password = PasswordField(_l("Present password"))

    def ask_for_present(self) -> None:
        """Require the present password: whoever has one must show it."""
        check = required(_l("Write your present password."))
        self.current_password.validators = [check]
        self.current_password.flags.required = True


class RegistrationForm(OpenPageForm):
    """A new account. `website` is for machines; `started` says when the page was opened."""

    name = StringField(
        _l("Name and surname"),
        description=_l("So the people you meet know who you are. Visitors never see it."),
        validators=NAME_CHECKS,
        filters=[one_line],
    )
    email = EmailField(
        _l("Your e-mail"),
        description=_l("We send you a link to confirm it."),
        validators=EMAIL_CHECKS,
        filters=[trimmed],
    )
    password = PasswordField(
        _l("Password"),
        description=_l(
            "You can do without: a code by e-mail is enough to enter. "
            "If you want one, use at least 12 characters."
        ),
    )
    website = StringField(_l("Leave this empty"))
    started = HiddenField(default=sign_start)

    def validate_password(self, field: PasswordField) -> None:
        """Refuse what is guessed first."""
        if not field.data:
            return
        problem = find_password_problem(
            field.data, email=self.email.data or "", name=self.name.data or ""
        )
        if problem is not None:
            raise ValidationError(problem)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' signature
        """Check the fields, and that a person had the time to fill them in."""
        is_valid = super().validate(extra_validators)
        if is_valid and seconds_since_start(self.started.data) < _fastest_registration():
            self.form_errors.append(
                _l("That was faster than a person writes. If you are one, press the button again.")
            )
            return False
        return is_valid

    @property
    def is_from_machine(self) -> bool:
        """Say whether the field that people do not see was filled in."""
        return bool(self.website.data)


class RecoveryForm(OpenPageForm):
    """The address a recovery link is sent to."""

    email = EmailField(
        _l("Your e-mail"),
        description=_l("We send you a link to choose a new password."),
        validators=EMAIL_CHECKS,
        filters=[trimmed],
    )


class MyDataForm(PortalForm):
    """Name and language."""

    name = StringField(
        _l("Name and surname"),
        description=_l("So the people you meet know who you are. Visitors never see it."),
        validators=NAME_CHECKS,
        filters=[one_line],
    )
    locale = RadioField(
        _l("Language of pages and mails"),
        choices=[SelectChoice("it", "Italiano"), SelectChoice("en", "English")],
        validators=[required(_l("Choose a language."))],
    )


class EraseAccountForm(PortalForm):
    """What shows that it is really the person who erases the account, and that they mean it."""

    proof = PasswordField(
        _l("Your password"), validators=[required(_l("Write your password, to show it is you."))]
    )
    understands = BooleanField(
        _l("I have read what goes and what stays, and I want to erase my account."),
        validators=[InputRequired(_l("Tick the box: without it we erase nothing."))],
    )


class EraseAccountByEmailForm(EraseAccountForm):
    """The same for who has no password: their address, written out."""

    proof = StringField(
        _l("Your e-mail"),
        description=_l("You have no password: write your address out, to show that you mean it."),
        validators=[required(_l("Write your e-mail address."))],
        filters=[trimmed],
    )


def district_id(value: object) -> int | None:
    """Field coercion: the id of a district, or none."""
    return int(str(value)) if value not in (None, "") else None


class RoleForm(PortalForm):
    """A role to give or take, and for an architect the district."""

    role = SelectField(
        _l("Role"),
        choices=[r.value for r in GRANTED_ROLES],
        validators=[required(_l("Choose a role."))],
    )
    # Old districts can be taken too: whether one can be given is the service's question.
    district = SelectField(
        _l("District"),
        description=_l("Only for neighbourhood architects."),
        coerce=district_id,
        validate_choice=False,
    )

    def offer(self, districts: list[tuple[int, str]]) -> None:
        """Fill in the districts that can be chosen."""
        self.district.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(number), name) for number, name in districts),
        ]
