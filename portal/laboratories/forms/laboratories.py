"""Forms of who leads a laboratory, and of who takes part in one."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.fields import (
    CheckboxesField,
    DayField,
    NeededNumber,
    WholeField,
    at_most,
    between,
)
from portal.core.forms import (
    FormKeyField,
    PortalForm,
    UploadField,
    ValidationError,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.models import LONGEST_PHASE_NAME, LONGEST_SUMMARY, LONGEST_TITLE
from portal.laboratories.services import LaboratoryContent, PhaseContent
from portal.laboratories.states import PHASES, Ability, DocumentKind, Phase, PhaseFacts

LONGEST_DESCRIPTION = 5_000
NOBODY = ""

ABILITY_CHOICES = (
    SelectChoice(Ability.PROPOSE, _l("Propose")),
    SelectChoice(Ability.SUPPORT, _l("Support proposals")),
    SelectChoice(Ability.COMMENT, _l("Comment on proposals")),
    SelectChoice(Ability.COMMENT_DRAFT, _l("Comment on project sheets")),
    SelectChoice(Ability.SIGN, _l("Sign the agreement")),
    SelectChoice(Ability.EVALUATE, _l("Answer the final questions")),
)
DOCUMENT_CHOICES = (
    SelectChoice(DocumentKind.MATERIAL, _l("Material")),
    SelectChoice(DocumentKind.MINUTES, _l("Minutes")),
    SelectChoice(DocumentKind.STUDY, _l("Study or analysis")),
    SelectChoice(DocumentKind.PRESS, _l("Press")),
)


class LaboratoryForm(PortalForm):
    """What a laboratory says of itself."""

    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[required(_l("Write a title.")), at_most(LONGEST_TITLE)],
    )
    summary = TextAreaField(
        _l("In a few words"),
        description=_l("What it is about; people read it in the list."),
        filters=[one_line],
        validators=[required(_l("Say in a few words what it is about.")), at_most(LONGEST_SUMMARY)],
    )
    description = TextAreaField(
        _l("What it is about"),
        filters=[trimmed],
        validators=[required(_l("Tell what it is about.")), at_most(LONGEST_DESCRIPTION)],
    )
    district_ids = CheckboxesField(
        _l("Districts"), description=_l("None means the whole city."), validate_choice=True
    )
    answer_days = WholeField(
        _l("Within how many days a proposal is answered"),
        validators=[NeededNumber(_l("Write how many days.")), between(1, 365)],
    )
    architect_id = SelectField(_l("Who leads it"), validators=[Optional()])
    renews_id = SelectField(
        _l("It goes on from the agreement"),
        validators=[Optional()],
    )
    form_key = FormKeyField()
    version = VersionField()

    def offer(
        self,
        *,
        districts: Sequence[tuple[int, str]],
        leaders: Sequence[tuple[int, str]],
        agreements: Sequence[tuple[int, str]],
    ) -> None:
        """Let the person choose among these, each an id and its words."""
        self.district_ids.choices = [SelectChoice(str(n), words) for n, words in districts]
        self.architect_id.choices = [
            SelectChoice(NOBODY, _l("Nobody by name")),
            *(SelectChoice(str(n), words) for n, words in leaders),
        ]
        self.renews_id.choices = [
            SelectChoice(NOBODY, _l("None")),
            *(SelectChoice(str(n), words) for n, words in agreements),
        ]

    @property
    def content(self) -> LaboratoryContent:
        """What was written."""
        return LaboratoryContent(
            title=self.title.data,
            summary=self.summary.data,
            description=self.description.data,
            district_ids=[int(n) for n in self.district_ids.data or ()],
            answer_days=self.answer_days.data,
            architect_id=int(self.architect_id.data) if self.architect_id.data else None,
            renews_id=int(self.renews_id.data) if self.renews_id.data else None,
        )


class PhasesForm(PortalForm):
    """The phases of a laboratory; the fields of each begin with its kind."""

    version = VersionField()

    @classmethod
    def filled(cls, phases: Sequence[PhaseFacts], version: int) -> "PhasesForm":
        """Return the form with what is planned now."""
        data: dict[str, Any] = {"version": version}
        for number, phase in enumerate(phases, start=1):
            data |= {
                f"{phase.kind}_is_there": True,
                f"{phase.kind}_position": number,
                f"{phase.kind}_name": phase.name,
                f"{phase.kind}_words": phase.words,
                f"{phase.kind}_starts_on": phase.starts_on,
                f"{phase.kind}_ends_on": phase.ends_on,
                f"{phase.kind}_allows": [str(a) for a in Ability if a in phase.allows],
            }
        return cls(data=data)

    def of(self, kind: Phase, name: str) -> Any:  # noqa: ANN401 - any field
        """Return the field `name` of a phase."""
        return self[f"{kind}_{name}"]

    @property
    def plans(self) -> list[PhaseContent]:
        """What was written, in the order that was written."""
        kinds = [kind for kind in PHASES if self.of(kind, "is_there").data]
        kinds.sort(key=lambda kind: self.of(kind, "position").data or len(PHASES))
        return [
            PhaseContent(
                kind,
                starts_on=self.of(kind, "starts_on").data,
                ends_on=self.of(kind, "ends_on").data,
                allows=tuple(Ability(a) for a in self.of(kind, "allows").data or ()),
                name=self.of(kind, "name").data,
                words=self.of(kind, "words").data,
            )
            for kind in kinds
        ]


class _EndsAfterStart:
    """The last day of a phase is not before its first."""

    def __init__(self, starts: str) -> None:
        self.starts = starts

    def __call__(self, form: PortalForm, field: Any) -> None:  # noqa: ANN401 - any field
        starts_on = form[self.starts].data
        if field.data is not None and starts_on is not None and field.data < starts_on:
            raise ValidationError(
                _l("The last day comes before the first: correct one of the two.")
            )


for _kind in PHASES:
    for _name, _field in (
        ("is_there", BooleanField(_l("The laboratory has this phase"))),
        (
            "position",
            WholeField(_l("Which in the order"), validators=[Optional(), between(1, len(PHASES))]),
        ),
        (
            "name",
            StringField(
                _l("Its own name"),
                description=_l("Empty: the official one."),
                filters=[one_line],
                validators=[at_most(LONGEST_PHASE_NAME)],
            ),
        ),
        (
            "words",
            StringField(
                _l("What happens in it"),
                description=_l("Empty: the official words."),
                filters=[one_line],
                validators=[at_most(LONGEST_SUMMARY)],
            ),
        ),
        ("starts_on", DayField(_l("First day"), validators=[Optional()])),
        (
            "ends_on",
            DayField(
                _l("Last day"), validators=[Optional(), _EndsAfterStart(f"{_kind}_starts_on")]
            ),
        ),
        ("allows", CheckboxesField(_l("What it allows"), choices=list(ABILITY_CHOICES))),
    ):
        setattr(PhasesForm, f"{_kind}_{_name}", _field)


class AdvanceForm(PortalForm):
    """The button that moves a laboratory on."""

    version = VersionField()


class GoBackForm(PortalForm):
    """Back to the phase before, and why."""

    reason = TextAreaField(
        _l("Why"),
        description=_l("Everybody reads it on the page of the laboratory."),
        filters=[trimmed],
        validators=[required(_l("Say why it goes back.")), at_most(500)],
    )
    version = VersionField()


class NewsForm(PortalForm):
    """A piece of news."""

    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[required(_l("Write a title.")), at_most(LONGEST_TITLE)],
    )
    text = TextAreaField(
        _l("News"),
        description=_l("Who follows the laboratory gets it by mail."),
        filters=[trimmed],
        validators=[required(_l("Write the news.")), at_most(5000)],
    )
    form_key = FormKeyField()


class DocumentForm(PortalForm):
    """A document everybody can read."""

    title = StringField(
        _l("What it is"),
        filters=[one_line],
        validators=[required(_l("Say what the document is.")), at_most(LONGEST_TITLE)],
    )
    kind = SelectField(_l("Kind"), choices=list(DOCUMENT_CHOICES))
    file = UploadField(_l("File"), validators=[required(_l("Choose the file."))])


class JoinForm(PortalForm):
    """How somebody is in a laboratory."""

    takes_part = BooleanField(_l("I take part"))
    shows_name = BooleanField(
        _l("My name can be read among those who take part"),
        description=_l("First name and initial; without it you are counted only."),
    )
    follows = BooleanField(_l("Write to me when there is news"))
