"""Forms about who represents an association: invite, answer, hand over, intervene, type a code."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.accounts.forms import check_code, check_email, without_gaps
from portal.core.forms import (
    NOT_OFFERED,
    PortalForm,
    ValidationError,
    one_line,
    required,
    trimmed,
)
from portal.moderation.forms import LONGEST_REASON
from portal.registry.forms.associations import at_most, capacity_field
from portal.registry.models.requests import LONGEST_ROLE
from portal.registry.people import Intervention
from portal.registry.queries import RepresentativeRow
from portal.registry.states import RepresentativeRole

ROLE_CHOICES = (
    SelectChoice(RepresentativeRole.EDITOR, _l("Editor: keeps the profile up to date")),
    SelectChoice(
        RepresentativeRole.MANAGER,
        _l("Manager: also says who else may, and speaks for the association"),
    ),
)
STAY, LEAVE = "resto", "esco"


def _role_field() -> RadioField:
    return RadioField(
        _l("What may the person do?"),
        choices=ROLE_CHOICES,
        default=RepresentativeRole.EDITOR,
        validators=[InputRequired(_l("Choose what the person may do."))],
    )


def _reason_field() -> TextAreaField:
    return TextAreaField(
        _l("Why"),
        description=_l("The people of the association read it by mail and in the history."),
        filters=[trimmed],
        validators=[
            required(_l("Write why: they have a right to know.")),
            at_most(LONGEST_REASON),
        ],
    )


def _person_choices(people: Sequence[RepresentativeRow]) -> list[SelectChoice]:
    return [SelectChoice(str(person.user_id), person.name) for person in people]


class InvitationForm(PortalForm):
    """Somebody to invite."""

    email = EmailField(
        _l("The person’s e-mail"),
        description=_l("They get an invitation that is good for 7 days."),
        filters=[trimmed],
        validators=[required(_l("Write the e-mail address of the person.")), check_email],
    )
    role = _role_field()


class AcceptInvitationForm(PortalForm):
    """Who accepts says what they are."""

    capacity = capacity_field(required(_l("Write what you are in the association.")))


class HandOverForm(PortalForm):
    """Who is responsible from now on, and what becomes of me."""

    person = RadioField(
        _l("Who is responsible from now on?"),
        validators=[InputRequired(_l("Choose a person."))],
    )
    then = RadioField(
        _l("And you?"),
        choices=[
            SelectChoice(STAY, _l("I stay and keep the profile up to date")),
            SelectChoice(LEAVE, _l("I leave: I no longer look after this association")),
        ],
        default=STAY,
        validators=[InputRequired(_l("Choose whether you stay."))],
    )

    def offer(self, people: Sequence[RepresentativeRow]) -> None:
        """Take the colleagues the role can go to."""
        self.person.choices = _person_choices(people)


class AddPersonForm(PortalForm):
    """The office adds somebody."""

    email = EmailField(
        _l("The person’s e-mail"),
        description=_l("Who has no account with this address yet gets an invitation."),
        filters=[trimmed],
        validators=[required(_l("Write the e-mail address of the person.")), check_email],
    )
    role = _role_field()
    capacity = StringField(
        _l("What is the person in the association?"),
        filters=[one_line],
        validators=[Optional(), at_most(LONGEST_ROLE)],
    )
    reason = _reason_field()


class InterventionForm(PortalForm):
    """The office changes a role, removes or replaces somebody. Ids differ from the form beside."""

    person = SelectField(
        _l("Person"),
        validators=[required(_l("Choose a person."))],
        invalid_value_message=NOT_OFFERED,
    )
    act = RadioField(
        _l("What changes?"),
        choices=[
            SelectChoice(Intervention.MAKE_MANAGER, _l("Becomes a manager")),
            SelectChoice(Intervention.MAKE_EDITOR, _l("Becomes an editor")),
            SelectChoice(Intervention.REMOVE, _l("No longer represents the association")),
            SelectChoice(
                Intervention.REPLACE, _l("No longer represents it, and somebody else is a manager")
            ),
        ],
        validators=[InputRequired(_l("Choose what changes."))],
    )
    heir_email = EmailField(
        _l("E-mail of who takes over"),
        description=_l("Only to put somebody else in their place. They need an account."),
        filters=[trimmed],
    )
    why = _reason_field()

    def offer(self, people: Sequence[RepresentativeRow]) -> None:
        """Take the people of the association."""
        self.person.choices = [SelectChoice("", _l("Choose")), *_person_choices(people)]

    def validate_heir_email(self, field: EmailField) -> None:
        """Ask for who takes over where somebody has to."""
        if self.act.data != Intervention.REPLACE:
            return
        if not field.data:
            raise ValidationError(_l("Write the e-mail address of who takes over."))
        check_email(self, field)


class ClaimCodeForm(PortalForm):
    """The code that came to the certified e-mail, and who types it."""

    code = StringField(
        _l("Code of 6 digits"),
        description=_l("It is in the mail that we sent to the certified e-mail."),
        validators=[required(_l("Write the code from the mail.")), check_code],
        filters=[without_gaps],
    )
    applicant_role = capacity_field(required(_l("Write what you are in the association.")))
    has_declared = BooleanField(
        _l("I declare that I may act in the name of this association."),
        validators=[InputRequired(_l("Tick the declaration: without it we cannot go on."))],
    )
