"""Programmes, projects and shifts: what they are, and what follows what."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class Sector(StrEnum):
    """What a project is about."""

    GREEN = "green"
    SCHOOL = "school"
    LIBRARY = "library"
    MUSEUM = "museum"
    DIGITAL = "digital"
    SOCIAL = "social"
    CENTRES = "centres"
    EVENTS = "events"


class Skill(StrEnum):
    """What a person can do, and a project may look for."""

    MANUAL = "manual"
    GARDENING = "gardening"
    COOKING = "cooking"
    TEACHING = "teaching"
    CHILDREN = "children"
    ELDERLY = "elderly"
    LANGUAGES = "languages"
    DIGITAL = "digital"
    COMMUNICATION = "communication"
    DRIVING = "driving"


class Weekday(StrEnum):
    """Days of the week, Monday first; the order is the ISO number."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class DayPart(StrEnum):
    """Part of the day in which something starts: before 13, before 18, later."""

    MORNING = "mattina"
    AFTERNOON = "pomeriggio"
    EVENING = "sera"


class TimeKind(StrEnum):
    """How a project asks for time."""

    SHIFTS = "shifts"
    """At fixed hours: one takes places in its shifts."""
    FLEXIBLE = "flexible"
    """When one can, between two dates; one applies and says the hours."""
    OPEN_ENDED = "open_ended"
    """When one can, as long as one likes."""


class ResidenceRule(StrEnum):
    """Who of whom a programme takes."""

    ANYWHERE = "anywhere"
    LIVING_HERE = "living_here"
    """Resident or domiciled in the municipality (rules of April 2019)."""
    RESIDENT = "resident"


class ProjectState(StrEnum):
    """Where a project is; visitors see what is published or closed."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    """An association handed it in; the office looks at it."""
    RETURNED = "returned"
    REFUSED = "refused"
    PUBLISHED = "published"
    CLOSED = "closed"
    """Ended or taken back: no shift is open any more, hours and thanks stay."""


class ProjectAction(StrEnum):
    """What can be done with a project."""

    PROPOSE = "propose"
    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    CLOSE = "close"


class ProjectCheckKind(StrEnum):
    """What somebody has seen of a person for one project; never its content."""

    TRAINING = "training"
    RECORD = "record"
    """A criminal-record certificate, where the project asks for it."""


class ShiftState(StrEnum):
    """Whether a shift takes place."""

    OPEN = "open"
    CANCELLED = "cancelled"


class ApplicationState(StrEnum):
    """Where a person's wish to join a project without shifts is."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    LEFT = "left"


class ApplicationAction(StrEnum):
    """What can be done with an application."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    LEAVE = "leave"


PUBLIC_PROJECTS = (ProjectState.PUBLISHED, ProjectState.CLOSED)
"""Projects that visitors may see."""

EDITABLE_PROJECTS = (ProjectState.DRAFT, ProjectState.RETURNED)
"""What the association that proposes may still change."""

_PS, _PA = ProjectState, ProjectAction
PROJECT_TRANSITIONS: Transitions[ProjectState, ProjectAction] = Transitions(
    {
        (_PS.DRAFT, _PA.PROPOSE): _PS.PROPOSED,
        (_PS.RETURNED, _PA.PROPOSE): _PS.PROPOSED,
        (_PS.PROPOSED, _PA.PUBLISH): _PS.PUBLISHED,
        (_PS.PROPOSED, _PA.RETURN): _PS.RETURNED,
        (_PS.PROPOSED, _PA.REFUSE): _PS.REFUSED,
        # Projects of the office itself are published from the draft.
        (_PS.DRAFT, _PA.PUBLISH): _PS.PUBLISHED,
        (_PS.PUBLISHED, _PA.CLOSE): _PS.CLOSED,
        # Closed by mistake, or the next season begins.
        (_PS.CLOSED, _PA.PUBLISH): _PS.PUBLISHED,
    }
)

_AS, _AA = ApplicationState, ApplicationAction
APPLICATION_TRANSITIONS: Transitions[ApplicationState, ApplicationAction] = Transitions(
    {
        (_AS.SUBMITTED, _AA.ACCEPT): _AS.ACCEPTED,
        (_AS.SUBMITTED, _AA.REFUSE): _AS.REFUSED,
        (_AS.SUBMITTED, _AA.LEAVE): _AS.LEFT,
        (_AS.ACCEPTED, _AA.LEAVE): _AS.LEFT,
    }
)
