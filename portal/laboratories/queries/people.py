"""Who is in a laboratory: numbers for everybody, names only of those who chose so."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, union
from sqlalchemy.dialects.postgresql import aggregate_order_by, array_agg

from portal.accounts.models import User
from portal.core.database import session
from portal.core.signed_links import read
from portal.core.text import short_name
from portal.laboratories.emails.news import FOLLOW_LINK
from portal.laboratories.models import (
    Comment,
    Laboratory,
    LaboratoryPerson,
    Meeting,
    MeetingAttendee,
    ProjectSheet,
    Proposal,
    ProposalCoauthor,
)
from portal.laboratories.states import CoauthorState, CommentState, Origin, ProposalState

FOLLOW_LINKS_LAST = timedelta(days=3 * 365)
MOST_NAMES = 60


@dataclass(frozen=True)
class PeopleFigures:
    """How many are in a laboratory."""

    people: int
    """Who takes part, proposed, co-signed a proposal, commented, or came to a meeting."""
    associations: int
    by_hand: int
    """Proposals that came by phone, mail or on paper."""
    names: tuple[str, ...]
    """Of those who take part and chose to be named, as the public reads them."""


@dataclass(frozen=True)
class OwnPart:
    """How one person is in a laboratory."""

    takes_part: bool = False
    follows: bool = False
    shows_name: bool = False


@dataclass(frozen=True)
class FollowLink:
    """Whose mails of which laboratory a link ends; `user_id` is 0 for one that is not ours."""

    user_id: int
    laboratory_id: int = 0
    laboratory_title: str = ""
    laboratory_slug: str = ""
    follows: bool = False


def people_columns(laboratory_id: int) -> list[Any]:
    """Return the columns that `people_of` reads, for a statement that loads more."""
    return [
        _people(laboratory_id).label("people"),
        _associations(laboratory_id).label("associations"),
        _by_hand(laboratory_id).label("by_hand"),
        _names(laboratory_id).label("names"),
    ]


def people_of(row: Any) -> PeopleFigures:  # noqa: ANN401 - a row with the columns above
    """Return how many are in a laboratory from the columns of `people_columns`."""
    names = tuple(short_name(name) for name in row.names or ())
    return PeopleFigures(row.people, row.associations, row.by_hand, names)


def count_people(laboratory_id: int) -> PeopleFigures:
    """Return how many are in a laboratory, and the names that may be read."""
    return people_of(session().execute(select(*people_columns(laboratory_id))).one())


def find_own_part(user_id: int, laboratory_id: int) -> OwnPart:
    """Return how a person is in a laboratory."""
    person = session().get(LaboratoryPerson, (laboratory_id, user_id))
    if person is None:
        return OwnPart()
    return OwnPart(person.takes_part, person.follows, person.shows_name)


def find_follow_link(token: str) -> FollowLink:
    """Return whose mails of which laboratory a link ends, and whether they still come."""
    signed = read(FOLLOW_LINK, token, FOLLOW_LINKS_LAST)
    if not isinstance(signed, list) or len(signed) != len(("user", "laboratory")):
        return FollowLink(0)
    user_id, laboratory_id = signed
    laboratory = session().get(Laboratory, laboratory_id)
    if laboratory is None:
        return FollowLink(0)
    return FollowLink(
        user_id,
        laboratory_id,
        laboratory.title,
        laboratory.slug,
        find_own_part(user_id, laboratory_id).follows,
    )


def _of_laboratory(laboratory_id: int) -> ColumnElement[bool]:
    return and_(
        Proposal.laboratory_id == laboratory_id,
        Proposal.state.in_((ProposalState.PUBLISHED, ProposalState.WITHDRAWN)),
    )


def accounts_of(laboratory_id: int) -> Any:  # noqa: ANN401 - a statement of one column
    """Return the statement of the accounts in a laboratory, each once: `PeopleFigures.people`."""
    written = _of_laboratory(laboratory_id)
    return union(
        select(LaboratoryPerson.user_id).where(
            LaboratoryPerson.laboratory_id == laboratory_id, LaboratoryPerson.takes_part
        ),
        select(Proposal.author_id).where(written),
        select(ProposalCoauthor.user_id)
        .join(Proposal)
        .where(written, ProposalCoauthor.state == CoauthorState.ACCEPTED),
        select(Comment.author_id)
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .where(written, Comment.state == CommentState.PUBLISHED),
        select(Comment.author_id)
        .join(ProjectSheet, ProjectSheet.id == Comment.sheet_id)
        .where(
            ProjectSheet.laboratory_id == laboratory_id, Comment.state == CommentState.PUBLISHED
        ),
        select(MeetingAttendee.user_id).join(Meeting).where(Meeting.laboratory_id == laboratory_id),
    )


def _people(laboratory_id: int) -> Any:  # noqa: ANN401 - a column
    accounts = accounts_of(laboratory_id).subquery()
    without_account = (
        select(func.count())
        .select_from(MeetingAttendee)
        .join(Meeting)
        .where(Meeting.laboratory_id == laboratory_id, MeetingAttendee.user_id.is_(None))
        .scalar_subquery()
    )
    return select(func.count(accounts.c[0])).scalar_subquery() + without_account


def _associations(laboratory_id: int) -> Any:  # noqa: ANN401 - a column
    written = _of_laboratory(laboratory_id)
    bodies = union(
        select(Proposal.association_id).where(written),
        select(ProposalCoauthor.association_id)
        .join(Proposal)
        .where(written, ProposalCoauthor.state == CoauthorState.ACCEPTED),
    ).subquery()
    return select(func.count(bodies.c[0])).scalar_subquery()


def _by_hand(laboratory_id: int) -> Any:  # noqa: ANN401 - a column
    return (
        select(func.count())
        .select_from(Proposal)
        .where(_of_laboratory(laboratory_id), Proposal.origin != Origin.ONLINE)
        .scalar_subquery()
    )


def _names(laboratory_id: int) -> Any:  # noqa: ANN401 - a column
    named = (
        select(User.display_name, LaboratoryPerson.since_at, User.id)
        .join(LaboratoryPerson, LaboratoryPerson.user_id == User.id)
        .where(LaboratoryPerson.laboratory_id == laboratory_id, LaboratoryPerson.shows_name)
        .order_by(LaboratoryPerson.since_at, User.id)
        .limit(MOST_NAMES)
        .subquery()
    )
    ordered = aggregate_order_by(named.c.display_name, named.c.since_at, named.c.id)
    return select(array_agg(ordered)).scalar_subquery()
