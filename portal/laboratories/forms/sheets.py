"""Forms of a project sheet: its texts, its lines, what it is linked with, who writes in it."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email

from portal.core.fields import CheckboxesField, MoneyField, NeededNumber, NumberField
from portal.core.forms import (
    FormKeyField,
    Length,
    PortalForm,
    ValidationError,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.forms.commitment_drafts import PARTY_KINDS
from portal.laboratories.models import (
    LARGEST_INDICATOR,
    LONGEST_CONTACT,
    LONGEST_LINE,
    LONGEST_PARTY_NAME,
    LONGEST_TITLE,
    LONGEST_UNIT,
)
from portal.laboratories.policies import SHEET_TEXTS
from portal.laboratories.services import BudgetContent, IndicatorContent, PartyContent
from portal.laboratories.states import LARGEST_BUDGET_CENTS, BudgetSource, PartyKind, SheetFamily

LONGEST_PART = 10_000
LONGEST_NUMBER = 15

FAMILIES = (
    SelectChoice(SheetFamily.COMMUNITY_CARE, _l("Care of the community")),
    SelectChoice(SheetFamily.CITY_CARE, _l("Care of the city")),
)
SOURCES = (
    SelectChoice(BudgetSource.MUNICIPALITY, _l("Municipality")),
    SelectChoice(BudgetSource.REGION, _l("Region")),
    SelectChoice(BudgetSource.PARTNERS, _l("Who collaborates")),
    SelectChoice(BudgetSource.SPONSORS, _l("Sponsors")),
    SelectChoice(BudgetSource.VOLUNTEER_WORK, _l("Volunteers’ work")),
    SelectChoice(BudgetSource.OTHER, _l("Other")),
)


def _part(label: object, description: object = "") -> TextAreaField:
    return TextAreaField(
        label, description=description, filters=[trimmed], validators=[Length(max=LONGEST_PART)]
    )


class StartSheetForm(PortalForm):
    """A new sheet, from none, one or more proposals."""

    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[required(_l("Write a title.")), Length(max=LONGEST_TITLE)],
    )
    family = SelectField(_l("What kind of care is it?"), choices=FAMILIES)
    proposals = CheckboxesField(_l("Which proposals does it come from?"), coerce=int, choices=[])
    form_key = FormKeyField()


class SheetForm(PortalForm):
    """The texts that are written together."""

    version = VersionField()
    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[required(_l("Write a title.")), Length(max=LONGEST_TITLE)],
    )
    family = SelectField(_l("What kind of care is it?"), choices=FAMILIES)
    contents = _part(_l("What does the project consist of?"))
    aims = _part(_l("What is it for?"))
    actions = _part(_l("Actions"), _l("One a line."))
    times = _part(_l("Times"))
    spaces = _part(_l("Spaces"), _l("In words; places of the portal are chosen further on."))
    contact = StringField(
        _l("Whom to ask"), filters=[one_line], validators=[Length(max=LONGEST_CONTACT)]
    )

    @property
    def texts(self) -> dict[str, str]:
        """What was written, by the names of the sheet's texts."""
        return {name: getattr(self, name).data or "" for name in SHEET_TEXTS}


class LineForm(PortalForm):
    """A line of a sheet; `seen` says what it said on the page."""

    seen = HiddenField()


class PartyForm(LineForm):
    """Who does what."""

    kind = SelectField(_l("Who?"), choices=PARTY_KINDS)
    association = StringField(
        _l("Which association?"),
        description=_l("Its tax code, or its name as it stands in the registry."),
        filters=[one_line],
    )
    name = StringField(
        _l("Name"),
        description=_l("Of the group, school, body or person."),
        filters=[one_line],
        validators=[Length(max=LONGEST_PARTY_NAME)],
    )
    does = StringField(
        _l("What do they do?"),
        filters=[one_line],
        validators=[required(_l("Write what they do.")), Length(max=LONGEST_LINE)],
    )

    def validate_name(self, field: Field) -> None:
        """Ask for the name of whoever is in no registry."""
        known = {PartyKind.MUNICIPALITY, PartyKind.ASSOCIATION}
        if self.kind.data not in known and not field.data:
            raise ValidationError(_l("Write the name."))

    def content_as(self, name: str, association_id: int | None) -> PartyContent:
        """Return what was written, with the party that was found for it."""
        return PartyContent(PartyKind(self.kind.data), name, self.does.data, association_id)


class BudgetForm(LineForm):
    """Money, or work worth it."""

    words = StringField(
        _l("For what?"),
        filters=[one_line],
        validators=[required(_l("Write what it is for.")), Length(max=LONGEST_LINE)],
    )
    source = SelectField(_l("Where does it come from?"), choices=SOURCES)
    amount = MoneyField(
        _l("How much, in euro?"),
        description=_l("For example 1.200,00"),
        validators=[NeededNumber(_l("Write the amount."))],
    )

    def validate_amount(self, field: Field) -> None:
        """Refuse what is no amount of a sheet."""
        if field.data is not None and not 0 <= field.data <= LARGEST_BUDGET_CENTS:
            raise ValidationError(_l("Write an amount from 0 to 10 million euro."))

    @property
    def content(self) -> BudgetContent:
        """What was written."""
        return BudgetContent(BudgetSource(self.source.data), self.words.data, self.amount.data)


class IndicatorForm(LineForm):
    """How one will see that it worked."""

    name = StringField(
        _l("What is counted?"),
        filters=[one_line],
        validators=[required(_l("Write what is counted.")), Length(max=LONGEST_LINE)],
    )
    target = NumberField(
        _l("How many are expected?"), validators=[NeededNumber(_l("Write a number."))]
    )
    unit = StringField(
        _l("Of what?"),
        description=_l("For example people, afternoons, kilos."),
        filters=[one_line],
        validators=[required(_l("Write the unit.")), Length(max=LONGEST_UNIT)],
    )

    def validate_target(self, field: Field) -> None:
        """Refuse what nobody counts to."""
        if field.data is not None and not 0 <= field.data <= LARGEST_INDICATOR:
            raise ValidationError(_l("Write a number from 0 to 1,000,000,000."))

    @property
    def content(self) -> IndicatorContent:
        """What was written."""
        return IndicatorContent(self.name.data, self.unit.data, self.target.data)


class LinksForm(PortalForm):
    """The proposals and the places of a sheet, and which were linked on the page."""

    proposals = CheckboxesField(_l("Proposals it comes from"), coerce=int, choices=[])
    places = CheckboxesField(_l("Places where it happens"), coerce=int, choices=[])
    seen_proposals = HiddenField()
    seen_places = HiddenField()

    @property
    def seen(self) -> tuple[frozenset[int], frozenset[int]]:
        """Proposals and places that were linked when the page was opened."""
        return _numbers(self.seen_proposals.data), _numbers(self.seen_places.data)


class EditorForm(PortalForm):
    """Who else may write in the sheet."""

    email = StringField(
        _l("E-mail of who writes along"),
        filters=[one_line],
        validators=[
            required(_l("Write the address.")),
            Email(_l("Write an e-mail address like name@example.org.")),
        ],
    )


def _numbers(text: object) -> frozenset[int]:
    parts = str(text or "").split(",")
    return frozenset(
        int(p) for p in parts if p.isascii() and p.isdigit() and len(p) <= LONGEST_NUMBER
    )
