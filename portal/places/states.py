"""Kinds of place; the states of what happens in one."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class PlaceKind(StrEnum):
    """What a place is; the words for people stand in `components/place_kind.html`."""

    SOCIAL_CENTRE = "social_centre"
    NEIGHBOURHOOD_HOUSE = "neighbourhood_house"
    OTHER = "other"


class InitiativeState(StrEnum):
    """Where an initiative is; whether its last day has gone by is computed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    """Whoever read of it reads why; one that was never public is simply given up."""


class InitiativeAction(StrEnum):
    """What can be done with an initiative."""

    PUBLISH = "publish"
    CANCEL = "cancel"


class OccurrenceState(StrEnum):
    """Whether an initiative takes place at a certain time."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class PublishRefusal(StrEnum):
    """Why an initiative cannot be published; the name stands in `data-reason`."""

    NO_OCCURRENCE = "no_occurrence"
    """Nobody has said when it takes place."""


_S, _A = InitiativeState, InitiativeAction
INITIATIVE_TRANSITIONS: Transitions[InitiativeState, InitiativeAction] = Transitions(
    {
        (_S.DRAFT, _A.PUBLISH): _S.PUBLISHED,
        (_S.DRAFT, _A.CANCEL): _S.CANCELLED,
        (_S.PUBLISHED, _A.CANCEL): _S.CANCELLED,
    }
)
