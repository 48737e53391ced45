"""Somebody who said something in the demo and has erased the account since."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from portal.accounts.queries import find_account_facts, find_user_by_email
from portal.accounts.services import create_account, erase_account
from portal.core.access import PORTAL
from portal.core.clock import frozen, utc_now
from portal.core.database import session
from portal.demo.talk_demo import CLERK, COURT
from portal.laboratories.models import Proposal
from portal.laboratories.services import write_comment
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind

OTTAVIO = "ottavio.prova@example.org"
WORDS = "Potremmo mettere due canestri: quelli del parco sono rotti da anni."


def seed_erasure() -> None:
    """Show what is read of who is gone: the words, and “persona non più iscritta”."""
    clerk = find_user_by_email(CLERK)
    if clerk is None:
        raise LookupError(CLERK)
    proposal_id = session().scalars(select(Proposal.id).where(Proposal.title == COURT)).one()
    ottavio = create_account(actor=PORTAL, email=OTTAVIO, name="Ottavio Prova")
    with frozen(utc_now() - timedelta(hours=70)):
        comment = write_comment(
            actor=ottavio, proposal_id=proposal_id, text=WORDS, form_key=uuid4().hex
        )
    case = find_case_of(CaseKind.COMMENT, comment.id)
    if case is None:
        raise LookupError(WORDS)
    with frozen(utc_now() - timedelta(hours=66)):
        decide_case(
            actor=find_account_facts(clerk),
            case_id=case.id,
            version=case.version,
            action=CaseAction.ACCEPT,
            reason="Grazie, pubblicato.",
        )
    with frozen(utc_now() - timedelta(hours=40)):
        erase_account(actor=ottavio, proof=OTTAVIO)
