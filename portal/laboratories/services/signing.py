"""Signing an agreement: online, on paper with its scan, and claiming what was signed on paper."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage

from portal.core.access import Actor
from portal.core.clock import from_local, local_today, utc_now
from portal.core.database import session
from portal.core.errors import RuleBrokenError
from portal.core.files import store_upload
from portal.core.history import record_step
from portal.laboratories.models import Agreement, AgreementVersion, Signature
from portal.laboratories.policies.agreements import Party, SignatureWish, decide_signature
from portal.laboratories.queries import signing as queries
from portal.laboratories.services.agreement_versions import defer_document
from portal.laboratories.services.agreements import lock_agreement
from portal.laboratories.services.amendments import settle_amendment
from portal.laboratories.states import PartyKind, SignatureMode, SignatureRefusal
from portal.moderation.letter_texts import MUNICIPALITY
from portal.registry.queries import get_association

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without what is easily mistaken for something else on paper."""
CODE_LENGTH = 12
"""30^12: more than a throttled guesser tries in any time that matters."""

SENTENCES = {
    SignatureRefusal.NOT_OPEN: _l("This agreement is not open for signature."),
    SignatureRefusal.DEADLINE_OVER: _l("The time for signing is over."),
    SignatureRefusal.NOT_SIGNED_IN: _l("Sign in to sign the agreement."),
    SignatureRefusal.TEXT_CHANGED: _l(
        "The text has changed since you opened this page. Read it again before you sign."
    ),
    SignatureRefusal.ALREADY_SIGNED: _l("This text has been signed already on this behalf."),
    SignatureRefusal.NOT_REPRESENTATIVE: _l("You do not represent this association."),
    SignatureRefusal.NOT_SPOKESPERSON: _l(
        "Nobody has named you as speaking for them. Ask the office, or sign on paper."
    ),
    SignatureRefusal.NOT_MUNICIPALITY: _l("The municipality signs at its own desk."),
    SignatureRefusal.NOT_TOUCHED: _l("This change is signed by those it touches."),
}


class SignatureRefusedError(RuleBrokenError):
    """A signature cannot be given; `refusal` says why."""

    def __init__(self, refusal: SignatureRefusal) -> None:
        """Keep the named reason."""
        super().__init__(SENTENCES[refusal])
        self.refusal = refusal


@dataclass(frozen=True)
class SignatureContent:
    """As whom somebody signs, and which text they have read."""

    kind: PartyKind
    seen_sha256: str
    association_id: int | None = None
    party_name: str | None = None
    """Of a group, school or body."""
    role_words: str | None = None
    shows_initials: bool = False


@dataclass(frozen=True)
class PaperContent:
    """What stands on the sheet that was signed."""

    signer_name: str
    signed_on: date


def sign_agreement(
    *, actor: Actor, agreement_id: int, content: SignatureContent, leads: bool = False
) -> Signature:
    """Sign the newest version online, for oneself or for those one may sign for.

    `leads`: the actor leads the laboratory and may sign for the municipality. Raises
    `SignatureRefusedError` with the named reason.
    """
    agreement, version = _lock(agreement_id)
    _check(actor, agreement, version, content, actor.id, leads=leads)
    signature = _make(version, content, actor.name)
    signature.user_id = actor.account_id
    signature.mode, signature.signed_at = SignatureMode.ONLINE, utc_now()
    return _keep(actor, signature)


def record_paper_signature(
    *,
    actor: Actor,
    agreement_id: int,
    content: SignatureContent,
    paper: PaperContent,
    scan: FileStorage,
) -> tuple[Signature, str]:
    """Keep a signature given on paper with its scan; return it with the code that claims it.

    The code is shown once, on the receipt: only its fingerprint is kept. Raises
    `SignatureRefusedError`, `FileRefusedError`, `RuleBrokenError` for a day to come.
    """
    agreement, version = _lock(agreement_id)
    if paper.signed_on > local_today():
        raise RuleBrokenError(_l("This day is still to come."), "signed_on")
    name = paper.signer_name if content.kind is PartyKind.PERSON else (content.party_name or "")
    _check(actor, agreement, version, content, None, leads=True, on_paper=True, name=name)
    code = "".join(secrets.choice(CODE_LETTERS) for _n in range(CODE_LENGTH))
    signature = _make(version, content, paper.signer_name)
    signature.mode = SignatureMode.PAPER
    signature.signed_at = from_local(datetime.combine(paper.signed_on, time(12)))
    signature.recorded_by_id = actor.account_id
    signature.claim_key = hash_code(code)
    signature.scan_id = store_upload(upload=scan).id
    return _keep(actor, signature), code


