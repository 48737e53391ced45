"""Forms of meetings: planning them, registering, writing down who came and what was said."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from portal.core.clock import from_local, to_local
from portal.core.fields import (
    ClockField,
    DayField,
    NeededNumber,
    WholeField,
    at_most,
    between,
)
from portal.core.files import PICTURES
from portal.core.forms import (
    NOT_OFFERED,
    FormKeyField,
    InputRequired,
    PortalForm,
    UploadField,
    VersionField,
    one_line,
    required,
    trimmed,
)
from portal.laboratories.forms.laboratories import DOCUMENT_CHOICES
from portal.laboratories.models import LARGEST_PARTY, LONGEST_ALT, LONGEST_TITLE
from portal.laboratories.queries.meetings import MeetingDetail
from portal.laboratories.services import MeetingContent, MinutesContent
from portal.laboratories.states import MeetingKind
from portal.places.queries import PlaceChoice

MOST_PLACES = 2_000
MOST_HOURS_BEFORE = 336
LONGEST_AGENDA, LONGEST_MINUTES, LONGEST_REASON = 5_000, 30_000, 500
MOST_WITHOUT_NAME = 2_000
ELSEWHERE = ""

KIND_CHOICES = (
    SelectChoice(MeetingKind.OPEN, _l("Open meeting")),
    SelectChoice(MeetingKind.SHARING, _l("Sharing of the draft")),
    SelectChoice(MeetingKind.SIGNING, _l("Signature of the agreement")),
    SelectChoice(MeetingKind.EVALUATION, _l("Evaluation together")),
)


class MeetingForm(PortalForm):
    """When, where, what about, and for how many."""

    title = StringField(
        _l("Title"),
        filters=[one_line],
        validators=[required(_l("Write a title.")), at_most(LONGEST_TITLE)],
    )
    kind = SelectField(
        _l("What it is for"),
        choices=list(KIND_CHOICES),
        default=MeetingKind.OPEN,
        validators=[InputRequired(NOT_OFFERED)],
    )
    day = DayField(_l("Day"), validators=[InputRequired(_l("Choose the day."))])
    starts_time = ClockField(
        _l("It starts at"), validators=[InputRequired(_l("Write when it starts."))]
    )
    ends_time = ClockField(_l("It ends at"), validators=[InputRequired(_l("Write when it ends."))])
    place = SelectField(_l("Place"), validators=[Optional()])
    place_name = StringField(
        _l("Which other place"),
        description=_l("A school, a park, a square: where it is none of the list."),
        filters=[one_line],
        validators=[at_most(150)],
    )
    address = StringField(_l("Its address"), filters=[one_line], validators=[at_most(200)])
    agenda = TextAreaField(
        _l("Agenda"),
        description=_l("What you talk about, one thing a line."),
        filters=[trimmed],
        validators=[at_most(LONGEST_AGENDA)],
    )
    has_registration = BooleanField(
        _l("People register"),
        description=_l("Without it whoever wants comes, and nobody has to say so before."),
        default=True,
    )
    capacity = WholeField(
        _l("How many places"),
        description=_l("Empty: as many as come."),
        validators=[Optional(), between(1, MOST_PLACES)],
    )
    waiting_capacity = WholeField(
        _l("Places on the waiting list"),
        description=_l("0: no list."),
        default=10,
        validators=[NeededNumber(_l("Write how many may wait, or 0.")), between(0, MOST_PLACES)],
    )
    opens_on = DayField(
        _l("From which day people register"),
        description=_l("From the beginning of that day. Empty: at once."),
        validators=[Optional()],
    )
    closes_hours_before = WholeField(
        _l("Until how many hours before"),
        description=_l("0: until it starts."),
        default=0,
        validators=[
            NeededNumber(_l("Write how many hours, or 0.")),
            between(0, MOST_HOURS_BEFORE),
        ],
    )
    form_key = FormKeyField()
    version = VersionField()

    def offer(self, places: Sequence[PlaceChoice]) -> None:
        """Let the person choose among these places, or write another one."""
        self.place.choices = [
            SelectChoice(ELSEWHERE, _l("Another place")),
            *(SelectChoice(str(p.id), p.name) for p in places),
        ]

    def validate_ends_time(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Refuse an end that comes before the start."""
        start: time | None = self.starts_time.data
        if start is not None and field.data is not None and field.data <= start:
            raise ValidationError(_l("A meeting ends after it starts: mend one of the two."))

    def validate_place_name(self, field: Any) -> None:  # noqa: ANN401 - any field
        """Ask where it is, one way or the other."""
        if not self.place.data and not field.data:
            raise ValidationError(_l("Say where it is: choose a place, or write another one."))

    @property
    def content(self) -> MeetingContent:
        """What was written, once the form is valid."""
        day = self.day.data
        starts_at = from_local(datetime.combine(day, self.starts_time.data))
        opens_on = self.opens_on.data
        return MeetingContent(
            title=self.title.data,
            kind=MeetingKind(self.kind.data),
            starts_at=starts_at,
            ends_at=from_local(datetime.combine(day, self.ends_time.data)),
            place_id=int(self.place.data) if self.place.data else None,
            place_name=self.place_name.data or "",
            address=self.address.data or None,
            agenda=self.agenda.data or None,
            has_registration=self.has_registration.data,
            capacity=self.capacity.data,
            waiting_capacity=self.waiting_capacity.data,
            opens_at=from_local(datetime.combine(opens_on, time())) if opens_on else None,
            closes_at=starts_at - timedelta(hours=self.closes_hours_before.data),
        )


