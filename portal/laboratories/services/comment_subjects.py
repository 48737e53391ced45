"""What a comment is about: a proposal, or a section of a project sheet."""

from dataclasses import dataclass

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.laboratories.emails.comments import Commented
from portal.laboratories.models import Comment, Laboratory, ProjectSheet, Proposal
from portal.laboratories.policies import (
    CommentRefusal,
    ProposalFacts,
    SheetFacts,
    find_comment_refusal,
    find_section_refusal,
    speaks_for_office,
    speaks_for_office_of_sheet,
)
from portal.laboratories.queries.windows import find_window_of
from portal.laboratories.states import Ability, ProposalState, Topic


@dataclass(frozen=True)
class Subject:
    """The thing a comment is about, loaded."""

    thing: Proposal | ProjectSheet

    @property
    def laboratory(self) -> Laboratory:
        """Return the laboratory it is of."""
        return self.thing.laboratory

    @property
    def author_id(self) -> int | None:
        """Return whose proposal it is; a sheet is written by many."""
        return self.thing.author_id if isinstance(self.thing, Proposal) else None

    @property
    def commented(self) -> Commented:
        """Return it as mails name it."""
        slug, title = self.laboratory.slug, self.thing.title
        if isinstance(self.thing, Proposal):
            return Commented(slug, title, proposal_id=self.thing.id)
        return Commented(slug, title, sheet_id=self.thing.id)

    def find_refusal(self, waiting: int) -> CommentRefusal | None:
        """Return why somebody who has `waiting` comments cannot comment on it today, or None."""
        if isinstance(self.thing, Proposal):
            return find_comment_refusal(
                is_public=self.thing.state is ProposalState.PUBLISHED,
                is_open=find_window_of(self.laboratory, Ability.COMMENT).is_open,
                waiting=waiting,
            )
        return find_section_refusal(
            self.thing.state,
            is_open=find_window_of(self.laboratory, Ability.COMMENT_DRAFT).is_open,
            waiting=waiting,
        )

    def is_spoken_of_for_office(self, actor: Actor) -> bool:
        """Say whether `actor` speaks for the municipality here."""
        districts = frozenset(district.id for district in self.laboratory.districts)
        if isinstance(self.thing, Proposal):
            proposal = ProposalFacts(
                author_id=self.thing.author_id,
                was_handed_in=self.thing.submitted_at is not None,
                was_published=self.thing.published_at is not None,
                district_ids=districts,
            )
            return speaks_for_office(actor, proposal)
        sheet = SheetFacts(self.thing.state, frozenset(), districts)
        return speaks_for_office_of_sheet(actor, sheet)


def get_subject(topic: Topic) -> Subject:
    """Return what is talked about; raises `NotFoundError`."""
    thing: Proposal | ProjectSheet | None
    if topic.proposal_id is not None:
        thing = session().get(Proposal, topic.proposal_id)
    else:
        thing = session().get(ProjectSheet, topic.sheet_id)
    if thing is None:
        raise NotFoundError
    return Subject(thing)


def topic_of(comment: Comment) -> Topic:
    """Return what a comment is about."""
    return Topic(comment.proposal_id, comment.sheet_id, comment.section)


def subject_of(comment: Comment) -> Subject:
    """Return what a comment is about, loaded."""
    return get_subject(topic_of(comment))
