"""The steps of a request to be included."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.forms import (
    DataRequired,
    InputRequired,
    PortalForm,
    UploadField,
    required,
    trimmed,
)
from portal.registry.forms.associations import (
    acronym_field,
    address_field,
    area_choices,
    areas_field,
    at_most,
    audience_field,
    capacity_field,
    certified_email_field,
    description_field,
    district_choices,
    district_field,
    email_field,
    kind_field,
    legal_representative_field,
    meeting_times_field,
    name_field,
    phone_field,
    purposes_field,
    tax_code_field,
    website_field,
)
from portal.registry.forms.officers import OfficersField
from portal.registry.queries import ActivityAreaRow
from portal.registry.request_gaps import FIELDS_OF_STEP, missing_documents
from portal.registry.states import DocumentKind, RequestStep
from portal.territory.queries import DistrictRow, MunicipalityRow

LONGEST_NOTE = 1_000


class RequestStepForm(PortalForm):
    """Base of the steps of a request."""

    step: RequestStep

    seen = HiddenField(filters=[trimmed])
    """What the step held when its page was shown (`fingerprint`)."""

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
        documents: Collection[DocumentKind],
    ) -> None:
        """Take the choices of the city and the documents that are there; most steps need none."""


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
    purposes = purposes_field(required(_l("Write what the association is for.")))
    audience = audience_field()
    meeting_times = meeting_times_field()

    def offer(
        self,
        *,
        municipalities: Sequence[MunicipalityRow],
        districts: Sequence[DistrictRow],
        areas: Sequence[ActivityAreaRow],
        documents: Collection[DocumentKind],  # noqa: ARG002 - asked in another step
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
    certified_email = certified_email_field()


class RequestPeopleForm(RequestStepForm):
    """Step 4: who signs for it, and who else has an office in it."""

    step = RequestStep.PEOPLE

    legal_representative = legal_representative_field(
        required(_l("Write who signs for the association."))
    )
    officers = OfficersField()


class RequestDocumentsForm(RequestStepForm):
    """Step 5: what shows that it is as the applicant says; files, kept as soon as they come."""

    step = RequestStep.DOCUMENTS

    deed = UploadField(_l("Deed of foundation"))
    bylaws = UploadField(_l("Bylaws"))
    activity_report = UploadField(_l("Report on the activities of the last year"))

    @property
    def uploads(self) -> dict[DocumentKind, FileStorage]:
        """The files chosen, by what they are."""
        chosen = ((kind, self[kind.value].data) for kind in DocumentKind)
        return {kind: upload for kind, upload in chosen if upload}

    def offer(
        self,
        *,
        municipalities: Sequence[MunicipalityRow],  # noqa: ARG002 - asked in another step
        districts: Sequence[DistrictRow],  # noqa: ARG002 - asked in another step
        areas: Sequence[ActivityAreaRow],  # noqa: ARG002 - asked in another step
        documents: Collection[DocumentKind],
    ) -> None:
        """Ask for what is needed and not there yet; what is there may be replaced."""
        for kind in missing_documents(documents):
            field = self[kind.value]
            field.validators = [InputRequired(_MISSING[kind])]
            field.flags.required = True
        for kind in documents:
            self[kind.value].label.text = _REPLACE[kind]


_MISSING = {
    DocumentKind.DEED: _l("Choose the file of the deed of foundation."),
    DocumentKind.BYLAWS: _l("Choose the file of the bylaws."),
}
_REPLACE = {
    DocumentKind.DEED: _l("Replace the deed of foundation"),
    DocumentKind.BYLAWS: _l("Replace the bylaws"),
    DocumentKind.ACTIVITY_REPORT: _l("Replace the report on the activities"),
}


class RequestDeclarationForm(RequestStepForm):
    """Step 6: who asks, and on whose word."""

    step = RequestStep.DECLARATION

    applicant_role = capacity_field(required(_l("Write what you are in the association.")))
    has_declared = BooleanField(
        _l(
            "I declare that the association is non-profit, has a deed and bylaws and democratic"
            " bodies, has its seat or works in the province, is no party, trade union or"
            " professional body, and that I may ask in its name."
        ),
        validators=[InputRequired(_l("Tick the declaration: without it we cannot go on."))],
    )


class SendRequestForm(PortalForm):
    """The button under the summary; what was asked for may come with a word to the office."""

    note = TextAreaField(
        _l("What have you completed?"),
        description=_l("A line for who reads it, if you like."),
        filters=[trimmed],
        validators=[Optional(), at_most(LONGEST_NOTE)],
    )


STEP_FORMS: Mapping[RequestStep, type[RequestStepForm]] = {
    form.step: form
    for form in (
        RequestIdentityForm, RequestActivityForm, RequestContactsForm, RequestPeopleForm,
        RequestDocumentsForm, RequestDeclarationForm,
    )
}  # fmt: skip
