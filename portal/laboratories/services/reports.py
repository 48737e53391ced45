"""Reports of a proposal or a comment, and what the office makes of them (behaviour 49)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select

from portal.accounts.queries import get_recipient
from portal.core.access import PORTAL, Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import take_step
from portal.laboratories.emails import reports as emails
from portal.laboratories.models import Comment, ContentReport, Proposal
from portal.laboratories.services.comment_subjects import Subject, subject_of
from portal.laboratories.services.comments import hide_comment, lock_comment, only_district
from portal.laboratories.states import (
    PROPOSAL_TRANSITIONS,
    CommentState,
    ProposalAction,
    ProposalState,
    ReportState,
)
from portal.moderation.models import Case
from portal.moderation.queries import find_case_of
from portal.moderation.services import open_case
from portal.moderation.states import CaseAction, CaseKind

LONGEST_CASE_TITLE = 200


@dataclass(frozen=True)
class Target:
    """What is reported."""

    thing: Proposal | Comment

    @property
    def author_id(self) -> int | None:
        """Who wrote it; None: somebody without an account."""
        return self.thing.author_id

    @property
    def about(self) -> Subject:
        """Return the proposal itself, or what the comment is about."""
        return subject_of(self.thing) if isinstance(self.thing, Comment) else Subject(self.thing)

    @property
    def is_public(self) -> bool:
        """Say whether there is anything to report."""
        return self.thing.state in (CommentState.PUBLISHED, ProposalState.PUBLISHED)

    @property
    def words(self) -> str:
        """A line that names it."""
        thing = self.thing
        return " ".join((thing.text if isinstance(thing, Comment) else thing.title).split())


def report_content(
    *, actor: Actor, proposal_id: int | None = None, comment_id: int | None = None, reason: str
) -> ContentReport:
    """Report a proposal, or a comment; several reports of one thing make one case.

    The second report of the same person changes nothing while the first is open. Raises
    `NotFoundError` for what is not public.
    """
    # Who reports the same thing at once waits here: the first one opens the case.
    target = _lock_target(proposal_id, comment_id)
    if not target.is_public:
        raise NotFoundError
    open_ones = session().scalars(_open_reports(target)).all()
    for known in open_ones:
        if actor.is_signed_in and known.reporter_id == actor.id:
            return known
    report = ContentReport(
        proposal_id=None if comment_id else proposal_id,
        comment_id=comment_id,
        reporter_id=actor.id,
        reason=reason,
        state=ReportState.OPEN,
    )
    session().add(report)
    session().flush()
    if not open_ones:
        open_case(
            actor=actor if actor.is_signed_in else PORTAL,
            kind=CaseKind.CONTENT_REPORT,
            subject_id=report.id,
            title=target.words[:LONGEST_CASE_TITLE],
            district_id=only_district(target.about.laboratory),
            is_asked_by_name=False,
        )
    return report


def apply_report_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Hide what was reported, or leave it; tell its author, and who reported it by name.

    Raises `RuleBrokenError` for who wrote it, `ForbiddenStepError` when it is no longer public.
    """
    first = session().get(ContentReport, case.subject_id)
    if first is None:
        raise NotFoundError
    target = _lock_target_of(first)
    if actor.is_signed_in and actor.id == target.author_id:
        raise RuleBrokenError(_l("You wrote this yourself: a colleague decides."))
    is_upheld = action is CaseAction.ACCEPT
    if is_upheld:
        _hide(actor, target, reason)
    reports = session().scalars(_open_reports(target)).all()
    for report in reports:
        report.state = ReportState.UPHELD if is_upheld else ReportState.DISMISSED
        report.decided_at = utc_now()
    session().flush()
    if is_upheld and target.author_id is not None:
        emails.mail_hidden(
            report=first,
            about=target.about.commented,
            words=target.words,
            reason=reason,
            reader_id=target.author_id,
            reader=get_recipient(target.author_id),
        )
    _tell_reporters(actor, reports, target, reason)


def answer_report(*, actor: Actor, report_id: int, text: str) -> ContentReport:
    """Say something, once, to the office that has hidden what one wrote.

    Raises `NotFoundError` for whom it is not about, `ForbiddenStepError` the second time.
    """
    report = session().scalar(
        select(ContentReport)
        .where(ContentReport.id == report_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if report is None or report.state is not ReportState.UPHELD:
        raise NotFoundError
    case = find_case_of(CaseKind.CONTENT_REPORT, report.id)
    if case is None or actor.account_id != _lock_target_of(report).author_id:
        raise NotFoundError
    if report.author_answer is not None:
        raise ForbiddenStepError(_l("You have answered already: the office has read it."))
    report.author_answer = text
    report.author_answered_at = utc_now()
    session().flush()
    if case.decided_by_id is not None:
        emails.mail_answered(
            report=report,
            case_id=case.id,
            author=actor.name,
            reader_id=case.decided_by_id,
            reader=get_recipient(case.decided_by_id),
        )
    return report


# --- steps


def _hide(actor: Actor, target: Target, reason: str) -> None:
    thing = target.thing
    if isinstance(thing, Comment):
        hide_comment(actor=actor, comment_id=thing.id, reason=reason)
        return
    thing.reason = reason
    take_step(
        actor=actor,
        subject=thing,
        transitions=PROPOSAL_TRANSITIONS,
        action=ProposalAction.HIDE,
        note=reason,
    )
    thing.state_at = utc_now()


def _tell_reporters(
    actor: Actor, reports: Sequence[ContentReport], target: Target, reason: str
) -> None:
    for report in reports:
        reporter_id = report.reporter_id
        if reporter_id is None or reporter_id in (actor.id, target.author_id):
            continue
        emails.mail_decided(
            report=report,
            about=target.about.commented,
            words=target.words,
            reason=reason,
            reader_id=reporter_id,
            reader=get_recipient(reporter_id),
        )


# --- loading


def _open_reports(target: Target) -> Select[ContentReport]:
    about: ColumnElement[bool] = (
        ContentReport.comment_id == target.thing.id
        if isinstance(target.thing, Comment)
        else ContentReport.proposal_id == target.thing.id
    )
    return (
        select(ContentReport)
        .where(about, ContentReport.state == ReportState.OPEN)
        .order_by(ContentReport.id)
    )


def _lock_target_of(report: ContentReport) -> Target:
    return _lock_target(report.proposal_id, report.comment_id)


def _lock_target(proposal_id: int | None, comment_id: int | None) -> Target:
    if comment_id is not None:
        comment = lock_comment(comment_id)
        if proposal_id is not None and comment.proposal_id != proposal_id:
            raise NotFoundError
        return Target(comment)
    proposal = session().get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if proposal is None:
        raise NotFoundError
    return Target(proposal)
