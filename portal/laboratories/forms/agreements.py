"""Forms of an agreement: its text, commitments, approval, signatures, and checking a copy."""

from collections.abc import Sequence
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.files import MediaType
from portal.core.forms import (
    Length,
    PortalForm,
    UploadField,
    ValidationError,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.models import (
    FORM_KEY_LENGTH,
    LONGEST_COMMITMENT,
    LONGEST_PARTY_NAME,
    LONGEST_RESOLUTION,
    LONGEST_SUMMARY,
    LONGEST_TITLE,
)
from portal.laboratories.services.agreements import AgreementContent
from portal.laboratories.services.commitment_drafts import CommitmentContent
from portal.laboratories.services.signing import PaperContent, SignatureContent
from portal.laboratories.states import PartyKind

LONGEST_PART = 10_000
LONGEST_ROLE = 100
LONGEST_NAME = 150

PARTY_KINDS = (
    SelectChoice(PartyKind.MUNICIPALITY, _l("The municipality")),
    SelectChoice(PartyKind.ASSOCIATION, _l("An association of the registry")),
    SelectChoice(PartyKind.GROUP, _l("A group of people")),
    SelectChoice(PartyKind.SCHOOL, _l("A school")),
    SelectChoice(PartyKind.BODY, _l("A parish, company or public body")),
    SelectChoice(PartyKind.PERSON, _l("A person")),
)


def _part(label: object) -> TextAreaField:
    return TextAreaField(label, filters=[trimmed], validators=[Length(max=LONGEST_PART)])


def _day(label: object, *validators: object, description: object = "") -> DateField:
    return DateField(label, description=description, validators=validators or [Optional()])


class StepForm(PortalForm):
    """The button of a step."""

    version = VersionField()


class ReasonForm(PortalForm):
    """Why the frozen text is taken back."""

    reason = TextAreaField(
        _l("Why is the text taken back?"),
        filters=[trimmed],
        validators=[required(_l("Say why: who was about to sign reads it."))],
    )


class AgreementForm(StepForm):
    """The texts and days of an agreement."""

    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[required(_l("Write a title.")), Length(max=LONGEST_TITLE)],
    )
    summary = StringField(
        _l("In one sentence"), filters=[one_line], validators=[Length(max=LONGEST_SUMMARY)]
    )
    premises = _part(_l("Premises"))
    context = _part(_l("Context"))
    needs = _part(_l("Needs"))
    objectives = _part(_l("Objectives"))
    key_project = _part(_l("Key project"))
    starts_on = _day(_l("It holds from"))
    ends_on = _day(_l("It holds until"), description=_l("The last day, included."))
    sign_until = _day(
        _l("It can be signed until"), description=_l("Leave it empty if there is no last day.")
    )

    @property
    def content(self) -> AgreementContent:
        """What was written."""
        return AgreementContent(
            **{name: getattr(self, name).data or "" for name in TEXT_FIELDS},
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            sign_until=self.sign_until.data,
        )


TEXT_FIELDS = ("title", "summary", "premises", "context", "needs", "objectives", "key_project")
DAY_FIELDS = ("starts_on", "ends_on", "sign_until")


