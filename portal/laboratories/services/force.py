"""An agreement enters into force, and leaves it: closed, renewed, ended early (behaviour 27)."""

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError
from portal.core.history import record_step
from portal.laboratories.emails import endings as emails
from portal.laboratories.models import Agreement
from portal.laboratories.policies.agreements import find_force_guards
from portal.laboratories.policies.endings import (
    find_closing_guards,
    find_early_end_guards,
    find_notice,
    find_renewal_guards,
)
from portal.laboratories.queries import endings as queries
from portal.laboratories.queries import signing
from portal.laboratories.queries.evaluation import list_signatory_people
from portal.laboratories.queries.parties import find_leader
from portal.laboratories.services.agreements import (
    HISTORY,
    AgreementGuardedError,
    lock_agreement,
    move_agreement,
)
from portal.laboratories.states import AgreementAction, AgreementState


def enter_into_force(*, actor: Actor, agreement_id: int) -> Agreement:
    """Bring the agreement into force: the municipality and at least one other have signed.

    The agreement it renews is renewed with it. Raises `AgreementGuardedError` with everything
    missing, of the one before too: its account is published, nothing of it is left open.
    """
    agreement = lock_agreement(agreement_id)
    past = _lock_past(agreement)
    guards = (
        *find_force_guards(signing.load_signed_kinds(agreement.id)),
        *find_renewal_guards(queries.load_ending_facts(past) if past else None),
    )
    if guards:
        raise AgreementGuardedError(guards)
    agreement.in_force_at = utc_now()
    move_agreement(actor=actor, agreement=agreement, action=AgreementAction.ENTER_INTO_FORCE)
    if past is not None:
        _end(actor, past, AgreementAction.RENEW)
    return agreement


def close_agreement(*, actor: Actor, agreement_id: int) -> Agreement:
    """Close an agreement whose time is over and that is accounted for; its signatories are told.

    Raises `AgreementGuardedError` with everything missing.
    """
    agreement = lock_agreement(agreement_id)
    if agreement.state is not AgreementState.IN_FORCE:
        raise ForbiddenStepError
    guards = find_closing_guards(queries.load_ending_facts(agreement))
    if guards:
        raise AgreementGuardedError(guards)
    return _end(actor, agreement, AgreementAction.CLOSE)


def end_agreement_early(*, actor: Actor, agreement_id: int, reason: str) -> Agreement:
    """End an agreement before its day, for a reason everybody reads; its signatories are told."""
    agreement = lock_agreement(agreement_id)
    if agreement.state is not AgreementState.IN_FORCE:
        raise ForbiddenStepError
    guards = find_early_end_guards(queries.load_ending_facts(agreement))
    if guards:
        raise AgreementGuardedError(guards)
    agreement.closing_words = reason
    return _end(actor, agreement, AgreementAction.END_EARLY, reason)


def tell_of_ending(*, actor: Actor, agreement_id: int) -> int | None:
    """Tell the signatories and who leads that the end comes, 90 and 30 days before it.

    For the job: each notice goes once for a last day, however often it runs. Returns which
    notice went, None where none was due.
    """
    agreement = lock_agreement(agreement_id)
    ends_on = agreement.ends_on
    if agreement.state is not AgreementState.IN_FORCE or ends_on is None:
        return None
    notice = find_notice(
        ends_on,
        local_today(),
        told_days=agreement.told_days_before,
        told_for=agreement.told_ends_on,
    )
    if notice is None:
        return None
    leader = find_leader(agreement.id)
    people = {person.id: person for person in list_signatory_people(agreement.id)}
    if leader is not None:
        people[leader.id] = leader
    for person in people.values():
        emails.mail_ending(person=person, agreement=agreement, notice=notice)
    agreement.told_days_before, agreement.told_ends_on = notice, ends_on
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=agreement.id,
        action="tell_of_ending",
        note=str(notice),
    )
    return notice


def _lock_past(agreement: Agreement) -> Agreement | None:
    past = queries.find_past(agreement)
    if past is None:
        return None
    past = lock_agreement(past.id)
    return past if past.state is AgreementState.IN_FORCE else None


def _end(
    actor: Actor, agreement: Agreement, action: AgreementAction, note: str | None = None
) -> Agreement:
    agreement.ended_at = utc_now()
    move_agreement(actor=actor, agreement=agreement, action=action, note=note)
    for person in list_signatory_people(agreement.id):
        if person.id != actor.id:
            emails.mail_ended(person=person, agreement=agreement)
    return agreement
