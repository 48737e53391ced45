"""Amending an agreement in force: written at the desk, frozen, signed by those it touches.

What was signed stays what everybody reads until the last of them has signed; then it holds at
once. A change of a text or a day touches everybody who signed, one of a commitment its party.
"""

from dataclasses import dataclass, replace
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step, take_step
from portal.laboratories.emails import agreements as emails
from portal.laboratories.models import (
    AMENDED,
    Agreement,
    AgreementVersion,
    AmendedCommitment,
    Amendment,
    Commitment,
)
from portal.laboratories.policies.agreements import AgreementGuard, Party, find_touched
from portal.laboratories.queries import signing as queries
from portal.laboratories.services.agreement_text import amend_canonical
from portal.laboratories.services.agreement_versions import (
    keep_version,
    party_of,
    tell_expected,
)
from portal.laboratories.services.agreements import AgreementGuardedError, lock_agreement
from portal.laboratories.services.commitment_drafts import CommitmentContent, write_commitment
from portal.laboratories.states import (
    AGREEMENT_TRANSITIONS,
    AMENDMENT_TRANSITIONS,
    PENDING_AMENDMENTS,
    AgreementAction,
    AgreementState,
    AmendmentAction,
    AmendmentState,
    PartyKind,
)
from portal.moderation.letter_texts import MUNICIPALITY


class AmendmentChangedError(ForbiddenStepError):
    """Somebody changed the amendment since the page was opened; `version` is the saved one."""

    sentence = _l("A colleague has changed this amendment in the meantime. Look at it again.")

    def __init__(self, version: int) -> None:
        """Keep the number of what is saved now."""
        super().__init__()
        self.version = version


@dataclass(frozen=True)
class AmendmentContent:
    """What the desk writes of an amendment; texts as they are to be from then on."""

    changes: str
    ends_on: date
    summary: str = ""
    premises: str = ""
    context: str = ""
    needs: str = ""
    objectives: str = ""
    key_project: str = ""
    sign_until: date | None = None


def start_amendment(*, actor: Actor, agreement_id: int, content: AmendmentContent) -> Amendment:
    """Begin to change an agreement in force; while a change is on its way there is no second.

    Raises `ForbiddenStepError` where the agreement is not in force or a change is on its way.
    """
    agreement = lock_agreement(agreement_id)
    if agreement.state is not AgreementState.IN_FORCE or _find_pending(agreement_id):
        raise ForbiddenStepError
    amendment = Amendment(agreement=agreement, state_at=utc_now(), created_by_id=actor.account_id)
    _write(agreement, amendment, content)
    session().add(amendment)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=Amendment.__tablename__,
        subject_id=amendment.id,
        action=AmendmentAction.DRAFT,
        to_state=amendment.state,
    )
    return amendment


def save_amendment(
    *, actor: Actor, agreement_id: int, version: int, content: AmendmentContent
) -> Amendment:
    """Save what is to change. Raises `AmendmentChangedError` when another window saved since."""
    agreement, amendment = _lock_draft(agreement_id)
    if amendment.version != version:
        raise AmendmentChangedError(amendment.version)
    _write(agreement, amendment, content)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=Amendment.__tablename__,
        subject_id=amendment.id,
        action="write",
    )
    return amendment


def amend_commitment(
    *, agreement_id: int, commitment_id: int, form_key: str, content: CommitmentContent
) -> AmendedCommitment:
    """Write a commitment of the agreement anew; it stays with who took it on.

    Raises `NotFoundError` for one of another agreement.
    """
    agreement, amendment = _lock_draft(agreement_id)
    commitment = session().get(Commitment, commitment_id)
    if commitment is None or commitment.agreement_id != agreement.id:
        raise NotFoundError
    entry = next((e for e in amendment.entries if e.commitment_id == commitment_id), None)
    if entry is None:
        entry = AmendedCommitment(commitment_id=commitment_id, form_key=form_key)
    kept = {
        name: getattr(commitment, name)
        for name in ("party_kind", "association_id", "user_id", "party_name")
    }
    write_commitment(agreement, entry, replace(content, **kept))
    # Its name as it was signed, whatever the registry calls it by now.
    entry.party_name = commitment.party_name
    return _keep_entry(amendment, entry)


