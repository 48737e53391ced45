"""Who may see and decide which case."""

from typing import Protocol

from portal.core.access import Actor
from portal.permissions import Role


class CaseFacts(Protocol):
    """What the rules ask of a case."""

    @property
    def applicant_id(self) -> int | None:
        """Account of who asked; None for reports, which many may send."""

    @property
    def district_id(self) -> int | None:
        """District the request is about, if it is about one."""


def actor_sees_all_cases(actor: Actor) -> bool:
    """Clerks and administrators see every case, an architect those of her districts."""
    return actor.has_role(Role.STAFF, Role.ADMINISTRATOR)


def case_is_in_actors_districts(actor: Actor, case: CaseFacts) -> bool:
    """The request is about a district the architect works for."""
    return case.district_id is not None and case.district_id in actor.district_ids


def case_is_actors_own(actor: Actor, case: CaseFacts) -> bool:
    """The person asked for it, alone or for an association."""
    return case.applicant_id is not None and case.applicant_id == actor.id


def case_is_not_actors_own(actor: Actor, case: CaseFacts) -> bool:
    """Somebody else asked: nobody decides about their own request (Law 241/1990, art. 6-bis)."""
    return not case_is_actors_own(actor, case)


def case_is_in_actors_districts_and_not_own(actor: Actor, case: CaseFacts) -> bool:
    """The architect's rule for acting: one of her districts, and not her own request."""
    return case_is_in_actors_districts(actor, case) and case_is_not_actors_own(actor, case)


def actor_may_follow(actor: Actor, case: CaseFacts) -> bool:
    """The person's roles let them act on this case: to whom it may be given."""
    if actor_sees_all_cases(actor):
        return case_is_not_actors_own(actor, case)
    return case_is_in_actors_districts_and_not_own(actor, case)
