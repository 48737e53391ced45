"""The profile of an association: what is public at once, and what the office looks at first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileRequired
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.files import PICTURES
from portal.core.forms import PortalForm, UploadField, VersionField, required
from portal.registry.forms.associations import (
    acronym_field,
    address_field,
    area_choices,
    areas_field,
    audience_field,
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
from portal.registry.profile import SENSITIVE, ProfileValues, officers_from
from portal.registry.queries import ActivityAreaRow
from portal.registry.states import AssociationKind
from portal.territory.queries import DistrictRow, MunicipalityRow


class ProfileForm(PortalForm):
    """What an association writes about itself; fields taken away keep their values."""

    description = description_field()
    acronym = acronym_field()
    purposes = purposes_field(Optional())
    audience = audience_field()
    areas = areas_field()
    meeting_times = meeting_times_field()
    email = email_field(Optional())
    phone = phone_field()
    website = website_field()
    officers = OfficersField()
    name = name_field()
    tax_code = tax_code_field()
    kind = kind_field()
    municipality_code = SelectField(
        _l("Municipality of the seat"),
        validators=[required(_l("Choose the municipality of the seat."))],
    )
    district_id = district_field()
    address = address_field()
    legal_representative = legal_representative_field(Optional())
    certified_email = certified_email_field()
    version = VersionField()

    def offer(
        self,
        *,
        municipalities: Sequence[MunicipalityRow],
        districts: Sequence[DistrictRow],
        areas: Sequence[ActivityAreaRow],
        has_seat: bool,
    ) -> None:
        """Take the choices of the city; an association without a seat may go on without one."""
        self.areas.choices = area_choices(areas)
        self.district_id.choices = district_choices(districts)
        self.municipality_code.choices = [
            SelectChoice("", _l("Choose")),
            *(SelectChoice(m.istat_code, m.name) for m in municipalities),
        ]
        if not has_seat:
            self.municipality_code.validators = [Optional()]

    def without_sensitive(self) -> None:
        """Take away what cannot be changed while a change of it waits for the office."""
        for name in SENSITIVE:
            del self[name]

    @property
    def offers_sensitive(self) -> bool:
        """What the office checks can be changed here."""
        return "name" in self

    def values(self, present: ProfileValues) -> ProfileValues:
        """Return what was written; what is not asked, or is wrong, stays as in `present`."""
        asked = [n for n in vars(present) if n in self and not self[n].errors]
        written: dict[str, Any] = {name: self[name].data or None for name in asked}
        for name, read in _READ.items():
            if name in written:
                written[name] = read(written[name])
        return replace(present, **written)


_READ: Mapping[str, Callable[[Any], object]] = {
    "areas": lambda codes: tuple(sorted(codes or ())),
    "officers": lambda rows: officers_from(rows or ()),
    "kind": AssociationKind,
}
"""From what a field holds to what a profile holds, where that differs."""


class LogoForm(PortalForm):
    """A picture that stands for the association."""

    logo = UploadField(
        _l("Logo"),
        allowed=PICTURES,
        validators=[FileRequired(_l("Choose a picture first."))],
    )
