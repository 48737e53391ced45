"""Forms of projects: the office's, the association's, tutors, closing."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
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
    InputRequired,
    PortalForm,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.places.queries import PlaceChoice
from portal.registry.tax_code import clean_tax_code
from portal.territory.queries import DistrictRow
from portal.volunteering.forms.programmes import OLDEST, RESIDENCE_CHOICES
from portal.volunteering.models import LARGEST_GROUP
from portal.volunteering.policies import Rules
from portal.volunteering.queries import ProgrammeChoice, ProjectDeskRow
from portal.volunteering.services import ProjectContent
from portal.volunteering.states import ResidenceRule, Sector, Skill, TimeKind

AS_PROGRAMME, YES, NO = "", "yes", "no"
LONGEST_TEXT = 5_000
MOST_PEOPLE = 10_000
SWITCHES = (
    "requires_enrolment",
    "requires_guardian",
    "requires_permit",
    "requires_interview",
    "requires_training",
    "requires_insurance",
    "refuses_employees",
)
"""Rules that are yes or no, or as the programme says."""

SECTOR_CHOICES = (
    SelectChoice("", _l("Choose")),
    SelectChoice(Sector.GREEN, _l("Green care")),
    SelectChoice(Sector.SCHOOL, _l("Schools")),
    SelectChoice(Sector.LIBRARY, _l("Libraries")),
    SelectChoice(Sector.MUSEUM, _l("Museums")),
    SelectChoice(Sector.DIGITAL, _l("Digital help")),
    SelectChoice(Sector.SOCIAL, _l("Social help")),
    SelectChoice(Sector.CENTRES, _l("Social centres")),
    SelectChoice(Sector.EVENTS, _l("City events")),
)
SKILL_CHOICES = (
    SelectChoice(Skill.MANUAL, _l("Small works with one’s hands")),
    SelectChoice(Skill.GARDENING, _l("Gardening")),
    SelectChoice(Skill.COOKING, _l("Cooking")),
    SelectChoice(Skill.TEACHING, _l("Explaining and teaching")),
    SelectChoice(Skill.CHILDREN, _l("Being with children")),
    SelectChoice(Skill.ELDERLY, _l("Being with elderly people")),
    SelectChoice(Skill.LANGUAGES, _l("Other languages")),
    SelectChoice(Skill.DIGITAL, _l("Computers and telephones")),
    SelectChoice(Skill.COMMUNICATION, _l("Writing, pictures, social media")),
    SelectChoice(Skill.DRIVING, _l("Driving")),
)
TIME_CHOICES = (
    SelectChoice(TimeKind.SHIFTS, _l("In shifts, at fixed hours: people take places")),
    SelectChoice(TimeKind.FLEXIBLE, _l("When one can, between two dates: people apply")),
    SelectChoice(TimeKind.OPEN_ENDED, _l("When one can, as long as one likes: people apply")),
)


def switch_field(label: object) -> SelectField:
    """Return a rule that a project takes from its programme, or says by itself."""
    return SelectField(
        label,
        choices=[
            SelectChoice(AS_PROGRAMME, _l("As the programme says")),
            SelectChoice(YES, _l("Yes")),
            SelectChoice(NO, _l("No")),
        ],
        validators=[Optional()],
    )


class ProjectWordsForm(PortalForm):
    """What everybody writes of a project, the office or an association."""

    programme_id = SelectField(_l("Programme"), validators=[required(_l("Choose the programme."))])
    title = StringField(
        _l("Title"),
        description=_l("As you would call it: “Homework together after school”."),
        filters=[one_line],
        validators=[required(_l("Write a title: it is what people read first.")), at_most(150)],
    )
    summary = TextAreaField(
        _l("In one sentence"),
        filters=[trimmed],
        validators=[required(_l("Say in one sentence what it is about.")), at_most(300)],
    )
    description = TextAreaField(
        _l("How it goes"),
        description=_l("What happens from the beginning to the end, as you would tell a friend."),
        filters=[trimmed],
        validators=[required(_l("Tell in a few lines how it goes.")), at_most(LONGEST_TEXT)],
    )
    tasks = TextAreaField(
        _l("What people will do"),
        description=_l("One thing a line."),
        filters=[trimmed],
        validators=[at_most(2_000)],
    )
    you_learn = TextAreaField(_l("What one learns"), filters=[trimmed], validators=[at_most(1_000)])
    what_to_bring = StringField(_l("What to bring"), filters=[one_line], validators=[at_most(500)])
    sector = SelectField(
        _l("What it is about"),
        choices=SECTOR_CHOICES,
        validators=[required(_l("Choose what it is about."))],
    )
    skills = CheckboxesField(
        _l("What helps to be able to do"),
        description=_l("Nobody is refused for it: people find what suits them."),
        choices=SKILL_CHOICES,
    )
    place_name = StringField(
        _l("Name of the place"),
        filters=[one_line],
        validators=[required(_l("Write where it is.")), at_most(150)],
    )
    address = StringField(_l("Address"), filters=[one_line], validators=[at_most(200)])
    district_id = SelectField(
        _l("District of the city"), validators=[required(_l("Choose the district."))]
    )
    time_kind = RadioField(
        _l("How it asks for time"),
        choices=TIME_CHOICES,
        default=TimeKind.SHIFTS,
        validators=[InputRequired(_l("Choose how it asks for time."))],
    )
    starts_on = DayField(_l("From"), description=_l("Needed when people come between two dates."))
    ends_on = DayField(_l("To"))
    people_wanted = WholeField(
        _l("How many people it looks for"),
        description=_l("Without shifts only. Empty: whoever comes."),
        validators=[Optional(), between(1, MOST_PEOPLE)],
    )
    tutor_name = StringField(
        _l("Who welcomes people, by name"),
        description=_l("As one reads it on the page, after signing in."),
        filters=[one_line],
        validators=[required(_l("Write who welcomes people.")), at_most(120)],
    )
    version = VersionField()

    def offer(
        self, programmes: Sequence[ProgrammeChoice], districts: Sequence[DistrictRow]
    ) -> None:
        """Take the choices of the city."""
        choose = SelectChoice("", _l("Choose"))
        self.programme_id.choices = [
            choose, *(SelectChoice(str(p.id), p.name) for p in programmes)
        ]  # fmt: skip
        self.district_id.choices = [choose, *(SelectChoice(str(d.id), d.name) for d in districts)]

    @property
    def chosen_programme(self) -> int:
        """The programme, once the form is valid."""
        return int(self.programme_id.data)

    def validate_starts_on(self, field: Any) -> None:  # noqa: ANN401 - any field
        """A flexible project says between which days."""
        is_flexible = self.time_kind.data == TimeKind.FLEXIBLE
        if is_flexible and (field.data is None or self.ends_on.data is None):
            raise ValidationError(
                _l("Say from when to when people can come: both days are needed.")
            )

    def validate_ends_on(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse an end before the start."""
        starts_on = self.starts_on.data
        if field.data is not None and starts_on is not None and field.data < starts_on:
            raise ValidationError(
                _l("The project ends before it starts: mend one of the two days.")
            )

    def words(self) -> dict[str, Any]:
        """What was written, by name of the content."""
        optional = {
            name: self[name].data or None
            for name in ("tasks", "you_learn", "what_to_bring", "address")
        }
        return optional | {
            "title": self.title.data,
            "summary": self.summary.data,
            "description": self.description.data,
            "sector": Sector(self.sector.data),
            "skills": sorted(self.skills.data or ()),
            "place_name": self.place_name.data,
            "district_id": int(self.district_id.data),
            "time_kind": TimeKind(self.time_kind.data),
            "starts_on": self.starts_on.data,
            "ends_on": self.ends_on.data,
            "people_wanted": self.people_wanted.data,
            "tutor_name": self.tutor_name.data,
        }

    @property
    def content(self) -> ProjectContent:
        """What was written."""
        return ProjectContent(**self.words())


