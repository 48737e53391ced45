"""The steps of a request to be included."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.forms import (
    DataRequired,
    InputRequired,
    PortalForm,
    one_line,
    required,
)
from portal.registry.forms.associations import (
    acronym_field,
    address_field,
    area_choices,
    areas_field,
    at_most,
    description_field,
    district_choices,
    district_field,
    email_field,
    kind_field,
    name_field,
    phone_field,
    tax_code_field,
    website_field,
)
from portal.registry.models.requests import LONGEST_ROLE
from portal.registry.queries import ActivityAreaRow
from portal.registry.request_gaps import FIELDS_OF_STEP
from portal.registry.states import RequestStep
from portal.territory.queries import DistrictRow, MunicipalityRow


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

    name = name_field()
    acronym = acronym_field()
    tax_code = tax_code_field()
    kind = kind_field()


class RequestActivityForm(RequestStepForm):
    """Step 2: where it is and what it does."""

    step = RequestStep.ACTIVITY

    municipality_code = SelectField(
        _l("Municipality of the seat"),
        validators=[required(_l("Choose the municipality of the seat."))],
    )
    district_id = district_field()
    areas = areas_field()
    description = description_field()

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

    email = email_field(required(_l("Write an e-mail address where we can reach you.")))
    is_email_public = BooleanField(_l("Show the e-mail on the public page"))
    phone = phone_field()
    is_phone_public = BooleanField(_l("Show the phone number on the public page"))
    website = website_field()
    address = address_field()
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
            at_most(LONGEST_ROLE),
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
