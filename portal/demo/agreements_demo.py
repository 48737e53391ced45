"""Two agreements of the demo: one in force, with its commitments, one that can be signed today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select

from portal.core.access import PORTAL, Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.demo.agreement_texts import (
    COURSES,
    SPOKESPERSON,
    DemoCommitment,
    DemoCourse,
    DemoReport,
    DemoSheet,
)
from portal.demo.days import days_ago
from portal.demo.ended_agreement import CORTILE, end_agreement
from portal.demo.requests_demo import make_paper
from portal.laboratories.models import Agreement, Commitment, ProjectSheet, Proposal
from portal.laboratories.queries.endings import list_agreements_to_tell
from portal.laboratories.queries.signing import get_newest_version
from portal.laboratories.services import (
    BudgetContent,
    IndicatorContent,
    PartyContent,
    ProgressContent,
    add_line,
    advance_phase,
    explain_delay,
    force,
    report_progress,
    save_sheet,
    share_sheet,
    start_sheet,
)
from portal.laboratories.services import agreements as services
from portal.laboratories.services.commitment_drafts import CommitmentContent, add_commitment
from portal.laboratories.services.draft_marks import mark_draft
from portal.laboratories.services.signing import (
    PaperContent,
    SignatureContent,
    record_paper_signature,
    sign_agreement,
)
from portal.laboratories.states import PartyKind, ProposalState
from portal.moderation.letter_texts import MUNICIPALITY
from portal.registry.queries import get_association


@dataclass(frozen=True)
class _Cast:
    """Who acts."""

    leader: Actor
    people: Mapping[str, Actor]
    today: date
    """The real one, also on a day of the past."""

    @property
    def association_id(self) -> int:
        """Return the association the spokesperson represents."""
        return min(self.people[SPOKESPERSON].association_ids)

    def day(self, days: int) -> date:
        """Return the day so many days from today."""
        return self.today + timedelta(days=days)


def seed_agreements(
    leader: Actor, people: Mapping[str, Actor], laboratory_ids: Mapping[str, int]
) -> None:
    """Take laboratories through their phases to their agreements, day by day.

    Their meetings, proposals and answers are there already: the guards of every phase are asked.
    """
    for course in (CORTILE, *COURSES):
        _take(_Cast(leader, people, local_today()), laboratory_ids[course.laboratory], course)
    end_agreement(leader, people, laboratory_ids[CORTILE.laboratory])
    # The agreement in force ends in eighty days: ten days ago its signatories were told.
    with days_ago(10):
        for agreement_id in list_agreements_to_tell():
            force.tell_of_ending(actor=PORTAL, agreement_id=agreement_id)


def _take(cast: _Cast, laboratory_id: int, course: DemoCourse) -> None:
    _advance_on(course.feasible, cast, laboratory_id)
    _advance_on(course.sharing, cast, laboratory_id)
    with days_ago(course.shared + 5):
        sheets = [_write_sheet(cast, laboratory_id, sheet) for sheet in course.sheets]
        agreement = _draft(cast, laboratory_id, course, sheets)
    with days_ago(course.shared):
        services.share_agreement(actor=cast.leader, agreement_id=agreement.id)
    _advance_on(course.approval, cast, laboratory_id)
    with days_ago(course.approved):
        services.approve_agreement(
            actor=cast.leader,
            agreement_id=agreement.id,
            version=agreement.version,
            seen=mark_draft(agreement.id),
            number=course.resolution,
            approved_on=local_today(),
        )
    _advance_on(course.approved - 1, cast, laboratory_id)
    with days_ago(course.opened):
        services.open_for_signature(actor=cast.leader, agreement_id=agreement.id)
        _sign(cast, agreement, course)
    if course.in_force is None:
        return
    with days_ago(course.in_force):
        force.enter_into_force(actor=cast.leader, agreement_id=agreement.id)
    _advance_on(course.in_force - 1, cast, laboratory_id)
    _follow(cast, agreement, course)


def _write_sheet(cast: _Cast, laboratory_id: int, demo: DemoSheet) -> ProjectSheet:
    accepted = session().scalars(
        select(Proposal.id).where(
            Proposal.laboratory_id == laboratory_id,
            Proposal.state == ProposalState.PUBLISHED,
            Proposal.title.in_(demo.proposals),
        )
    )
    sheet = start_sheet(
        actor=cast.leader,
        laboratory_id=laboratory_id,
        form_key=uuid4().hex,
        title=demo.title,
        family=demo.family,
        proposal_ids=list(accepted),
    )
    texts = {"title": demo.title, "family": demo.family, **demo.texts}
    save_sheet(actor=cast.leader, sheet_id=sheet.id, version=sheet.version, texts=texts)
    for kind, name, does in demo.parties:
        content = PartyContent(kind, _name(cast, kind, name), does, _listed(cast, kind))
        add_line(actor=cast.leader, sheet_id=sheet.id, content=content)
    for source, words, cents in demo.budget:
        line = BudgetContent(source, words, cents)
        add_line(actor=cast.leader, sheet_id=sheet.id, content=line)
    for words, unit, target in demo.indicators:
        counted = IndicatorContent(words, unit, Decimal(target))
        add_line(actor=cast.leader, sheet_id=sheet.id, content=counted)
    return share_sheet(actor=cast.leader, sheet_id=sheet.id)


def _draft(
    cast: _Cast, laboratory_id: int, course: DemoCourse, sheets: list[ProjectSheet]
) -> Agreement:
    start = course.in_force if course.in_force is not None else course.opened - 30
    agreement = services.start_agreement(
        actor=cast.leader,
        laboratory_id=laboratory_id,
        content=services.AgreementContent(
            title=course.title,
            summary=course.summary,
            starts_on=cast.day(-start),
            ends_on=cast.day(course.ends),
            sign_until=None if course.sign_until is None else cast.day(course.sign_until),
            **course.texts,
        ),
    )
    services.choose_sheets(
        actor=cast.leader,
        agreement_id=agreement.id,
        version=agreement.version,
        sheet_ids=[sheet.id for sheet in sheets],
    )
    for demo in course.commitments:
        add_commitment(
            actor=cast.leader,
            agreement_id=agreement.id,
            form_key=uuid4().hex,
            content=CommitmentContent(
                party_kind=demo.kind,
                title=demo.title,
                due_on=cast.day(demo.due),
                indicator=demo.indicator,
                association_id=_listed(cast, demo.kind),
                user_id=cast.people[demo.speaks].id if demo.speaks else None,
                party_name=demo.name,
                sheet_id=None if demo.sheet is None else sheets[demo.sheet].id,
            ),
        )
    return agreement


def _sign(cast: _Cast, agreement: Agreement, course: DemoCourse) -> None:
    seen = get_newest_version(agreement.id).sha256
    as_leader = SignatureContent(PartyKind.MUNICIPALITY, seen, role_words="architetta di quartiere")
    sign_agreement(actor=cast.leader, agreement_id=agreement.id, content=as_leader, leads=True)
    for email in course.signers:
        content = SignatureContent(PartyKind.PERSON, seen)
        if email == SPOKESPERSON:
            content = SignatureContent(
                PartyKind.ASSOCIATION, seen, cast.association_id, role_words="presidente"
            )
        sign_agreement(actor=cast.people[email], agreement_id=agreement.id, content=content)
    for speaks, name in _groups(course):
        content = SignatureContent(PartyKind.GROUP, seen, party_name=name, role_words="portavoce")
        if course.in_force is not None:
            sign_agreement(actor=cast.people[speaks], agreement_id=agreement.id, content=content)
    for name, by_initials in course.on_paper:
        record_paper_signature(
            actor=cast.leader,
            agreement_id=agreement.id,
            content=SignatureContent(PartyKind.PERSON, seen, shows_initials=by_initials),
            paper=PaperContent(name, local_today()),
            scan=make_paper("foglio-firmato"),
        )


def _groups(course: DemoCourse) -> set[tuple[str, str]]:
    return {(demo.speaks, demo.name) for demo in course.commitments if demo.speaks}


def _follow(cast: _Cast, agreement: Agreement, course: DemoCourse) -> None:
    kept = session().scalars(
        select(Commitment)
        .where(Commitment.agreement_id == agreement.id)
        .order_by(Commitment.position)
    )
    for commitment, demo in zip(kept.all(), course.commitments, strict=True):
        for report in demo.reports:
            _report(cast, commitment, demo, report)
        if demo.late_because:
            with days_ago(10):
                explain_delay(
                    actor=_speaker(cast, demo),
                    commitment_id=commitment.id,
                    version=commitment.version,
                    reason=demo.late_because,
                )


def _report(cast: _Cast, commitment: Commitment, demo: DemoCommitment, report: DemoReport) -> None:
    with days_ago(report.days_ago):
        report_progress(
            actor=_speaker(cast, demo),
            commitment_id=commitment.id,
            form_key=uuid4().hex,
            content=ProgressContent(report.text, says_done=report.says_done),
            # What the leader writes needs nobody else to confirm it; the rest they confirmed.
            is_confirmed=True,
        )


def _speaker(cast: _Cast, demo: DemoCommitment) -> Actor:
    if demo.kind is PartyKind.MUNICIPALITY:
        return cast.leader
    if demo.kind is PartyKind.ASSOCIATION:
        return cast.people[SPOKESPERSON]
    return cast.people[demo.speaks or SPOKESPERSON]


def _name(cast: _Cast, kind: PartyKind, name: str) -> str:
    if kind is PartyKind.MUNICIPALITY:
        return MUNICIPALITY
    return get_association(cast.association_id).name if kind is PartyKind.ASSOCIATION else name


def _listed(cast: _Cast, kind: PartyKind) -> int | None:
    return cast.association_id if kind is PartyKind.ASSOCIATION else None


def _advance_on(days: int, cast: _Cast, laboratory_id: int) -> None:
    with days_ago(days):
        advance_phase(actor=cast.leader, laboratory_id=laboratory_id)