def claim_signature(*, actor: Actor, code: str) -> Signature:
    """Link what was signed on paper to the account of who holds its code; a code works once.

    Raises `RuleBrokenError` for a code that is none, or was used.
    """
    signature = session().scalar(
        select(Signature).where(Signature.claim_key == hash_code(code)).with_for_update()
    )
    if signature is None:
        raise RuleBrokenError(_l("This code is not right, or has been used already."), "code")
    if signature.kind is PartyKind.PERSON and _has_signed(actor, signature.version_id):
        raise SignatureRefusedError(SignatureRefusal.ALREADY_SIGNED)
    signature.user_id, signature.claim_key = actor.account_id, None
    session().flush()
    _record(actor, signature, "claim_signature")
    return signature


def forget_signer(*, user_id: int) -> None:
    """Part signatures from an account that is erased: they stay, as the agreement does.

    The public reads initials from then on, on the page and in the PDF, which is made anew.
    """
    parted = (
        update(Signature)
        .where(Signature.user_id == user_id)
        .values(user_id=None, erased_at=utc_now(), shows_initials=True)
    )
    for version_id in sorted(set(session().scalars(parted.returning(Signature.version_id)))):
        defer_document(version_id)


def hash_code(code: str) -> str:
    """Return what is kept of a claim code, however it was typed."""
    typed = "".join(c for c in code.upper() if c.isalnum())
    return hashlib.sha256(typed.encode()).hexdigest()


def _check(
    actor: Actor,
    agreement: Agreement,
    version: AgreementVersion,
    content: SignatureContent,
    user_id: int | None,
    *,
    leads: bool,
    on_paper: bool = False,
    name: str = "",
) -> None:
    party = Party(content.kind, content.association_id, user_id, name or content.party_name or "")
    refusal = decide_signature(
        actor,
        queries.load_signing_facts(agreement, version),
        SignatureWish(party, content.seen_sha256, leads=leads, on_paper=on_paper),
        today=local_today(),
    )
    if refusal is not None:
        raise SignatureRefusedError(refusal)


def _make(version: AgreementVersion, content: SignatureContent, signer_name: str) -> Signature:
    return Signature(
        signed_version=version,
        version_id=version.id,
        fingerprint=version.sha256,
        kind=content.kind,
        signer_name=signer_name,
        association_id=content.association_id,
        party_name=_party_name(content),
        role_words=content.role_words or None,
        shows_initials=content.shows_initials and content.kind is PartyKind.PERSON,
    )


def _party_name(content: SignatureContent) -> str | None:
    if content.kind is PartyKind.PERSON:
        return None
    if content.kind is PartyKind.MUNICIPALITY:
        return MUNICIPALITY
    if content.association_id is not None:
        return get_association(content.association_id).name
    return content.party_name


def _keep(actor: Actor, signature: Signature) -> Signature:
    session().add(signature)
    session().flush()
    _record(actor, signature, "sign")
    defer_document(signature.version_id)
    # The last signature of an amendment lets it hold at this very moment.
    settle_amendment(actor=actor, version_id=signature.version_id)
    return signature


def _record(actor: Actor, signature: Signature, action: str) -> None:
    record_step(
        actor=actor,
        subject_kind="agreement",
        subject_id=signature.signed_version.agreement_id,
        action=action,
        on_behalf_of=signature.party_name,
    )


def _has_signed(actor: Actor, version_id: int) -> bool:
    found = session().scalar(
        select(Signature.id).where(
            Signature.version_id == version_id,
            Signature.user_id == actor.id,
            Signature.kind == PartyKind.PERSON,
        )
    )
    return found is not None


def _lock(agreement_id: int) -> tuple[Agreement, AgreementVersion]:
    # Held: two who sign at once stand in a line, and nobody takes the text back meanwhile.
    agreement = lock_agreement(agreement_id)
    return agreement, queries.get_newest_version(agreement.id)


__all__ = [
    "PaperContent",
    "SignatureContent",
    "SignatureRefusedError",
    "claim_signature",
    "forget_signer",
    "hash_code",
    "record_paper_signature",
    "sign_agreement",
]
