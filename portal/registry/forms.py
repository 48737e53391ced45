"""Forms of the registry: the steps of a request, a claim, an association's profile."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import URL, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.forms import (
    NOT_OFFERED,
    DataRequired,
    Email,
    InputRequired,
    Length,
    PortalForm,
    ValidationError,
    one_line,
    required,
    trimmed,
)
from portal.registry.models.association import (
    LONGEST_ACRONYM,
    LONGEST_DESCRIPTION,
    LONGEST_NAME,
)
from portal.registry.models.requests import LONGEST_EVIDENCE, LONGEST_ROLE
from portal.registry.queries import ActivityAreaRow
from portal.registry.request_gaps import FIELDS_OF_STEP
from portal.registry.states import AssociationKind, RequestStep
from portal.registry.tax_code import TAX_CODE_SENTENCES, clean_tax_code, find_tax_code_problem
from portal.territory.queries import DistrictRow, MunicipalityRow

KIND_CHOICES = (
    SelectChoice(AssociationKind.APS, _l("Association of social promotion (APS)")),
    SelectChoice(AssociationKind.ODV, _l("Voluntary organisation (ODV)")),
    SelectChoice(AssociationKind.ASD, _l("Amateur sports association")),
    SelectChoice(AssociationKind.ETS_ONLUS, _l("Body of the third sector or ONLUS")),
    SelectChoice(AssociationKind.OTHER, _l("Another kind, or I do not know")),
)
HIGHEST_VERSION = 2_147_483_647


def _at_most(longest: int) -> Length:
    return Length(max=longest, message=_l("Use at most %(max)d characters."))


def _with_scheme(value: object) -> object:
    """Field filter: a site as people write it ("www.example.org") as an address."""
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    return text if "://" in text else f"https://{text}"


def _check_tax_code(_form: PortalForm, field: StringField) -> None:
    problem = find_tax_code_problem(field.data or "")
    if problem is not None:
        raise ValidationError(TAX_CODE_SENTENCES[problem])


def _number_or_none(value: object) -> int | None:
    return int(str(value)) if value else None


class _CheckboxesField(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _ContactWords:
    email = _l("Write an e-mail address like name@example.org.")
    phone = _l("Write a phone number with digits, spaces and + only.")
    website = _l("Write the address of the site, for example https://www.example.org.")


def _areas_field() -> _CheckboxesField:
    return _CheckboxesField(
        _l("What are you busy with?"),
        description=_l("Choose all that fit: people find you by these words."),
        validators=[InputRequired(_l("Choose at least one area of activity."))],
    )


def _description_field() -> TextAreaField:
    return TextAreaField(
        _l("What you do, in a few lines"),
        description=_l("As you would tell a neighbour. Everybody can read it."),
        filters=[trimmed],
        validators=[
            required(_l("Write in a few lines what the association does.")),
            _at_most(LONGEST_DESCRIPTION),
        ],
    )


def _district_field() -> SelectField:
    return SelectField(
        _l("District of the city"),
        description=_l("Only if your seat is in Reggio Emilia."),
        coerce=_number_or_none,
        validators=[Optional()],
        invalid_value_message=NOT_OFFERED,
    )


def _acronym_field() -> StringField:
    return StringField(
        _l("Acronym or short name"), filters=[one_line], validators=[_at_most(LONGEST_ACRONYM)]
    )


def _email_field(*checks: Any) -> EmailField:  # noqa: ANN401 - WTForms' validators have no type
    return EmailField(
        _l("E-mail"),
        filters=[trimmed],
        validators=[*checks, _at_most(320), Email(_ContactWords.email)],
    )


def _phone_field() -> TelField:
    return TelField(
        _l("Phone"),
        filters=[one_line],
        validators=[
            Optional(),
            _at_most(40),
            Regexp(r"^[+0-9][0-9 ()/.\-]+$", message=_ContactWords.phone),
        ],
    )


def _website_field() -> StringField:
    return StringField(
        _l("Website or social page"),
        filters=[_with_scheme],
        validators=[
            Optional(),
            _at_most(300),
            Regexp(r"(?i)^https?://", message=_ContactWords.website),
            URL(message=_ContactWords.website),
        ],
    )


def _address_field() -> StringField:
    return StringField(
        _l("Street and number"), filters=[one_line], validators=[Optional(), _at_most(200)]
    )


class RequestStepForm(PortalForm):
    """Base of the steps of a request."""

    step: RequestStep

    def validate_what_is_there(self) -> bool:
        """Check what was written and let gaps be: "save and go on later"."""
        for field in self:
            field.validators = [
                v for v in field.validators if not isinstance(v, DataRequired | InputRequired)
            ]
            if not field.data and field.name != "csrf_token":
                field.validators = [Optional()]
        return self.validate()

    @property
    def values(self) -> dict[str, Any]:
        """What was written in this step, an empty text as None."""
        return {
            name: self[name].data
            if isinstance(self[name].data, bool | list)
            else (self[name].data or None)
            for name in FIELDS_OF_STEP[self.step]
        }

    def offer(
        self,
        *,
        municipalities: Sequence[MunicipalityRow],
        districts: Sequence[DistrictRow],
        areas: Sequence[ActivityAreaRow],
    ) -> None:
        """Take the choices of the city; a step without any needs none."""


class RequestIdentityForm(RequestStepForm):
    """Step 1: which association it is."""

    step = RequestStep.IDENTITY

    name = StringField(
        _l("Name of the association"),
        description=_l("As it stands in the bylaws."),
        filters=[one_line],
        validators=[required(_l("Write the name of the association.")), _at_most(LONGEST_NAME)],
    )
    acronym = _acronym_field()
    tax_code = StringField(
        _l("Tax code of the association"),
        description=_l(
            "The 11 digits of the codice fiscale: it stands in the bylaws and on its receipts. It"
            " is how we recognise an association, whatever its name."
        ),
        filters=[lambda text: clean_tax_code(text) if isinstance(text, str) else text],
        validators=[required(_l("Write the tax code of the association.")), _check_tax_code],
    )
    kind = RadioField(
        _l("What kind of association is it?"),
        choices=KIND_CHOICES,
        validators=[InputRequired(_l("Choose the kind of association."))],
    )


class RequestActivityForm(RequestStepForm):
    """Step 2: where it is and what it does."""

    step = RequestStep.ACTIVITY

    municipality_code = SelectField(
        _l("Municipality of the seat"),
        validators=[required(_l("Choose the municipality of the seat."))],
    )
    district_id = _district_field()
    areas = _areas_field()
    description = _description_field()

    def offer(
        self,
        *,
        municipalities: Sequence[MunicipalityRow],
        districts: Sequence[DistrictRow],
        areas: Sequence[ActivityAreaRow],
    ) -> None:
        """Take the choices of the city."""
        self.municipality_code.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(m.istat_code, m.name) for m in municipalities),
        ]
        self.district_id.choices = district_choices(districts)
        self.areas.choices = area_choices(areas)


class RequestContactsForm(RequestStepForm):
    """Step 3: how to reach it, and what of that everybody may see."""

    step = RequestStep.CONTACTS

    email = _email_field(required(_l("Write an e-mail address where we can reach you.")))
    is_email_public = BooleanField(_l("Show the e-mail on the public page"))
    phone = _phone_field()
    is_phone_public = BooleanField(_l("Show the phone number on the public page"))
    website = _website_field()
    address = _address_field()
    is_address_public = BooleanField(_l("Show the street on the public page"))


class RequestDeclarationForm(RequestStepForm):
    """Step 4: who asks, and on whose word."""

    step = RequestStep.DECLARATION

    applicant_role = StringField(
        _l("What are you in the association?"),
        description=_l("For example: president, secretary, member of the board."),
        filters=[one_line],
        validators=[
            required(_l("Write what you are in the association.")),
            _at_most(LONGEST_ROLE),
        ],
    )
    has_declared = BooleanField(
        _l(
            "I declare that the association is non-profit, has a deed and bylaws and democratic"
            " bodies, has its seat or works in the province, is no party, trade union or"
            " professional body, and that I may ask in its name."
        ),
        validators=[InputRequired(_l("Tick the declaration: without it we cannot go on."))],
    )


STEP_FORMS: Mapping[RequestStep, type[RequestStepForm]] = {
    form.step: form
    for form in (
        RequestIdentityForm, RequestActivityForm, RequestContactsForm, RequestDeclarationForm,
    )
}  # fmt: skip


class ClaimForm(PortalForm):
    """I represent this association."""

    applicant_role = StringField(
        _l("What are you in the association?"),
        description=_l("For example: president, secretary, member of the board."),
        filters=[one_line],
        validators=[
            required(_l("Write what you are in the association.")),
            _at_most(LONGEST_ROLE),
        ],
    )
    evidence = TextAreaField(
        _l("How can you show it?"),
        description=_l(
            "For example: my name is in the minutes of the last assembly, or write to the"
            " certified e-mail of the association."
        ),
        filters=[trimmed],
        validators=[
            required(_l("Write how you can show that you represent the association.")),
            _at_most(LONGEST_EVIDENCE),
        ],
    )
    has_declared = BooleanField(
        _l("I declare that I may act in the name of this association."),
        validators=[InputRequired(_l("Tick the declaration: without it we cannot go on."))],
    )


class ProfileForm(PortalForm):
    """What an association writes about itself."""

    acronym = _acronym_field()
    description = _description_field()
    areas = _areas_field()
    district_id = _district_field()
    address = _address_field()
    email = _email_field(Optional())
    phone = _phone_field()
    website = _website_field()
    version = HiddenField(filters=[trimmed])
    """The version of the profile that was on the page."""

    @property
    def seen_version(self) -> int:
        """The version the person saw; 0, which no profile has, when the field was tampered with."""
        text = self.version.data or ""
        is_number = text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_VERSION))
        return int(text) if is_number else 0


class ConfirmForm(PortalForm):
    """A button that acts: only the token."""


def district_choices(districts: Sequence[DistrictRow]) -> list[SelectChoice]:
    """Return the districts as choices, none first."""
    return [
        SelectChoice("", _l("None, or I do not know")),
        *(SelectChoice(str(d.id), d.name) for d in districts),
    ]


def area_choices(areas: Sequence[ActivityAreaRow]) -> list[SelectChoice]:
    """Return the areas of activity as choices."""
    return [SelectChoice(area.code, area.name) for area in areas]
