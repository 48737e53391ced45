"""Forms of what a party takes on, while the text of an agreement or of a change is written."""

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, Optional

from portal.core.forms import FormKeyField, Length, one_line, required, trimmed
from portal.laboratories.forms.agreements import StepForm, day_field
from portal.laboratories.models import LONGEST_COMMITMENT, LONGEST_PARTY_NAME
from portal.laboratories.services.commitment_drafts import CommitmentContent
from portal.laboratories.states import PartyKind

PARTY_KINDS = (
    SelectChoice(PartyKind.MUNICIPALITY, _l("The municipality")),
    SelectChoice(PartyKind.ASSOCIATION, _l("An association of the registry")),
    SelectChoice(PartyKind.GROUP, _l("A group of people")),
    SelectChoice(PartyKind.SCHOOL, _l("A school")),
    SelectChoice(PartyKind.BODY, _l("A parish, company or public body")),
    SelectChoice(PartyKind.PERSON, _l("A person")),
)


class PromiseForm(StepForm):
    """What is taken on, whoever does."""

    title = StringField(
        _l("What exactly?"),
        filters=[one_line],
        validators=[required(_l("Write what is taken on.")), Length(max=LONGEST_COMMITMENT)],
    )
    details = TextAreaField(_l("Details"), filters=[trimmed])
    due_on = day_field(_l("By when?"), required(_l("Write the last day.")))
    indicator = StringField(
        _l("How will one see it?"),
        filters=[one_line],
        validators=[Length(max=LONGEST_COMMITMENT)],
    )
    sheet = SelectField(_l("Part of which sheet?"), choices=[], validators=[Optional()])
    form_key = FormKeyField()

    def content_for(self, party_kind: PartyKind) -> CommitmentContent:
        """Return what was written; its party is known already."""
        return CommitmentContent(
            party_kind=party_kind,
            title=self.title.data,
            due_on=self.due_on.data,
            details=self.details.data or None,
            indicator=self.indicator.data or None,
            sheet_id=int(self.sheet.data) if self.sheet.data else None,
        )


class CommitmentForm(PromiseForm):
    """What one party takes on."""

    party_kind = SelectField(_l("Who takes it on?"), choices=PARTY_KINDS)
    association = StringField(
        _l("Which association?"),
        description=_l("Its tax code, or its name as it stands in the registry."),
        filters=[one_line],
    )
    party_name = StringField(
        _l("Name"),
        description=_l("Of the group, school, body or person."),
        filters=[one_line],
        validators=[Length(max=LONGEST_PARTY_NAME)],
    )
    spokesperson = StringField(
        _l("E-mail of who speaks for them"),
        description=_l(
            "Of a group, school, body or person: with this account one signs and tells what is "
            "done. Leave it empty for who signs on paper."
        ),
        filters=[one_line],
        validators=[Optional(), Email(_l("Write an e-mail address like name@example.org."))],
    )

    def content_with(self, association_id: int | None, user_id: int | None) -> CommitmentContent:
        """Return what was written; association and account are those found for the words."""
        kind = PartyKind(self.party_kind.data)
        return replace(
            self.content_for(kind),
            association_id=association_id,
            user_id=user_id,
            party_name=self.party_name.data or "",
        )