class SheetsForm(StepForm):
    """Which sheets belong to the agreement."""

    sheets = SelectMultipleField(
        _l("Project sheets of this agreement"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class ApprovalForm(StepForm):
    """The resolution with which the city government approves the text."""

    number = StringField(
        _l("Number of the resolution"),
        filters=[one_line],
        validators=[required(_l("Write the number.")), Length(max=LONGEST_RESOLUTION)],
    )
    on = _day(_l("Day of the resolution"), required(_l("Write the day.")))


class CommitmentForm(StepForm):
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
    title = StringField(
        _l("What exactly?"),
        filters=[one_line],
        validators=[required(_l("Write what is taken on.")), Length(max=LONGEST_COMMITMENT)],
    )
    details = TextAreaField(_l("Details"), filters=[trimmed])
    due_on = _day(_l("By when?"), required(_l("Write the last day.")))
    indicator = StringField(
        _l("How will one see it?"),
        filters=[one_line],
        validators=[Length(max=LONGEST_COMMITMENT)],
    )
    sheet = SelectField(_l("Part of which sheet?"), choices=[], validators=[Optional()])
    form_key = HiddenField(default=lambda: uuid4().hex)

    def validate_form_key(self, field: Field) -> None:
        """Replace a key that this page did not make."""
        key = field.data or ""
        if not (key.isascii() and key.isalnum() and len(key) == FORM_KEY_LENGTH):
            field.data = uuid4().hex

    def content_with(self, association_id: int | None) -> CommitmentContent:
        """Return what was written; the association is the one found for the words."""
        kind = PartyKind(self.party_kind.data)
        return CommitmentContent(
            party_kind=kind,
            title=self.title.data,
            due_on=self.due_on.data,
            details=self.details.data or None,
            indicator=self.indicator.data or None,
            association_id=association_id,
            party_name=self.party_name.data or "",
            sheet_id=int(self.sheet.data) if self.sheet.data else None,
        )


MYSELF = "io"


class SigningForm(PortalForm):
    """As whom somebody signs the text whose fingerprint was on the page."""

    fingerprint = HiddenField()
    voice = RadioField(_l("As whom do you sign?"), choices=[], default=MYSELF)
    party_name = StringField(
        _l("Name of the group, school or body"),
        filters=[one_line],
        validators=[Length(max=LONGEST_PARTY_NAME)],
    )
    role_words = StringField(
        _l("Your role"),
        description=_l("If you sign for others: president, head teacher, spokesperson."),
        filters=[one_line],
        validators=[Length(max=LONGEST_ROLE)],
    )
    shows_initials = BooleanField(
        _l("Show my initials instead of my name"),
        description=_l("Only if you sign for yourself."),
    )
    agrees = BooleanField(
        _l("I have read the text and sign it"),
        validators=[required(_l("Tick the box: it is your signature."))],
    )

    def offer_voices(self, associations: Sequence[tuple[int, str]], *, leads: bool) -> None:
        """Let the person choose between themselves and whom they may sign for."""
        self.voice.choices = [
            SelectChoice(MYSELF, _l("For myself")),
            *(SelectChoice(str(id_), name) for id_, name in associations),
            *(SelectChoice(kind.value, kind.label) for kind in PARTY_KINDS[2:5]),
        ]
        if leads:
            self.voice.choices.append(SelectChoice(PARTY_KINDS[0].value, PARTY_KINDS[0].label))

    def validate_role_words(self, field: Field) -> None:
        """Ask for the role of who signs for others."""
        if self.voice.data != MYSELF and not field.data:
            raise ValidationError(_l("Write in which role you sign."))

    def validate_party_name(self, field: Field) -> None:
        """Ask for the name of whoever is in no registry."""
        named = {kind.value for kind in PARTY_KINDS[2:5]}
        if self.voice.data in named and not field.data:
            raise ValidationError(_l("Write for whom you sign."))

    @property
    def content(self) -> SignatureContent:
        """What was chosen."""
        voice = self.voice.data
        if voice == MYSELF:
            kind = PartyKind.PERSON
        elif voice.isdigit():
            kind = PartyKind.ASSOCIATION
        else:
            kind = PartyKind(voice)
        return SignatureContent(
            kind=kind,
            seen_sha256=self.fingerprint.data or "",
            association_id=int(voice) if kind is PartyKind.ASSOCIATION else None,
            party_name=self.party_name.data or None,
            role_words=self.role_words.data or None,
            shows_initials=self.shows_initials.data,
        )


class PaperForm(PortalForm):
    """A signature given on paper."""

    fingerprint = HiddenField()
    party_kind = SelectField(_l("Who signed?"), choices=PARTY_KINDS[1:])
    association = StringField(
        _l("Which association?"),
        description=_l("Its tax code, or its name as it stands in the registry."),
        filters=[one_line],
    )
    party_name = StringField(
        _l("Name of the group, school or body"),
        filters=[one_line],
        validators=[Length(max=LONGEST_PARTY_NAME)],
    )
    signer_name = StringField(
        _l("First and last name of who signed"),
        filters=[one_line],
        validators=[required(_l("Write the name.")), Length(max=LONGEST_NAME)],
    )
    role_words = StringField(
        _l("Role"),
        description=_l("If they signed for others."),
        filters=[one_line],
        validators=[Length(max=LONGEST_ROLE)],
    )
    signed_on = _day(_l("Day of the signature"), required(_l("Write the day.")))
    shows_initials = BooleanField(_l("They prefer their initials to be shown"))
    scan = UploadField(_l("Scan of the signed sheet"), [required(_l("Add the scan."))])

    def validate_role_words(self, field: Field) -> None:
        """Ask for the role of who signed for others."""
        if self.party_kind.data != PartyKind.PERSON and not field.data:
            raise ValidationError(_l("Write in which role they signed."))

    def content_with(self, association_id: int | None) -> SignatureContent:
        """Return as whom it was signed; the association is the one found for the words."""
        kind = PartyKind(self.party_kind.data)
        return SignatureContent(
            kind=kind,
            seen_sha256=self.fingerprint.data or "",
            association_id=association_id,
            party_name=self.party_name.data or None,
            role_words=self.role_words.data or None,
            shows_initials=self.shows_initials.data,
        )

    @property
    def paper(self) -> PaperContent:
        """What stands on the sheet."""
        return PaperContent(self.signer_name.data, self.signed_on.data)


class ClaimForm(PortalForm):
    """The code of a receipt."""

    code = StringField(
        _l("Code of the receipt"),
        filters=[one_line],
        validators=[required(_l("Write the code."))],
    )


class CheckForm(PortalForm):
    """A copy of the PDF, to be compared."""

    copy = UploadField(
        _l("Do you have a copy? Check it"),
        [required(_l("Choose the PDF."))],
        allowed=frozenset({MediaType.PDF}),
        description=_l(
            "Choose the PDF: we compute its fingerprint and compare. We do not keep it."
        ),
    )
