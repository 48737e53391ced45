"""The invented association over two years: its people, its changes, its yearly confirmation."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import frozen, utc_now
from portal.demo.requests_demo import CLERK, SPOKESPERSON
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.queries import (
    list_associations_of,
    list_changes_under_review,
    list_code_names,
    profile_of,
)
from portal.registry.services import (
    accept_invitation,
    confirm_profile,
    invite_person,
    update_profile,
)
from portal.registry.services.changes import lock_association
from portal.registry.states import RepresentativeRole

EDITOR = ("livia.prova@example.org", "Livia Prova")
INVITED = "nino.prova@example.org"


def seed_registry_people(people: dict[str, Actor]) -> None:
    """Give the invented association an editor, a history, and a confirmation that is due."""
    ids = frozenset(own.id for own in list_associations_of(people[SPOKESPERSON].account_id))
    (own_id,) = ids
    manager = replace(people[SPOKESPERSON], association_ids=ids, managed_association_ids=ids)
    _invite_editor(manager, own_id)
    _change(manager, own_id, 600, meeting_times="Giovedì: 21–23, nel cortile che non c’è")
    _change(manager, own_id, 500, certified_email="inventata@pec.example.org")
    with frozen(_days_ago(494)):
        _approve(people[CLERK], own_id)
    with frozen(_days_ago(368)):
        confirm_profile(actor=manager, association_id=own_id)
    with frozen(_days_ago(2)):
        invite_person(
            actor=manager, association_id=own_id, email=INVITED, role=RepresentativeRole.MANAGER
        )


def _days_ago(days: int) -> datetime:
    return utc_now() - timedelta(days=days)


def _invite_editor(manager: Actor, association_id: int) -> None:
    with frozen(_days_ago(700)):
        invitation = invite_person(
            actor=manager,
            association_id=association_id,
            email=EDITOR[0],
            role=RepresentativeRole.EDITOR,
        )
    with frozen(_days_ago(698)):
        editor = create_account(actor=PORTAL, email=EDITOR[0], name=EDITOR[1])
        accept_invitation(actor=editor, invitation_id=invitation.id, capacity="segretaria")


def _change(manager: Actor, association_id: int, days_ago: int, **written: Any) -> None:  # noqa: ANN401 - each field of a profile has its type
    with frozen(_days_ago(days_ago)):
        association = lock_association(association_id)
        update_profile(
            actor=manager,
            association_id=association_id,
            seen_version=association.version,
            values=replace(profile_of(association), **written),
        )


def _approve(clerk: Actor, association_id: int) -> None:
    (change,) = list_changes_under_review(association_id, list_code_names())
    case = find_case_of(CaseKind.PROFILE_EDIT, change.id)
    if case is None:
        raise LookupError(change.id)
    decide_case(
        actor=clerk,
        case_id=case.id,
        version=case.version,
        action=CaseAction.ACCEPT,
        reason="L’indirizzo risponde.",
    )
