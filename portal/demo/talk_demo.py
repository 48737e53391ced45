"""What people say about the demo's proposals: supports, comments, one waiting, one hidden."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.queries import find_account_facts
from portal.core.access import ANONYMOUS, Actor
from portal.core.clock import frozen, utc_now
from portal.core.database import session
from portal.laboratories.models import Comment, Proposal
from portal.laboratories.services import (
    find_useful,
    report_content,
    support_proposal,
    write_comment,
)
from portal.laboratories.states import CommentState, ProposalState
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind

CITIZEN, SPOKESPERSON = "cittadina@example.org", "associazione@example.org"
CLERK, ARCHITECT = "operatore@example.org", "architetta@example.org"
SAMIRA, PAOLO, IVANA = (f"{name}.prova@example.org" for name in ("samira", "paolo", "ivana"))

COURT = "Il cortile della scuola aperto il pomeriggio"
READINGS = "Letture ad alta voce sotto i tigli"
FOUNTAIN = "Una fontanella vicino al campetto"

SUPPORTS = (
    (COURT, (PAOLO, IVANA, SPOKESPERSON)),
    (READINGS, (SAMIRA, PAOLO, IVANA)),
    (FOUNTAIN, (SAMIRA,)),
)


@dataclass(frozen=True)
class Said:
    """A comment, so many hours ago; `answers` stand below it."""

    author: str
    text: str
    hours: int
    is_decided: bool = True
    answers: tuple["Said", ...] = ()
    useful_for: tuple[str, ...] = ()


TALKS = (
    (
        COURT,
        (
            Said(
                PAOLO,
                "Abito di fronte. Va bene fino alle 18:30, dopo chiederei silenzio.",
                120,
                answers=(
                    Said(
                        SAMIRA,
                        "D’accordo: alle 18:30 si chiude, lo scriviamo sul cancello.",
                        96,
                    ),
                ),
                useful_for=(IVANA, SPOKESPERSON),
            ),
            Said(
                IVANA,
                "Mio figlio ha dieci anni e il pomeriggio non sa dove andare. Una mattina al mese"
                " posso dare una mano anch’io.",
                72,
                useful_for=(SAMIRA,),
            ),
            Said(
                ARCHITECT,
                "Ho chiesto alla scuola e all’officina educativa: ci vediamo in cortile la"
                " settimana prossima, l’orario lo scrivo qui.",
                48,
            ),
        ),
    ),
    (
        READINGS,
        (
            Said(IVANA, "Bello! Si può leggere anche in un’altra lingua?", 90),
            Said(
                CITIZEN, "Il giovedì c’è già il mercato: meglio il mercoledì?", 3, is_decided=False
            ),
        ),
    ),
)
HIDDEN = Said(PAOLO, "Chi abita al civico 9 lascia sempre le bottiglie, il suo numero è 0522…", 60)
REASON = "Ci sono l’indirizzo e il telefono di una persona: qui non si possono scrivere."


def seed_talk() -> None:
    """Let the people of the demo talk about its published proposals."""
    emails = (CITIZEN, SPOKESPERSON, CLERK, ARCHITECT, SAMIRA, PAOLO, IVANA)
    people = {email: find_person(email) for email in emails}
    for title, supporters in SUPPORTS:
        proposal_id = _proposal_id(title)
        for email in supporters:
            support_proposal(actor=people[email], proposal_id=proposal_id)
    for title, talk in TALKS:
        for said in talk:
            say(people, partial(write_comment, proposal_id=_proposal_id(title)), said)
    _hide(people, _proposal_id(FOUNTAIN))


def find_person(email: str) -> Actor:
    """Return somebody of the demo."""
    return find_account_facts(session().scalars(select(User).where(User.email == email)).one())


def _proposal_id(title: str) -> int:
    wanted = select(Proposal.id).where(
        Proposal.title == title, Proposal.state == ProposalState.PUBLISHED
    )
    return session().scalars(wanted).one()


def say(
    people: Mapping[str, Actor],
    write: Callable[..., Comment],
    said: Said,
    parent_id: int | None = None,
) -> Comment:
    """Write a comment by `write`, a service that knows what it is about; then its answers."""
    with frozen(utc_now() - timedelta(hours=said.hours)):
        comment = write(
            actor=people[said.author],
            text=said.text,
            form_key=uuid4().hex,
            parent_id=parent_id,
        )
    if said.is_decided and comment.state is CommentState.WAITING:
        with frozen(utc_now() - timedelta(hours=said.hours - 2)):
            _decide(people[CLERK], CaseKind.COMMENT, comment.id, "Grazie, pubblicato.")
    for email in said.useful_for:
        find_useful(actor=people[email], comment_id=comment.id)
    for answer in said.answers:
        say(people, write, answer, comment.id)
    return comment


def _hide(people: dict[str, Actor], proposal_id: int) -> None:
    comment = say(people, partial(write_comment, proposal_id=proposal_id), HIDDEN)
    with frozen(utc_now() - timedelta(hours=HIDDEN.hours - 5)):
        report = report_content(
            actor=ANONYMOUS,
            proposal_id=proposal_id,
            comment_id=comment.id,
            reason="C’è il mio numero di telefono.",
        )
    with frozen(utc_now() - timedelta(hours=HIDDEN.hours - 20)):
        _decide(people[CLERK], CaseKind.CONTENT_REPORT, report.id, REASON)


def _decide(clerk: Actor, kind: CaseKind, subject_id: int, reason: str) -> None:
    case = find_case_of(kind, subject_id)
    if case is None:
        raise LookupError(kind)
    decide_case(
        actor=clerk,
        case_id=case.id,
        version=case.version,
        action=CaseAction.ACCEPT,
        reason=reason,
    )
