"""A code sent to the certified e-mail of an association: who can read it, may speak for it."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.queries import get_recipient
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import db, session
from portal.core.errors import DomainError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.moderation.models import Case
from portal.moderation.states import CaseKind
from portal.registry.models import Association, Claim, ClaimCode
from portal.registry.people import MOST_TRIES
from portal.registry.people_emails import mail_claim_code, mail_claim_handed_over, mail_code_used
from portal.registry.queries import HeldTeam, find_open_claim_id, get_held_team
from portal.registry.services.claims import (
    CLAIM_HISTORY,
    claim_association,
    enrol_claimed,
    withdraw_claim,
)
from portal.registry.services.representatives import add_representative
from portal.registry.states import (
    OPEN_REQUEST_STATES,
    AssociationState,
    RequestAction,
    RequestState,
)

CODE_LASTS = timedelta(minutes=30)
NEXT_CODE_AFTER = timedelta(minutes=1)
"""A second tap on "send" is not a second mail."""
_DIGITS = 6


class WrongCodeError(DomainError):
    """The code typed is not the one that was sent; `tries_left` more may be typed."""

    sentence = _l("This is not the code that we sent.")

    def __init__(self, tries_left: int) -> None:
        """Keep how often it may still be tried."""
        super().__init__()
        self.tries_left = tries_left


class NoCodeError(DomainError):
    """No code is good any more: too old, tried too often, or never sent."""

    sentence = _l("This code is no longer good: ask for a new one.")


def send_claim_code(*, actor: Actor, association_id: int) -> None:
    """Send a new code to the certified e-mail of an association, for the actor to type in.

    An older code of the actor is void. Within a minute nothing is sent again. Raises
    `NotFoundError` for an association that is not public or whose certified e-mail is unknown,
    `RuleBrokenError` when the actor represents it already.
    """
    association = _claimable(actor, association_id)
    now = utc_now()
    known = session().scalar(select(ClaimCode.sent_at).where(*_is_of(actor, association_id)))
    if known is not None and known > now - NEXT_CODE_AFTER:
        return
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
    values = {
        "code_hash": _hash(actor, association_id, code),
        "sent_at": now,
        "expires_at": now + CODE_LASTS,
        "tries": 0,
    }
    kept = session().scalars(
        insert(ClaimCode)
        .values(association_id=association_id, user_id=actor.account_id, **values)
        .on_conflict_do_update(index_elements=["association_id", "user_id"], set_=values)
        .returning(ClaimCode)
        .execution_options(populate_existing=True)
    )
    mail_claim_code(
        association=association,
        claim_code=kept.one(),
        code=code,
        person=get_recipient(actor.account_id).name,
    )


def claim_with_code(
    *, actor: Actor, association_id: int, code: str, applicant_role: str, has_declared: bool
) -> Claim:
    """Hand the page over to who typed the code, at once where nobody else speaks or asks for it.

    Otherwise the claim goes to the office, which reads that the code was right. Each code works
    once. Raises `WrongCodeError`, `NoCodeError`, and what `send_claim_code` raises.
    """
    _claimable(actor, association_id)
    _check_code(actor, association_id, code)
    own_id = _hold_own_claim(actor, association_id)
    team = get_held_team(association_id)
    if team.members or _others_claim(actor, association_id):
        claim = claim_association(
            actor=actor,
            association_id=association_id,
            applicant_role=applicant_role,
            evidence=_("I typed the code sent to the certified e-mail."),
            has_declared=has_declared,
        )
        claim.certified_at = utc_now()
        session().flush()
        _record(actor, claim, team, "certify", None)
        return claim
    if own_id is not None:
        # The code says more than it did: the office need not look at it any more.
        withdraw_claim(actor=actor, claim_id=own_id)
    return _hand_over(actor, team, applicant_role, has_declared=has_declared)


def _hand_over(actor: Actor, team: HeldTeam, applicant_role: str, *, has_declared: bool) -> Claim:
    association, now = team.association, utc_now()
    claim = Claim(
        applicant_id=actor.account_id,
        association_id=association.id,
        state=RequestState.ACCEPTED,
        submitted_at=now,
        applicant_role=applicant_role,
        evidence=_("I typed the code sent to the certified e-mail."),
        has_declared=has_declared,
        certified_at=now,
    )
    session().add(claim)
    session().flush()
    _record(actor, claim, team, RequestAction.ACCEPT, claim.state)
    enrol_claimed(actor=actor, association=association)
    add_representative(
        actor=actor,
        association=association,
        user_id=actor.account_id,
        capacity=applicant_role,
    )
    reader = get_recipient(actor.account_id)
    mail_claim_handed_over(
        association=association, claim_id=claim.id, person=reader.name, reader=reader
    )
    mail_code_used(association=association, claim_id=claim.id, person=reader.name)
    return claim


def _claimable(actor: Actor, association_id: int) -> Association:
    association = session().get(Association, association_id)
    is_public = association is not None and association.state is not AssociationState.REMOVED
    if association is None or not is_public or not association.certified_email:
        raise NotFoundError
    if association_id in actor.association_ids:
        raise RuleBrokenError(_l("You already represent this association."))
    return association


def _check_code(actor: Actor, association_id: int, code: str) -> None:
    """Count the try, then compare; what is counted stays counted, whatever becomes of the rest."""
    with db.engine.begin() as connection:
        # A connection of its own: a refused form is rolled back, and guessing would be free.
        row = connection.execute(
            update(ClaimCode)
            .where(
                *_is_of(actor, association_id),
                ClaimCode.tries < MOST_TRIES,
                ClaimCode.expires_at > utc_now(),
            )
            .values(tries=ClaimCode.tries + 1)
            .returning(ClaimCode.code_hash, ClaimCode.tries)
        ).one_or_none()
    if row is None:
        raise NoCodeError
    if not hmac.compare_digest(row.code_hash, _hash(actor, association_id, code)):
        if row.tries >= MOST_TRIES:
            raise NoCodeError
        raise WrongCodeError(MOST_TRIES - row.tries)
    used = session().execute(
        delete(ClaimCode)
        .where(*_is_of(actor, association_id), ClaimCode.code_hash == row.code_hash)
        .returning(ClaimCode.id)
    )
    if used.one_or_none() is None:
        # Typed twice at the same moment: the other press did it.
        raise NoCodeError


def _hold_own_claim(actor: Actor, association_id: int) -> int | None:
    """Return the actor's open claim; case and claim are held before the association, as always."""
    own_id = find_open_claim_id(user_id=actor.account_id, association_id=association_id)
    if own_id is not None:
        case = select(Case.id).where(Case.kind == CaseKind.CLAIM, Case.subject_id == own_id)
        session().execute(case.with_for_update())
        session().execute(select(Claim.id).where(Claim.id == own_id).with_for_update())
    return own_id


def _others_claim(actor: Actor, association_id: int) -> bool:
    asked = exists().where(
        Claim.association_id == association_id,
        Claim.applicant_id != actor.account_id,
        Claim.state.in_(OPEN_REQUEST_STATES),
    )
    return bool(session().scalar(select(asked)))


def _record(
    actor: Actor,
    claim: Claim,
    team: HeldTeam,
    action: RequestAction | str,
    to_state: RequestState | None,
) -> None:
    record_step(
        actor=actor,
        subject_kind=CLAIM_HISTORY,
        subject_id=claim.id,
        action=action,
        to_state=to_state,
        on_behalf_of=team.association.name,
    )


def _is_of(actor: Actor, association_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ClaimCode.association_id == association_id,
        ClaimCode.user_id == actor.account_id,
    )


def _hash(actor: Actor, association_id: int, code: str) -> str:
    """Return what is kept of a code: useless without the portal's secret."""
    text = f"claim-code:{association_id}:{actor.account_id}:{code}"
    key = str(current_app.secret_key).encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