def add_amended_commitment(
    *, agreement_id: int, form_key: str, content: CommitmentContent
) -> AmendedCommitment:
    """Add a commitment by way of the amendment; the same form sent again adds it once."""
    agreement, amendment = _lock_draft(agreement_id)
    known = next((e for e in amendment.entries if e.form_key == form_key), None)
    if known is not None:
        return known
    entry = AmendedCommitment(form_key=form_key)
    write_commitment(agreement, entry, content)
    return _keep_entry(amendment, entry)


def change_entry(
    *, agreement_id: int, entry_id: int, content: CommitmentContent
) -> AmendedCommitment:
    """Write a commitment that the amendment adds once more. Raises `NotFoundError`."""
    agreement, amendment = _lock_draft(agreement_id)
    entry = _get_entry(amendment, entry_id)
    if entry.commitment_id is not None:
        raise NotFoundError
    write_commitment(agreement, entry, content)
    return _keep_entry(amendment, entry)


def remove_entry(*, agreement_id: int, entry_id: int) -> None:
    """Let the amendment say nothing about a commitment; one that is gone already stays so."""
    _agreement, amendment = _lock_draft(agreement_id)
    gone = [entry for entry in amendment.entries if entry.id == entry_id]
    for entry in gone:
        amendment.entries.remove(entry)
        amendment.updated_at = utc_now()
    session().flush()


def open_amendment(*, actor: Actor, agreement_id: int, version: int) -> AgreementVersion:
    """Freeze the amended text, open it for signature, and tell those it touches.

    Raises `AgreementGuardedError` where it changes nothing, `AmendmentChangedError` where it is
    not what was read.
    """
    agreement, amendment = _lock_draft(agreement_id)
    if amendment.version != version:
        raise AmendmentChangedError(amendment.version)
    if not amendment.changed and not amendment.entries:
        raise AgreementGuardedError([AgreementGuard.NOTHING_CHANGES])
    before = queries.get_holding_version(agreement.id)
    signed = queries.load_signed_parties(agreement.id)
    entries = [party_of(entry) for entry in amendment.entries]
    frozen = keep_version(
        actor=actor,
        agreement=agreement,
        canonical=amend_canonical(before, amendment),
        changes=amendment.changes,
        parties=[
            Party(PartyKind.MUNICIPALITY, name=MUNICIPALITY),
            *find_touched(entries, signed, changes_text=bool(amendment.changed)),
        ],
    )
    amendment.version_id = frozen.id
    _move(actor, amendment, AmendmentAction.OPEN_FOR_SIGNATURE)
    tell_expected(actor=actor, agreement=agreement, sign_until=amendment.sign_until)
    return frozen


def withdraw_amendment(*, actor: Actor, agreement_id: int, reason: str) -> Amendment:
    """Give a change up, for a reason; whoever was to sign it is told. What was signed holds on."""
    agreement = lock_agreement(agreement_id)
    amendment = _get_pending(agreement_id)
    was_open = amendment.state is AmendmentState.OPEN
    amendment.withdrawn_reason = reason
    _move(actor, amendment, AmendmentAction.WITHDRAW, note=reason)
    if was_open and amendment.version_id is not None:
        rows = queries.list_people_expected(amendment.version_id)
        # Once for a person, for however many they sign.
        for person in {person.id: person for _expected, person in rows}.values():
            if person.id != actor.id:
                emails.mail_amendment_withdrawn(
                    person=person, agreement=agreement, amendment=amendment
                )
    return amendment


