"""What is asked about an association: the fields of its profile, and a claim of it."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
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
    Email,
    InputRequired,
    Length,
    PortalForm,
    UploadsField,
    ValidationError,
    one_line,
    required,
    trimmed,
)
from portal.registry.models.association import (
    LONGEST_ACRONYM,
    LONGEST_AUDIENCE,
    LONGEST_DESCRIPTION,
    LONGEST_MEETING_TIMES,
    LONGEST_NAME,
    LONGEST_PERSON,
    LONGEST_PURPOSES,
)
from portal.registry.models.requests import LONGEST_EVIDENCE, LONGEST_ROLE
from portal.registry.queries import ActivityAreaRow
from portal.registry.states import AssociationKind
from portal.registry.tax_code import TAX_CODE_SENTENCES, clean_tax_code, find_tax_code_problem
from portal.territory.queries import DistrictRow

KIND_CHOICES = (
    SelectChoice(AssociationKind.APS, _l("Association of social promotion (APS)")),
    SelectChoice(AssociationKind.ODV, _l("Voluntary organisation (ODV)")),
    SelectChoice(AssociationKind.ASD, _l("Amateur sports association")),
    SelectChoice(AssociationKind.ETS_ONLUS, _l("Body of the third sector or ONLUS")),
    SelectChoice(AssociationKind.OTHER, _l("Another kind, or I do not know")),
)


def at_most(longest: int) -> Length:
    return Length(max=longest, message=_l("Use at most %(max)d characters."))


def with_scheme(value: object) -> object:
    """Field filter: a site as people write it ("www.example.org") as an address."""
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    return text if "://" in text else f"https://{text}"


def _check_tax_code(_form: PortalForm, field: StringField) -> None:
    problem = find_tax_code_problem(field.data or "")
    if problem is not None:
        raise ValidationError(TAX_CODE_SENTENCES[problem])


def number_or_none(value: object) -> int | None:
    return int(str(value)) if value else None


class _CheckboxesField(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _ContactWords:
    email = _l("Write an e-mail address like name@example.org.")
    phone = _l("Write a phone number with digits, spaces and + only.")
    certified = _l("Write a certified e-mail address like name@pec.example.org.")
    website = _l("Write the address of the site, for example https://www.example.org.")


def name_field() -> StringField:
    return StringField(
        _l("Name of the association"),
        description=_l("As it stands in the bylaws."),
        filters=[one_line],
        validators=[required(_l("Write the name of the association.")), at_most(LONGEST_NAME)],
    )


def tax_code_field() -> StringField:
    return StringField(
        _l("Tax code of the association"),
        description=_l(
            "The 11 digits of the codice fiscale: it stands in the bylaws and on its receipts. It"
            " is how we recognise an association, whatever its name."
        ),
        filters=[lambda text: clean_tax_code(text) if isinstance(text, str) else text],
        validators=[required(_l("Write the tax code of the association.")), _check_tax_code],
    )


def kind_field() -> RadioField:
    return RadioField(
        _l("What kind of association is it?"),
        choices=KIND_CHOICES,
        validators=[InputRequired(_l("Choose the kind of association."))],
    )


def areas_field() -> _CheckboxesField:
    return _CheckboxesField(
        _l("What are you busy with?"),
        description=_l("Choose all that fit: people find you by these words."),
        validators=[InputRequired(_l("Choose at least one area of activity."))],
    )


def description_field() -> TextAreaField:
    return TextAreaField(
        _l("What you do, in a few lines"),
        description=_l("As you would tell a neighbour. Everybody can read it."),
        filters=[trimmed],
        validators=[
            required(_l("Write in a few lines what the association does.")),
            at_most(LONGEST_DESCRIPTION),
        ],
    )


def purposes_field(*checks: Any) -> TextAreaField:  # noqa: ANN401 - WTForms' validators have no type
    return TextAreaField(
        _l("What the association is for"),
        description=_l(
            "The purposes as they stand in the bylaws: copy that article. Everybody can read it."
        ),
        filters=[trimmed],
        validators=[*checks, at_most(LONGEST_PURPOSES)],
    )


def audience_field() -> StringField:
    return StringField(
        _l("For whom"),
        description=_l("For example: children from 6 to 11, families, everybody."),
        filters=[one_line],
        validators=[at_most(LONGEST_AUDIENCE)],
    )


def meeting_times_field() -> TextAreaField:
    return TextAreaField(
        _l("When and where one finds you"),
        description=_l("A line each, for example: Thursday 18–20, at the social centre."),
        filters=[trimmed],
        validators=[at_most(LONGEST_MEETING_TIMES)],
    )


def legal_representative_field(*checks: Any) -> StringField:  # noqa: ANN401 - as above
    return StringField(
        _l("Legal representative"),
        description=_l(
            "First and last name of who signs for the association. Everybody reads the first name"
            " and the initial of the last."
        ),
        filters=[one_line],
        validators=[*checks, at_most(LONGEST_PERSON)],
    )


def certified_email_field() -> EmailField:
    return EmailField(
        _l("Certified e-mail (PEC)"),
        description=_l(
            "The office alone reads it: it can prove later who speaks for the association."
        ),
        filters=[trimmed],
        validators=[Optional(), at_most(320), Email(_ContactWords.certified)],
    )


def capacity_field(*checks: Any) -> StringField:  # noqa: ANN401 - WTForms' validators have no type
    """Return the field of what somebody is in the association."""
    return StringField(
        _l("What are you in the association?"),
        description=_l("For example: president, secretary, member of the board."),
        filters=[one_line],
        validators=[*checks, at_most(LONGEST_ROLE)],
    )


def district_field() -> SelectField:
    return SelectField(
        _l("District of the city"),
        description=_l("Only if your seat is in Reggio Emilia."),
        coerce=number_or_none,
        validators=[Optional()],
        invalid_value_message=NOT_OFFERED,
    )


def acronym_field() -> StringField:
    return StringField(
        _l("Acronym or short name"), filters=[one_line], validators=[at_most(LONGEST_ACRONYM)]
    )


def email_field(*checks: Any) -> EmailField:  # noqa: ANN401 - WTForms' validators have no type
    return EmailField(
        _l("E-mail"),
        filters=[trimmed],
        validators=[*checks, at_most(320), Email(_ContactWords.email)],
    )


def phone_field() -> TelField:
    return TelField(
        _l("Phone"),
        filters=[one_line],
        validators=[
            Optional(),
            at_most(40),
            Regexp(r"^[+0-9][0-9 ()/.\-]+$", message=_ContactWords.phone),
        ],
    )


def website_field() -> StringField:
    return StringField(
        _l("Website or social page"),
        filters=[with_scheme],
        validators=[
            Optional(),
            at_most(300),
            Regexp(r"(?i)^https?://", message=_ContactWords.website),
            URL(message=_ContactWords.website),
        ],
    )


def address_field() -> StringField:
    return StringField(
        _l("Street and number"), filters=[one_line], validators=[Optional(), at_most(200)]
    )


class ClaimForm(PortalForm):
    """I represent this association."""

    applicant_role = capacity_field(required(_l("Write what you are in the association.")))
    evidence = TextAreaField(
        _l("How can you show it?"),
        description=_l(
            "For example: my name is in the minutes of the last assembly, or write to the"
            " certified e-mail of the association."
        ),
        filters=[trimmed],
        validators=[
            required(_l("Write how you can show that you represent the association.")),
            at_most(LONGEST_EVIDENCE),
        ],
    )
    documents = UploadsField(_l("Documents that show it"))
    has_declared = BooleanField(
        _l("I declare that I may act in the name of this association."),
        validators=[InputRequired(_l("Tick the declaration: without it we cannot go on."))],
    )


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