class ProposedProjectForm(ProjectWordsForm):
    """What an association says of a project it proposes."""


class ProjectForm(ProjectWordsForm):
    """What the office says of a project, with the rules it takes from its programme or not."""

    place_id = SelectField(
        _l("One of the places of the portal"),
        description=_l("The pages of the place and of the project then lead to each other."),
        validators=[Optional()],
    )
    further_districts = CheckboxesField(_l("Also for these districts"))
    partner_tax_code = StringField(
        _l("Done with an association: its tax code"),
        description=_l("As it stands in the registry. Empty: a project of the municipality alone."),
        filters=[lambda text: clean_tax_code(text) if isinstance(text, str) else text],
        validators=[at_most(16)],
    )
    partner_name = StringField(
        _l("Name of the association, as people know it"),
        description=_l("Empty: as it stands in the registry."),
        filters=[one_line],
        validators=[at_most(200)],
    )
    group_cap = WholeField(
        _l("How many people may come as one group"),
        description=_l("A class, a family. Empty: people sign up one by one."),
        validators=[Optional(), between(2, LARGEST_GROUP)],
    )
    leave_until_hours = WholeField(
        _l("Hours before a shift until which a place left is offered on"),
        description=_l("Later the tutor is told instead."),
        default=24,
        validators=[NeededNumber(_l("Write how many hours, or 0.")), between(0, 336)],
    )
    youngest_age = WholeField(
        _l("From which age"),
        description=_l("Empty: as the programme says."),
        validators=[Optional(), between(0, OLDEST)],
    )
    oldest_age = WholeField(
        _l("Up to which age"),
        description=_l("Empty: as the programme says. 120: any age."),
        validators=[Optional(), between(0, OLDEST)],
    )
    fitness_from_age = WholeField(
        _l("Certificate of fitness from which age"),
        description=_l("Empty: as the programme says. 120: never."),
        validators=[Optional(), between(1, OLDEST)],
    )
    residence_rule = SelectField(
        _l("Who can take part"),
        choices=[SelectChoice(AS_PROGRAMME, _l("As the programme says")), *RESIDENCE_CHOICES],
        validators=[Optional()],
    )
    requires_guardian = switch_field(_l("Authorisation of a parent under 18"))
    requires_permit = switch_field(_l("Residence permit of who comes from outside the EU"))
    refuses_employees = switch_field(_l("Closed to who works for the municipality"))
    requires_enrolment = switch_field(_l("Only people in the register of volunteers"))
    requires_interview = switch_field(_l("Introductory talk first"))
    requires_training = switch_field(_l("Training of the project first"))
    requires_insurance = switch_field(_l("Insurance for the day"))
    requires_record_check = BooleanField(
        _l("A criminal-record certificate is to be seen (work with minors)"),
        description=_l("Only that it was seen is noted, by whom and when."),
    )

    def offer_more(self, places: Sequence[PlaceChoice], districts: Sequence[DistrictRow]) -> None:
        """Take the choices that the office alone has."""
        self.place_id.choices = [
            SelectChoice("", _l("None of them")),
            *(SelectChoice(str(place.id), place.name) for place in places),
        ]
        self.further_districts.choices = [SelectChoice(str(d.id), d.name) for d in districts]

    @property
    def further_district_ids(self) -> list[int]:
        """The further districts, once the form is valid."""
        return [int(value) for value in self.further_districts.data or ()]

    def words(self) -> dict[str, Any]:
        """What was written, by name of the content; the association is looked up elsewhere."""
        numbers = ("group_cap", "leave_until_hours", "youngest_age", "oldest_age")
        switches = {name: _SWITCH.get(self[name].data or "") for name in SWITCHES}
        residence = self.residence_rule.data
        return (
            super().words()
            | switches
            | {name: self[name].data for name in numbers}
            | {
                "fitness_from_age": self.fitness_from_age.data,
                "residence_rule": ResidenceRule(residence) if residence else None,
                "requires_record_check": self.requires_record_check.data,
                "place_id": int(self.place_id.data) if self.place_id.data else None,
                "partner_name": self.partner_name.data or None,
            }
        )


