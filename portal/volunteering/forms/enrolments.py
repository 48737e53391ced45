"""Forms of the enrolment: its steps, the guardian's answer, what is changed later."""

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp

from portal.core.fields import CheckboxesField, DayField, WrittenDateField, at_most
from portal.core.forms import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    PortalForm,
    one_line,
    required,
    trimmed,
)
from portal.registry.tax_code import clean_tax_code
from portal.volunteering.models import AVAILABILITY_SLOTS
from portal.volunteering.states import Citizenship, Residence, Skill, TimePreference
from portal.volunteering.tax_codes import PersonTaxCodeProblem, find_person_code_problem

LONGEST_MOTIVATION = 3_000
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_PLACE, LONGEST_PHONE = 150, 250, 100, 30
YES, NO = "yes", "no"
TAX_CODE_WORDS = {
    PersonTaxCodeProblem.WRONG_LENGTH: _l("A tax code has 16 letters and figures: check it."),
    PersonTaxCodeProblem.WRONG_CHARACTERS: _l(
        "There is a slip in the tax code: compare it with the card, letter by letter."
    ),
    PersonTaxCodeProblem.WRONG_CHECK_LETTER: _l(
        "The last letter of the tax code does not match the others: one of them is mistyped."
    ),
    PersonTaxCodeProblem.OTHER_BIRTH: _l(
        "The tax code is of somebody born on another day: check the date and the code."
    ),
}


def name_field(label: object, description: object = "") -> StringField:
    """Return the field of a whole name."""
    return StringField(
        label,
        description=description,
        filters=[one_line],
        validators=[required(_l("Write first and last name.")), at_most(LONGEST_NAME)],
    )


def phone_field(*, is_required: bool = True, description: object = "") -> StringField:
    """Return the field of a telephone number."""
    needed = required(_l("Write a telephone number.")) if is_required else Optional()
    return StringField(
        _l("Telephone number"),
        description=description,
        filters=[one_line],
        validators=[
            needed,
            Length(
                max=LONGEST_PHONE,
                message=_l("This number is too long: write one number only."),
            ),
            Regexp(
                r"^\+?[0-9][0-9 ./()-]{4,28}$",
                message=_l("Write the number with figures only, for example 333 1234567."),
            ),
        ],
    )


