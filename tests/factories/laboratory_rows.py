"""Rows of laboratories as the database takes them, for tests of rules below the services."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.core.files import MediaType, StoredFile, store_made
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
    Comment,
    Commitment,
    FeasibilityReview,
    Laboratory,
    Meeting,
    MunicipalOffice,
    ProjectSheet,
    Proposal,
    ProposalAnswer,
    Signature,
)
from portal.laboratories.states import (
    AgreementState,
    AnswerOutcome,
    MeetingKind,
    PartyKind,
    SheetFamily,
    SignatureMode,
)
from tests.factories.laboratories import make_laboratory
from tests.factories.people import make_user


def key() -> str:
    """Return a form key that no other form has."""
    return uuid4().hex


def make_file() -> StoredFile:
    """Store a document."""
    return store_made(name="prova.pdf", content=key().encode(), media_type=MediaType.PDF)


def _store(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def make_meeting(laboratory: Laboratory | None = None, **given: Any) -> Meeting:
    """Store a meeting; `starts_in` hours from now, two hours long."""
    start = utc_now() + timedelta(hours=given.pop("starts_in", 48))
    facts = {
        "title": "Incontro di prova",
        "kind": MeetingKind.OPEN,
        "starts_at": start,
        "ends_at": start + timedelta(hours=2),
        "closes_at": start,
        "place_name": "Orologio",
        **given,
    }
    return _store(
        Meeting(
            laboratory=laboratory or make_laboratory(),
            created_by_id=make_user().id,
            form_key=key(),
            **facts,
        )
    )


def make_office(name: str = "") -> MunicipalOffice:
    """Store an office of the municipality."""
    return _store(MunicipalOffice(name=name or f"Servizio di prova {key()[:6]}"))


def make_review(proposal: Proposal, **given: Any) -> FeasibilityReview:
    """Store a question to an office."""
    facts = {"due_on": local_today() + timedelta(days=10), **given}
    return _store(
        FeasibilityReview(
            proposal_id=proposal.id,
            office=make_office(),
            asked_by_id=make_user().id,
            asked_at=utc_now(),
            **facts,
        )
    )


def make_answer(proposal: Proposal, **given: Any) -> ProposalAnswer:
    """Store an answer; by default that it is not feasible."""
    facts = {"outcome": AnswerOutcome.NOT_FEASIBLE, "reasons": "Manca lo spazio.", **given}
    return _store(
        ProposalAnswer(
            proposal_id=proposal.id,
            office=make_office(),
            answered_by_id=make_user().id,
            published_at=utc_now(),
            due_on=local_today(),
            **facts,
        )
    )


def make_comment(proposal: Proposal, **given: Any) -> Comment:
    """Store a comment that waits for the office."""
    facts = {"text": "Abito di fronte.", **given}
    return _store(
        Comment(proposal_id=proposal.id, author_id=make_user().id, form_key=key(), **facts)
    )


def make_sheet(laboratory: Laboratory | None = None, **given: Any) -> ProjectSheet:
    """Store the draft of a project sheet."""
    facts = {"title": "Cortili aperti", "family": SheetFamily.COMMUNITY_CARE, **given}
    return _store(
        ProjectSheet(
            laboratory=laboratory or make_laboratory(),
            created_by_id=make_user().id,
            form_key=key(),
            **facts,
        )
    )


def make_agreement(laboratory: Laboratory | None = None, **given: Any) -> Agreement:
    """Store an agreement, by default in force for a year."""
    now, today = utc_now(), local_today()
    facts = {
        "state": AgreementState.IN_FORCE,
        "title": "Un quartiere che si incontra",
        "starts_on": today,
        "ends_on": today + timedelta(days=365),
        "resolution_number": "41",
        "resolution_on": today,
        "in_force_at": now,
        **given,
    }
    return _store(
        Agreement(
            laboratory=laboratory or make_laboratory(),
            slug=f"accordo-{key()[:8]}",
            state_at=now,
            **facts,
        )
    )


def make_version(agreement: Agreement, canonical: str = "{}", **given: Any) -> AgreementVersion:
    """Store a frozen text."""
    facts = {"number": 1, "sha256": hashlib.sha256(canonical.encode()).hexdigest(), **given}
    return _store(
        AgreementVersion(
            agreement=agreement,
            canonical=canonical,
            frozen_at=utc_now(),
            frozen_by_id=make_user().id,
            **facts,
        )
    )


def make_signature(version: AgreementVersion, **given: Any) -> Signature:
    """Store the signature of a person, given online."""
    user = make_user()
    facts = {
        "kind": PartyKind.PERSON,
        "mode": SignatureMode.ONLINE,
        "user_id": user.id,
        "signer_name": user.display_name,
        "fingerprint": version.sha256,
        **given,
    }
    return _store(Signature(version_id=version.id, signed_at=utc_now(), **facts))


def make_commitment(agreement: Agreement, **given: Any) -> Commitment:
    """Store a commitment of the municipality."""
    facts = {
        "party_kind": PartyKind.MUNICIPALITY,
        "party_name": "Comune di Reggio Emilia",
        "title": "Riaprire la sala piccola",
        "due_on": local_today() + timedelta(days=30),
        **given,
    }
    return _store(
        Commitment(agreement=agreement, created_by_id=make_user().id, form_key=key(), **facts)
    )
