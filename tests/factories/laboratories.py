"""Invented laboratories and proposals, made by the services."""

from datetime import timedelta
from itertools import count

from portal.accounts.models import User
from portal.core.access import PORTAL, Actor
from portal.core.clock import local_today
from portal.core.database import db
from portal.core.history import record_step
from portal.laboratories.models import Laboratory, Proposal
from portal.laboratories.services import (
    LaboratoryContent,
    ProposalContent,
    create_laboratory,
    default_phases,
    start_proposal,
    submit_proposal,
)
from portal.laboratories.states import PHASES, LaboratoryAction, Phase
from portal.moderation.models import Case
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from portal.territory.models import District
from tests.factories.people import actor_of, make_user

_numbers = count(1)


def district_id_of(code: str) -> int:
    return db.session.scalars(db.select(District.id).where(District.code == code)).one()


def make_laboratory(
    *, title: str = "Parco della Prova", districts: tuple[str, ...] = ("h",),
    phase: Phase = Phase.LISTENING, opens_in: int | None = -10, closes_in: int | None = 10,
    summary: str = "Spazi e tempi per stare insieme.",
) -> Laboratory:  # fmt: skip
    """Store a laboratory open to proposals; days are counted from today."""
    today = local_today()
    laboratory = create_laboratory(
        actor=PORTAL,
        content=LaboratoryContent(
            title=title,
            summary=summary,
            description="Un laboratorio inventato.",
            district_ids=[district_id_of(code) for code in districts],
        ),
        phases=default_phases(
            listens_from=None if opens_in is None else today + timedelta(days=opens_in),
            listens_until=None if closes_in is None else today + timedelta(days=closes_in),
        ),
    )
    move_to(laboratory, phase)
    db.session.commit()
    return laboratory


def move_to(laboratory: Laboratory, phase: Phase) -> None:
    """Put a laboratory into a phase, whatever is missing for it."""
    for following in PHASES[1 : PHASES.index(phase) + 1]:
        before, laboratory.phase = laboratory.phase, following
        db.session.flush()
        record_step(
            actor=PORTAL,
            subject_kind="laboratory",
            subject_id=laboratory.id,
            action=LaboratoryAction.ADVANCE,
            from_state=before,
            to_state=following,
        )


def make_draft(
    laboratory: Laboratory, author: User | Actor, *, title: str = "Una panchina all’ombra",
    text: str = "Davanti alla fermata non ci si siede.", association_id: int | None = None,
) -> Proposal:  # fmt: skip
    """Store a draft."""
    actor = author if isinstance(author, Actor) else actor_of(author)
    proposal = start_proposal(
        actor=actor,
        laboratory_id=laboratory.id,
        form_key=f"{next(_numbers):032d}",
        content=ProposalContent(title=title, text=text, association_id=association_id),
    )
    db.session.commit()
    return proposal


def make_submitted(laboratory: Laboratory, author: User | Actor, **fields: object) -> Proposal:
    """Store a proposal that waits in the queue."""
    actor = author if isinstance(author, Actor) else actor_of(author)
    proposal = make_draft(laboratory, actor, **fields)  # type: ignore[arg-type]
    submit_proposal(actor=actor, proposal_id=proposal.id, version=proposal.version)
    db.session.commit()
    return proposal


def case_of(proposal: Proposal) -> Case:
    return db.session.scalars(
        db.select(Case)
        .where(Case.kind == CaseKind.PROPOSAL, Case.subject_id == proposal.id)
        .order_by(Case.id.desc())
        .limit(1)
    ).one()


def decide(
    proposal: Proposal, action: CaseAction, *, reason: str = "Grazie, va bene.",
    clerk: User | None = None,
) -> Proposal:  # fmt: skip
    """Decide a waiting proposal through its case."""
    clerk = clerk or make_user(name="Carla Ufficio", roles=(Role.STAFF,))
    case = case_of(proposal)
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=action, reason=reason
    )
    db.session.commit()
    return proposal


def make_published(laboratory: Laboratory, author: User | Actor, **fields: object) -> Proposal:
    """Store a proposal that everybody reads."""
    return decide(make_submitted(laboratory, author, **fields), CaseAction.ACCEPT)