class _OneOfTwo:
    """Nothing to check by itself, but not optional either: the form asks for one of two fields."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: object, _field: object) -> None:
        """Leave it to the form."""


class EnrolmentPersonForm(PortalForm):
    """Who the person is."""

    full_name = name_field(_l("First and last name"), _l("As they stand in your identity card."))
    born_on = WrittenDateField(
        _l("When were you born?"),
        description=_l("Day, month and year, for example 17/05/1990"),
        validators=[InputRequired(_l("Write your date of birth."))],
    )
    tax_code = StringField(
        _l("Tax code"),
        description=_l(
            "16 letters and figures: it stands on the health card. If you have none, go on below."
        ),
        filters=[lambda text: clean_tax_code(text) if isinstance(text, str) else text],
        validators=[_OneOfTwo(), at_most(60)],
    )
    birth_place = StringField(
        _l("Where were you born?"),
        description=_l("Only if you have no tax code: the municipality, or the country."),
        filters=[one_line],
        validators=[at_most(LONGEST_PLACE)],
    )
    residence = RadioField(
        _l("Do you live in Reggio Emilia?"),
        choices=[
            SelectChoice(Residence.RESIDENT.value, _l("Yes, I am a resident")),
            SelectChoice(
                Residence.DOMICILED.value,
                _l("I have my domicile there: for study, work or family"),
            ),
            SelectChoice(Residence.ELSEWHERE.value, _l("No, I live elsewhere")),
        ],
        validators=[InputRequired(_l("Choose how you live in the city."))],
    )
    address = StringField(
        _l("Address"),
        description=_l("Street, number and municipality where you live."),
        filters=[one_line],
        validators=[required(_l("Write the address where you live.")), at_most(LONGEST_ADDRESS)],
    )
    citizenship = RadioField(
        _l("Your citizenship"),
        choices=[
            SelectChoice(Citizenship.ITALIAN.value, _l("Italian")),
            SelectChoice(
                Citizenship.EUROPEAN.value, _l("Of another country of the European Union")
            ),
            SelectChoice(
                Citizenship.OTHER.value,
                _l("Of another country: at the talk you show the residence permit"),
            ),
        ],
        validators=[InputRequired(_l("Choose your citizenship."))],
    )
    works = RadioField(
        _l("Do you work for the municipality of Reggio Emilia?"),
        description=_l("As an employee or with an assignment."),
        choices=[SelectChoice(NO, _l("No")), SelectChoice(YES, _l("Yes"))],
        validators=[InputRequired(_l("Say whether you work for the municipality."))],
    )
    phone = phone_field(
        description=_l("The office calls it if need be; the tutor sees it near the shift.")
    )

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' signature
        """Check the tax code against the birth; without one, ask for the place of birth."""
        is_valid = super().validate(extra_validators)
        return self._knows_who() and is_valid

    def _knows_who(self) -> bool:
        code, field = self.tax_code.data, self.tax_code
        if field.errors:
            return False
        if code:
            problem = find_person_code_problem(code, self.born_on.data)
            if problem is not None:
                field.errors = [TAX_CODE_WORDS[problem]]
            return problem is None
        if not self.birth_place.data:
            field.errors = [_l("Write the tax code; without one, write where you were born.")]
            return False
        return True


class GuardianForm(PortalForm):
    """Who holds parental responsibility for a minor."""

    full_name = name_field(_l("First and last name of your parent or guardian"))
    email = EmailField(
        _l("Their e-mail address"),
        description=_l("We send a link there: they read, and say yes or no without an account."),
        filters=[trimmed],
        validators=[
            required(_l("Write the e-mail address to which we send the link.")),
            at_most(320),
            Email(_l("Write an e-mail address like name@example.org.")),
        ],
    )
    phone = phone_field(is_required=False, description=_l("For emergencies during a shift."))


class CounterGuardianForm(GuardianForm):
    """The same at the counter, where the signed paper does as well as the address."""

    email = EmailField(
        _l("Their e-mail address"),
        description=_l("We send a link there; with the signed paper it is not needed."),
        filters=[trimmed],
        validators=[
            Optional(),
            at_most(320),
            Email(_l("Write an e-mail address like name@example.org.")),
        ],
    )
    has_paper = BooleanField(_l("I have the signed paper and have seen an identity document"))

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' signature
        """Ask for one of the two."""
        is_valid = super().validate(extra_validators)
        if is_valid and not self.email.data and not self.has_paper.data:
            self.email.errors = [_l("Write the e-mail address, or tick that you have the paper.")]
            return False
        return is_valid


class EnrolmentTimesForm(PortalForm):
    """When the person has time."""

    availability = SelectMultipleField(
        _l("At which times can you, usually?"),
        description=_l(
            "Tap the boxes. It helps us propose the right shifts: it is no commitment, and you"
            " change it when you want."
        ),
        choices=[SelectChoice(slot) for slot in AVAILABILITY_SLOTS],
        validators=[InputRequired(_l("Tick at least one time of the week."))],
    )
    can_start_on = WrittenDateField(
        _l("From when can you start?"),
        description=_l("Day, month and year, for example 15/12/2026"),
        validators=[InputRequired(_l("Write from when you can start."))],
    )
    time_preference = RadioField(
        _l("How much time can you give?"),
        choices=[SelectChoice(preference.value) for preference in TimePreference],
        validators=[InputRequired(_l("Choose how much time you can give."))],
    )


class EnrolmentWishesForm(PortalForm):
    """What the person likes, and why they want to help."""

    skills = CheckboxesField(
        _l("What do you like doing, or do well?"),
        description=_l("As many as you want. Shifts that look for them are proposed to you first."),
        choices=[SelectChoice(skill.value) for skill in Skill],
        validators=[Optional()],
    )
    motivation = TextAreaField(
        _l("Why would you like to help?"),
        description=_l(
            "Two lines are enough; at most 3,000 characters, about 500 words. Please write nothing"
            " about your health."
        ),
        filters=[trimmed],
        validators=[
            Length(
                max=LONGEST_MOTIVATION,
                message=_l("This text is too long: at most 3,000 characters."),
            )
        ],
    )


class EnrolmentSendForm(PortalForm):
    """The summary's button."""

    has_seen = BooleanField(
        _l("I have read the privacy notice"),
        validators=[DataRequired(_l("Read the privacy notice and tick the box."))],
    )


class RestartForm(PortalForm):
    """The button that asks again: nothing to fill in."""


class ContactsForm(PortalForm):
    """What who is in the register changes without asking anybody."""

    phone = phone_field(
        description=_l("The office calls it if need be; the tutor sees it near the shift.")
    )
    wants_calls = BooleanField(
        _l("Write to me when a shift lacks people and I could come"),
        description=_l("At most one mail a day, only for times at which you usually can."),
    )


class GuardianAnswerForm(PortalForm):
    """A guardian's answer by the link: each a button; yes asks for the declaration."""

    answer = RadioField(
        _l("Your answer"),
        choices=[
            SelectChoice("give", _l("I authorise")),
            SelectChoice("refuse", _l("I do not authorise")),
            SelectChoice("withdraw", _l("I take the authorisation back")),
        ],
        validators=[InputRequired(_l("Choose one of the two buttons."))],
    )
    declares = BooleanField(
        _l("I declare that I hold parental responsibility, and I have read the privacy notice"),
    )

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms' signature
        """Who authorises declares that they may (D.P.R. 445/2000, art. 46)."""
        is_valid = super().validate(extra_validators)
        if is_valid and self.answer.data == "give" and not self.declares.data:
            self.declares.errors = [_l("To authorise, tick this box.")]
            return False
        return is_valid


class PermitForm(PortalForm):
    """Until when the residence permit that the office has seen is valid."""

    permit_until = DayField(
        _l("Residence permit seen, valid until"),
        validators=[InputRequired(_l("Write until when it is valid."))],
    )


class FitnessForm(PortalForm):
    """Until when the certificate of fitness that the office has seen is valid."""

    fitness_until = DayField(
        _l("Certificate of fitness seen, valid until"),
        validators=[InputRequired(_l("Write until when it is valid."))],
    )


class PaperAuthorisationForm(PortalForm):
    """Who signed the authorisation of a minor on paper."""

    full_name = name_field(_l("Who signed the paper"))
    phone = phone_field(is_required=False, description=_l("For emergencies during a shift."))
    has_paper = BooleanField(
        _l("I have the signed paper and have seen an identity document"),
        validators=[DataRequired(_l("Tick the box once you have the signed paper."))],
    )