def written_meeting(meeting: MeetingDetail) -> dict[str, Any]:
    """Return what the form shows of a meeting that is there."""
    start, end = to_local(meeting.starts_at), to_local(meeting.ends_at)
    return {
        "title": meeting.title,
        "kind": meeting.kind,
        "day": start.date(),
        "starts_time": start.time(),
        "ends_time": end.time(),
        "place": str(meeting.place_id or ELSEWHERE),
        "place_name": "" if meeting.place_id else meeting.place_name,
        "address": "" if meeting.place_id else meeting.address,
        "agenda": meeting.agenda,
        "has_registration": meeting.has_registration,
        "capacity": meeting.capacity,
        "waiting_capacity": meeting.waiting_capacity,
        "opens_on": to_local(meeting.opens_at).date() if meeting.opens_at else None,
        "closes_hours_before": (meeting.starts_at - meeting.closes_at) // timedelta(hours=1),
        "version": meeting.version,
    }


class CancelMeetingForm(PortalForm):
    """Why a meeting does not take place."""

    reason = TextAreaField(
        _l("Why"),
        description=_l("Everybody reads it, and who is registered gets it by mail."),
        filters=[trimmed],
        validators=[required(_l("Say why it does not take place.")), at_most(LONGEST_REASON)],
    )
    version = VersionField()


class RegisterForm(PortalForm):
    """How many come."""

    people = SelectField(
        _l("How many of you come?"),
        choices=[SelectChoice(str(n), str(n)) for n in range(1, LARGEST_PARTY + 1)],
        default="1",
        validators=[InputRequired(NOT_OFFERED)],
    )

    @property
    def number(self) -> int:
        """How many places are wanted."""
        return int(self.people.data)


class RegisterPersonForm(RegisterForm):
    """Who telephoned, and how many come."""

    user_id = HiddenField(validators=[required(_l("Choose who it is."))])

    @property
    def person_id(self) -> int:
        """Whose registration it is; 0, which nobody has, where the field was tampered with."""
        text = str(self.user_id.data or "")
        is_number = text.isascii() and text.isdigit() and len(text) <= len("999999999")
        return int(text) if is_number else 0


