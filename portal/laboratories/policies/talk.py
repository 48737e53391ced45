"""Who may support, comment and report, and why not."""

from dataclasses import dataclass
from enum import StrEnum

from portal.core.access import Actor
from portal.laboratories.policies.proposals import ProposalFacts, is_office
from portal.laboratories.policies.sheets import SheetFacts
from portal.laboratories.states import SheetState

MOST_WAITING_COMMENTS = 10
"""Of one person, at a time: what the office can read before the next ones come."""


class SupportRefusal(StrEnum):
    """Why a proposal cannot be supported; the name stands in `data-reason`."""

    NOT_PUBLIC = "not_public"
    OWN = "own"
    CLOSED = "closed"
    """Not in this phase; the window says more."""


@dataclass(frozen=True)
class SupportFacts:
    """What the rule asks of a proposal."""

    is_public: bool
    is_open: bool
    """The phase lets people support today."""
    author_id: int | None


def find_support_refusal(actor: Actor, facts: SupportFacts) -> SupportRefusal | None:
    """Return why `actor` cannot support a proposal (or take the support back), or None."""
    if not facts.is_public:
        return SupportRefusal.NOT_PUBLIC
    if actor.is_signed_in and actor.id == facts.author_id:
        return SupportRefusal.OWN
    return None if facts.is_open else SupportRefusal.CLOSED


class CommentRefusal(StrEnum):
    """Why nothing can be said about something; the name stands in `data-reason`."""

    NOT_PUBLIC = "not_public"
    NOT_SHARED = "not_shared"
    """A project sheet that is still being written, or was given up."""
    AGREED = "agreed"
    """A project sheet whose text is frozen in an agreement."""
    CLOSED = "closed"
    TOO_MANY_WAITING = "too_many_waiting"


def find_comment_refusal(*, is_public: bool, is_open: bool, waiting: int) -> CommentRefusal | None:
    """Return why a person who has `waiting` comments cannot write another one, or None."""
    if not is_public:
        return CommentRefusal.NOT_PUBLIC
    if not is_open:
        return CommentRefusal.CLOSED
    if waiting >= MOST_WAITING_COMMENTS:
        return CommentRefusal.TOO_MANY_WAITING
    return None


def find_section_refusal(
    state: SheetState, *, is_open: bool, waiting: int
) -> CommentRefusal | None:
    """Return why a person who has `waiting` comments cannot comment on a sheet, or None."""
    if state is SheetState.AGREED:
        return CommentRefusal.AGREED
    if state is not SheetState.SHARED:
        return CommentRefusal.NOT_SHARED
    return find_comment_refusal(is_public=True, is_open=is_open, waiting=waiting)


def speaks_for_office(actor: Actor, proposal: ProposalFacts) -> bool:
    """Say whether what the actor says here is said for the municipality, and public at once.

    Who leads the laboratory and clerks do, except about what they proposed themselves.
    """
    if actor.id == proposal.author_id:
        return False
    return is_office(actor) or not actor.district_ids.isdisjoint(proposal.district_ids)


def speaks_for_office_of_sheet(actor: Actor, sheet: SheetFacts) -> bool:
    """Say whether what the actor says on a sheet is said for the municipality.

    Who leads the laboratory and clerks do, also where they write the sheet themselves: they write
    it for the municipality.
    """
    return is_office(actor) or not actor.district_ids.isdisjoint(sheet.district_ids)
