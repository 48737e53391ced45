"""Invented requests, and a kind of case that only the tests know."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flask import current_app

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import db
from portal.moderation.kinds import CaseKindSpec
from portal.moderation.models import Case
from portal.moderation.services import decide_case, open_case
from portal.moderation.states import CaseAction, CaseKind
from tests.factories.people import actor_of, make_user

_DECISIONS = (CaseAction.ACCEPT, CaseAction.RETURN, CaseAction.REFUSE)
PROCEDURE = (
    CaseAction.ACCEPT,
    CaseAction.ASK_INTEGRATION,
    CaseAction.GIVE_NOTICE,
    CaseAction.REFUSE,
    CaseAction.ARCHIVE,
)
"""The decisions of a kind with the whole procedure of Law 241/1990."""


@dataclass
class KnownKind:
    """What the decisions of a test did."""

    applied: list[tuple[int, CaseAction, str]] = field(default_factory=list)
    followed: list[tuple[int, CaseAction]] = field(default_factory=list)
    refusal: Exception | None = None

    def follow(self, *, case, action, **_who):
        self.followed.append((case.id, action))

    def apply(self, *, case, action, reason, **_who):
        if self.refusal:
            raise self.refusal
        self.applied.append((case.id, action, reason))


@contextmanager
def known_kinds(
    *kinds: CaseKind, decisions=_DECISIONS, has_letters: bool = False
) -> Iterator[KnownKind]:
    """Install kinds of case whose subject is a line of text; yields what was decided."""
    known = KnownKind()
    spec = CaseKindSpec(
        decisions=tuple(decisions),
        apply=known.apply,
        load=lambda subject_id: f"subject {subject_id}",
        template="components/door_name.html",
        door="door-lab",
        icon="door-pact",
        on_step=known.follow,
        has_letters=has_letters,
    )
    before = current_app.extensions["portal_case_kinds"]
    current_app.extensions["portal_case_kinds"] = dict.fromkeys(kinds, spec)
    try:
        yield known
    finally:
        current_app.extensions["portal_case_kinds"] = before


def make_case(
    *, applicant: User | None = None, title: str = "Una panchina al parco",
    kind: CaseKind = CaseKind.PROPOSAL, days_left: int | None = None,
    district_id: int | None = None, on_behalf_of: str | None = None, subject_id: int | None = None,
) -> Case:  # fmt: skip
    """Store a waiting request; `days_left` counts from today and may be negative."""
    case = open_case(
        actor=actor_of(applicant or make_user(name="Gina Prova")),
        kind=kind,
        subject_id=subject_id or db.session.query(Case).count() + 1,
        title=title,
        on_behalf_of=on_behalf_of,
        district_id=district_id,
    )
    if days_left is not None:
        case.due_on = local_today() + timedelta(days=days_left)
        case.received_on = case.due_on - timedelta(days=30)
    db.session.commit()
    return case


def decided_case(
    decider: User, *, action: CaseAction = CaseAction.ACCEPT, reason: str = "Va bene così.", **facts
) -> Case:  # fmt: skip
    """Store a request that `decider` has decided."""
    with known_kinds(*CaseKind):
        case = make_case(**facts)
        decide_case(
            actor=actor_of(decider), case_id=case.id, version=case.version, action=action,
            reason=reason,
        )  # fmt: skip
        db.session.commit()
    return case