def settle_amendment(*, actor: Actor, version_id: int) -> bool:
    """Let an amendment hold once nobody's signature is missing; return whether it does now."""
    amendment = session().scalar(
        select(Amendment).where(
            Amendment.version_id == version_id, Amendment.state == AmendmentState.OPEN
        )
    )
    if amendment is None or queries.list_missing(version_id):
        return False
    agreement = amendment.agreement
    for name, value in amendment.changed.items():
        setattr(agreement, name, value)
    _apply_entries(amendment)
    _move(actor, amendment, AmendmentAction.ENTER_INTO_FORCE)
    take_step(
        actor=actor,
        subject=agreement,
        transitions=AGREEMENT_TRANSITIONS,
        action=AgreementAction.AMEND,
        note=amendment.changes,
    )
    session().flush()
    return True


def _write(agreement: Agreement, amendment: Amendment, content: AmendmentContent) -> None:
    if agreement.starts_on is not None and content.ends_on <= agreement.starts_on:
        raise RuleBrokenError(
            _l("An agreement ends after it starts: mend one of the two days."), "ends_on"
        )
    if content.sign_until is not None and content.sign_until < local_today():
        raise RuleBrokenError(_l("This day is over: choose one to come."), "sign_until")
    amendment.changes, amendment.sign_until = content.changes, content.sign_until
    for name in AMENDED:
        wanted = getattr(content, name)
        setattr(amendment, name, None if wanted == getattr(agreement, name) else wanted)


_COPIED = (
    "party_kind",
    "association_id",
    "user_id",
    "party_name",
    "title",
    "details",
    "due_on",
    "indicator",
    "sheet_id",
)


def _apply_entries(amendment: Amendment) -> None:
    known = {c.id: c for c in amendment.agreement.commitments}
    last = max((c.position for c in known.values()), default=0)
    for entry in amendment.entries:
        commitment = known.get(entry.commitment_id or 0)
        if commitment is None:
            last += 1
            commitment = Commitment(
                agreement_id=amendment.agreement_id,
                created_by_id=amendment.created_by_id,
                form_key=entry.form_key,
                position=last,
            )
            session().add(commitment)
        elif commitment.due_on != entry.due_on:
            # Another day: its party is reminded before that one too.
            commitment.reminded_at = None
        for name in _COPIED:
            setattr(commitment, name, getattr(entry, name))
    session().flush()
    session().expire(amendment.agreement, ["commitments"])


def _keep_entry(amendment: Amendment, entry: AmendedCommitment) -> AmendedCommitment:
    if entry not in amendment.entries:
        amendment.entries.append(entry)
    # Whoever opens the amendment at this moment has read another one.
    amendment.updated_at = utc_now()
    session().flush()
    return entry


def _get_entry(amendment: Amendment, entry_id: int) -> AmendedCommitment:
    entry = next((e for e in amendment.entries if e.id == entry_id), None)
    if entry is None:
        raise NotFoundError
    return entry


def _move(
    actor: Actor, amendment: Amendment, action: AmendmentAction, note: str | None = None
) -> None:
    take_step(
        actor=actor,
        subject=amendment,
        transitions=AMENDMENT_TRANSITIONS,
        action=action,
        note=note,
    )
    amendment.state_at = utc_now()
    session().flush()


def _find_pending(agreement_id: int) -> Amendment | None:
    return session().scalar(
        select(Amendment)
        .where(Amendment.agreement_id == agreement_id, Amendment.state.in_(PENDING_AMENDMENTS))
        .execution_options(populate_existing=True)
    )


def _get_pending(agreement_id: int) -> Amendment:
    amendment = _find_pending(agreement_id)
    if amendment is None:
        raise NotFoundError
    return amendment


def _lock_draft(agreement_id: int) -> tuple[Agreement, Amendment]:
    # Every change of it holds the agreement: whoever opens, signs or ends it waits.
    agreement = lock_agreement(agreement_id)
    amendment = _get_pending(agreement_id)
    if amendment.state is not AmendmentState.DRAFTING:
        raise ForbiddenStepError
    return agreement, amendment


__all__ = [
    "AmendmentChangedError",
    "AmendmentContent",
    "add_amended_commitment",
    "amend_commitment",
    "change_entry",
    "open_amendment",
    "remove_entry",
    "save_amendment",
    "settle_amendment",
    "start_amendment",
    "withdraw_amendment",
]
