"""Forms of signatures: online, on paper, claiming one; and of checking a copy."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from portal.core.files import MediaType
from portal.core.forms import Length, PortalForm, UploadField, ValidationError, one_line, required
from portal.laboratories.forms.agreements import day_field
from portal.laboratories.forms.commitment_drafts import PARTY_KINDS
from portal.laboratories.models import LONGEST_PARTY_NAME
from portal.laboratories.policies.agreements import Party
from portal.laboratories.services.signing import PaperContent, SignatureContent
from portal.laboratories.states import PartyKind

LONGEST_ROLE = 100
LONGEST_NAME = 150
MYSELF = "io"


class SigningForm(PortalForm):
    """As whom somebody signs the text whose fingerprint was on the page."""

    fingerprint = HiddenField()
    voice = RadioField(
        _l("As whom do you sign?"),
        choices=[],
        default=MYSELF,
        validators=[required(_l("Choose as whom you sign."))],
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

    def offer_voices(self, voices: Sequence[tuple[str, str]]) -> None:
        """Let the person choose between themselves and whom they may sign for.

        `voices`: what `voice` sends, and its words.
        """
        self.voice.choices = [
            SelectChoice(MYSELF, _l("For myself")),
            *(SelectChoice(value, words) for value, words in voices),
        ]

    def validate_role_words(self, field: Field) -> None:
        """Ask for the role of who signs for others."""
        if self.voice.data != MYSELF and not field.data:
            raise ValidationError(_l("Write in which role you sign."))

    def content_as(self, party: Party) -> SignatureContent:
        """Return what was chosen, for the party that `voice` stands for."""
        return SignatureContent(
            kind=party.kind,
            seen_sha256=self.fingerprint.data or "",
            association_id=party.association_id,
            party_name=party.name or None,
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
    signed_on = day_field(_l("Day of the signature"), required(_l("Write the day.")))
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
    """A copy of the PDF, to be compared; pages with it are everybody's, so it has no token."""

    class Meta(PortalForm.Meta):
        """Nothing is written, and whoever sends it signs in to nothing."""

        csrf = False

    copy = UploadField(
        _l("Do you have a copy? Check it"),
        [required(_l("Choose the PDF."))],
        allowed=frozenset({MediaType.PDF}),
        description=_l(
            "Choose the PDF: we compute its fingerprint and compare. We do not keep it."
        ),
    )
