"""Kinds of association, their states in the registry, and what follows what."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class AssociationKind(StrEnum):
    """What an association is before the law, as far as the registry knows."""

    ETS_ONLUS = "ets_onlus"
    """A body of the third sector or an ONLUS, without knowing which."""
    ODV = "odv"
    APS = "aps"
    ASD = "asd"
    OTHER = "other"


class AssociationState(StrEnum):
    """Where an association is in the registry."""

    LISTED = "listed"
    """Known from a public list only; nobody looks after its profile."""
    ENROLLED = "enrolled"
    """Asked to be included, or claimed its profile, and was accepted."""
    REMOVED = "removed"
    """No longer public; kept, so that an import does not bring it back."""


class AssociationAction(StrEnum):
    """What can be done with an association."""

    ENROL = "enrol"
    REMOVE = "remove"


_S, _A = AssociationState, AssociationAction
ASSOCIATION_TRANSITIONS: Transitions[AssociationState, AssociationAction] = Transitions(
    {
        (_S.LISTED, _A.ENROL): _S.ENROLLED,
        (_S.LISTED, _A.REMOVE): _S.REMOVED,
        (_S.ENROLLED, _A.REMOVE): _S.REMOVED,
        # Removed by mistake or out of date, and asking again.
        (_S.REMOVED, _A.ENROL): _S.ENROLLED,
    }
)
