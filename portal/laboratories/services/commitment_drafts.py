"""Commitments while the text of their agreement is written: they are part of what is frozen."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from portal.accounts.credentials import normalise_email
from portal.accounts.queries import find_user_by_email
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.laboratories.models import Agreement, AmendedCommitment, Commitment, ProjectSheet
from portal.laboratories.services.agreements import lock_agreement
from portal.laboratories.services.draft_marks import AgreementChangedError
from portal.laboratories.states import EDITABLE_AGREEMENTS, PartyKind
from portal.moderation.letter_texts import MUNICIPALITY
from portal.registry.queries import get_association


@dataclass(frozen=True)
class CommitmentContent:
    """What one party takes on."""

    party_kind: PartyKind
    title: str
    due_on: date
    details: str | None = None
    indicator: str | None = None
    association_id: int | None = None
    user_id: int | None = None
    """Who speaks for a party that is neither an association nor the municipality."""
    party_name: str = ""
    """Of whoever neither the registry nor the municipality names."""
    sheet_id: int | None = None


def add_commitment(
    *, actor: Actor, agreement_id: int, form_key: str, content: CommitmentContent
) -> Commitment:
    """Add a commitment to a draft; the same form (`form_key`) sent again adds it once."""
    agreement = _lock_draft(agreement_id)
    known = session().scalar(
        select(Commitment).where(
            Commitment.created_by_id == actor.account_id, Commitment.form_key == form_key
        )
    )
    if known is not None:
        return known
    last = session().scalar(
        select(func.max(Commitment.position)).where(Commitment.agreement_id == agreement_id)
    )
    commitment = Commitment(
        agreement=agreement,
        created_by_id=actor.account_id,
        form_key=form_key,
        position=(last or 0) + 1,
    )
    write_commitment(agreement, commitment, content)
    session().add(commitment)
    session().flush()
    session().expire(agreement, ["commitments"])
    return commitment


def change_commitment(
    *, agreement_id: int, commitment_id: int, version: int, content: CommitmentContent
) -> Commitment:
    """Change a commitment of a draft; raises `AgreementChangedError` if somebody else did."""
    agreement = _lock_draft(agreement_id)
    commitment = _get(agreement, commitment_id)
    if commitment.version != version:
        raise AgreementChangedError(commitment.version)
    write_commitment(agreement, commitment, content)
    session().flush()
    return commitment


def remove_commitment(*, agreement_id: int, commitment_id: int) -> None:
    """Take a commitment out of a draft; one that is gone already stays so."""
    agreement = _lock_draft(agreement_id)
    session().execute(
        delete(Commitment).where(
            Commitment.id == commitment_id, Commitment.agreement_id == agreement.id
        )
    )
    session().expire_all()


def find_spokesperson(words: str) -> int | None:
    """Return whose account has this e-mail address, None for no words.

    Raises `RuleBrokenError` where nobody has it.
    """
    if not words:
        return None
    try:
        person = find_user_by_email(normalise_email(words))
    except ValueError:
        person = None
    if person is None or not person.active:
        raise RuleBrokenError(
            _l("Nobody has an account with this address: ask them to register first."),
            "spokesperson",
        )
    return person.id


def write_commitment(
    agreement: Agreement, commitment: Commitment | AmendedCommitment, content: CommitmentContent
) -> None:
    """Write what was typed; raises `RuleBrokenError` for a party or a sheet that is none."""
    if content.sheet_id is not None:
        sheet = session().get(ProjectSheet, content.sheet_id)
        if sheet is None or sheet.laboratory_id != agreement.laboratory_id:
            raise RuleBrokenError(_l("Choose one of those offered."), "sheet")
    commitment.party_kind = content.party_kind
    is_association = content.party_kind is PartyKind.ASSOCIATION
    commitment.association_id = content.association_id if is_association else None
    speaks = content.party_kind not in {PartyKind.ASSOCIATION, PartyKind.MUNICIPALITY}
    commitment.user_id = content.user_id if speaks else None
    commitment.party_name = _party_name(content)
    commitment.title, commitment.details = content.title, content.details or None
    commitment.due_on, commitment.indicator = content.due_on, content.indicator or None
    commitment.sheet_id = content.sheet_id


def _party_name(content: CommitmentContent) -> str:
    if content.party_kind is PartyKind.MUNICIPALITY:
        return MUNICIPALITY
    if content.party_kind is PartyKind.ASSOCIATION:
        if content.association_id is None:
            raise RuleBrokenError(_l("Choose the association from the registry."), "association")
        return get_association(content.association_id).name
    if not content.party_name:
        raise RuleBrokenError(_l("Write who takes it on."), "party_name")
    return content.party_name


def _lock_draft(agreement_id: int) -> Agreement:
    # Every commitment changes the text: whoever approves at this moment waits, or is waited for.
    agreement = lock_agreement(agreement_id)
    if agreement.state not in EDITABLE_AGREEMENTS:
        raise ForbiddenStepError
    return agreement


def _get(agreement: Agreement, commitment_id: int) -> Commitment:
    commitment = session().get(Commitment, commitment_id, populate_existing=True)
    if commitment is None or commitment.agreement_id != agreement.id:
        raise NotFoundError
    return commitment