def written_project(project: ProjectDeskRow) -> dict[str, Any]:
    """Return what the office's form shows of a project that is there."""
    own = {name: value for name, value in project.own_rules.items() if name not in SWITCHES}
    return (
        written_words(project)
        | own
        | {name: _written_switch(project.own_rules[name]) for name in SWITCHES}
        | {
            "place_id": str(project.place_id or ""),
            "further_districts": [str(i) for i in project.further_districts],
            "partner_tax_code": project.partner_tax_code,
            "partner_name": project.partner_name,
            "group_cap": project.group_cap,
            "leave_until_hours": project.leave_until_hours,
            "requires_record_check": project.requires_record_check,
        }
    )


def written_words(project: ProjectDeskRow) -> dict[str, Any]:
    """Return what the association's form shows of a project that is there."""
    return vars(project) | {
        "programme_id": str(project.programme_id),
        "district_id": str(project.district_id),
        "version": project.version,
    }


def has_own_rules(form: ProjectForm) -> bool:
    """Say whether some rule of the form is not as the programme says, or is wrong."""
    names = [*Rules.__dataclass_fields__]
    return any(form[name].data not in (None, "") or form[name].errors for name in names)


def _written_switch(value: object) -> str:
    return AS_PROGRAMME if value is None else YES if value else NO


_SWITCH = {YES: True, NO: False}