class NameChoiceForm(PortalForm):
    """Whether one is read by name among those who came."""

    shows_name = BooleanField(
        _l("My name can be read among those who were there"),
        description=_l("First name and initial. Without it you are counted only."),
    )


class AttendanceForm(PortalForm):
    """Who of those registered came; the boxes are read from what was sent."""


class AttendeeForm(PortalForm):
    """Somebody who came and has no account."""

    full_name = StringField(
        _l("Name and surname"),
        filters=[one_line],
        validators=[required(_l("Write the name.")), at_most(150)],
    )
    contact = StringField(
        _l("Telephone or e-mail"),
        description=_l("For the office alone: nobody else reads it."),
        filters=[one_line],
        validators=[at_most(200)],
    )
    on_behalf_of = StringField(
        _l("For whom they came"),
        description=_l("An association, a school, a group."),
        filters=[one_line],
        validators=[at_most(250)],
    )
    shows_name = BooleanField(_l("They said that their name can be read"))


class WithoutNameForm(PortalForm):
    """How many came and left no name."""

    people_without_name = WholeField(
        _l("Who left no name, how many?"),
        default=0,
        validators=[NeededNumber(_l("Write how many, or 0.")), between(0, MOST_WITHOUT_NAME)],
    )


class MinutesForm(PortalForm):
    """What was said and decided."""

    minutes = TextAreaField(
        _l("Minutes"),
        description=_l("What was said, without naming who does not want to be named."),
        filters=[trimmed],
        validators=[at_most(LONGEST_MINUTES)],
    )
    decisions = TextAreaField(
        _l("What was decided"),
        description=_l("One decision a line."),
        filters=[trimmed],
        validators=[at_most(LONGEST_AGENDA)],
    )
    passo = HiddenField()
    version = VersionField()

    @property
    def is_published(self) -> bool:
        """Say whether the button was that for everybody to read it."""
        return bool(self.passo.data == "pubblica")

    @property
    def content(self) -> MinutesContent:
        """What was written."""
        return MinutesContent(self.minutes.data or None, self.decisions.data or None)


class PhotoForm(PortalForm):
    """A picture, with words for who cannot see it."""

    photo = UploadField(
        _l("Picture"), allowed=PICTURES, validators=[required(_l("Choose the picture."))]
    )
    alt_text = StringField(
        _l("What one sees in it"),
        description=_l("For who cannot see it. Do not name people who did not agree."),
        filters=[one_line],
        validators=[
            required(_l("Say what the picture shows, for who cannot see it.")),
            at_most(LONGEST_ALT),
        ],
    )


class MeetingDocumentForm(PortalForm):
    """A document of a meeting that everybody can read."""

    title = StringField(
        _l("What it is"),
        filters=[one_line],
        validators=[required(_l("Say what the document is.")), at_most(LONGEST_TITLE)],
    )
    document_kind = SelectField(
        _l("Kind"), choices=list(DOCUMENT_CHOICES), validators=[InputRequired(NOT_OFFERED)]
    )
    file = UploadField(_l("File"), validators=[required(_l("Choose the file."))])


class CodeForm(PortalForm):
    """The code shown at a meeting, typed by hand."""

    class Meta(PortalForm.Meta):
        """Sent by GET: it changes nothing."""

        csrf = False

    codice = StringField(
        _l("Code"),
        description=_l("Eight letters and figures, such as 7KQ4-M2XB."),
        filters=[one_line],
        validators=[required(_l("Write the code.")), at_most(12)],
    )


class OfferForm(PortalForm):
    """Yes or no to an offered place, each a button."""

    answer = RadioField(
        _l("Your answer"),
        choices=[SelectChoice("yes", _l("Yes")), SelectChoice("no", _l("No"))],
        validators=[InputRequired(_l("Choose one of the two buttons."))],
    )

    @property
    def says_yes(self) -> bool:
        """Say whether the answer is yes."""
        return bool(self.answer.data == "yes")
