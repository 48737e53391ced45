"""THE table: who holds which permission, over what.

Roles and predicates only; the permissions are described in `permissions.py`, the predicates
live in each feature's `policies.py`, the mechanism is `core/access.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from flask_login import current_user

from portal.accounts.queries import find_account_facts
from portal.core.access import ANONYMOUS, EVERYONE, Actor, Grant, Rule
from portal.laboratories.policies import (
    actor_edits_sheet,
    agreement_is_of_own_district,
    agreement_is_public,
    commitment_is_of_actor,
    commitment_is_of_led_laboratory,
    laboratory_is_of_own_district,
    proposal_is_of_own_district,
    proposal_is_own,
    proposal_is_public,
    proposal_is_shared,
    proposal_was_handed_in,
    sheet_is_of_led_laboratory,
    sheet_is_public,
)
from portal.moderation.policies import (
    case_is_actors_own,
    case_is_in_actors_districts,
    case_is_in_actors_districts_and_not_own,
    case_is_not_actors_own,
)
from portal.permissions import Permission, Role
from portal.places.policies import actor_runs_place, place_is_of_own_district
from portal.registry.policies import (
    actor_is_applicant,
    actor_manages_association,
    actor_represents_association,
    invitation_is_actors,
)
from portal.registry.queries import find_represented
from portal.volunteering.policies import actor_is_tutor, is_actors_own

_P, _R = Permission, Role

SIGNED_IN = frozenset({_R.CITIZEN})
"""Everybody with an account is a citizen."""
CLERKS = frozenset({_R.STAFF, _R.ADMINISTRATOR})
ARCHITECTS = frozenset({_R.ARCHITECT})


def _everyone() -> Rule:
    return Rule((Grant(frozenset({EVERYONE})),))


def _signed_in() -> Rule:
    return Rule((Grant(SIGNED_IN),))


def _office_but_not_own() -> Rule:
    """Acting on a case: where one sees it, and not on one's own request."""
    return Rule(
        (
            Grant(CLERKS, case_is_not_actors_own),
            Grant(ARCHITECTS, case_is_in_actors_districts_and_not_own),
        )
    )


ACCESS_TABLE: Mapping[StrEnum, Rule] = {
    _P.PORTAL_READ: _everyone(),
    _P.OPERATIONS_READ: _everyone(),
    _P.DEMO_READ: _everyone(),
    # Accounts
    _P.ACCOUNT_ENTER: _everyone(),
    _P.ACCOUNT_LEAVE: _everyone(),
    _P.PERSONAL_AREA_READ: _signed_in(),
    _P.PERSONAL_AREA_EDIT: _signed_in(),
    _P.ROLE_GRANT: Rule((Grant(frozenset({_R.ADMINISTRATOR})),)),
    # Queue
    _P.QUEUE_READ: Rule(
        (Grant(CLERKS), Grant(ARCHITECTS, case_is_in_actors_districts)), hides=True
    ),
    _P.CASE_READ_CONTACT: Rule((Grant(CLERKS),)),
    _P.CASE_TAKE: _office_but_not_own(),
    _P.CASE_RELEASE: _office_but_not_own(),
    _P.CASE_DECIDE: _office_but_not_own(),
    _P.CASE_READ_OWN: Rule((Grant(SIGNED_IN, case_is_actors_own),), hides=True),
    _P.CASE_ASSIGN: _office_but_not_own(),
    _P.CASE_WRITE: _office_but_not_own(),
    _P.CASE_NOTE: _office_but_not_own(),
    _P.CASE_ANSWER_OWN: Rule((Grant(SIGNED_IN, case_is_actors_own),), hides=True),
    _P.CASE_READ_DOCUMENT: Rule(
        (
            Grant(SIGNED_IN, case_is_actors_own),
            Grant(CLERKS),
            Grant(ARCHITECTS, case_is_in_actors_districts),
        ),
        hides=True,
    ),
    _P.PROCEDURE_READ: Rule((Grant(CLERKS),)),
    _P.PROCEDURE_SET: Rule((Grant(frozenset({_R.ADMINISTRATOR})),)),
    # Registry
    _P.ASSOCIATION_REQUEST: Rule((Grant(SIGNED_IN, actor_is_applicant),), hides=True),
    _P.ASSOCIATION_CLAIM: Rule((Grant(SIGNED_IN, actor_is_applicant),), hides=True),
    _P.ASSOCIATION_EDIT: Rule((Grant(SIGNED_IN, actor_represents_association),), hides=True),
    _P.ASSOCIATION_IMPORT: Rule((Grant(CLERKS),)),
    _P.REGISTRY_ADMINISTER: Rule((Grant(CLERKS),)),
    # The link itself says who confirms what.
    _P.ASSOCIATION_CONFIRM: _everyone(),
    _P.ASSOCIATION_MANAGE_PEOPLE: Rule((Grant(SIGNED_IN, actor_manages_association),), hides=True),
    _P.ASSOCIATION_LEAVE: Rule((Grant(SIGNED_IN, actor_represents_association),), hides=True),
    _P.INVITATION_READ: _everyone(),
    _P.INVITATION_ANSWER: Rule((Grant(SIGNED_IN, invitation_is_actors),)),
    _P.REPRESENTATIVE_INTERVENE: Rule((Grant(CLERKS),)),
    # R+
    _P.SHIFT_TAKE_PLACE: _signed_in(),
    _P.SHIFT_LEAVE_PLACE: _signed_in(),
    _P.TUTOR_READ: _signed_in(),
    _P.ENROLMENT_REQUEST: _signed_in(),
    # The link itself says who answers what.
    _P.LINK_ANSWER: _everyone(),
    _P.PROJECT_ADMINISTER: Rule((Grant(CLERKS),)),
    _P.PROJECT_PROPOSE: Rule((Grant(SIGNED_IN, actor_represents_association),), hides=True),
    _P.PROJECT_TUTOR: Rule((Grant(CLERKS), Grant(SIGNED_IN, actor_is_tutor)), hides=True),
    _P.PROJECT_APPLY: _signed_in(),
    _P.SHIFT_CHECK_IN: _signed_in(),
    _P.VOLUNTEERS_ADMINISTER: Rule((Grant(CLERKS),)),
    _P.COUNTER_SERVE: Rule((Grant(CLERKS),)),
    _P.HOURS_DECLARE: _signed_in(),
    _P.CERTIFICATE_READ: Rule((Grant(SIGNED_IN, is_actors_own), Grant(CLERKS)), hides=True),
    _P.CERTIFICATE_REVOKE: Rule((Grant(CLERKS),)),
    _P.EXPENSE_CLAIM: _signed_in(),
    _P.EXPENSE_READ_RECEIPT: Rule((Grant(SIGNED_IN, is_actors_own), Grant(CLERKS)), hides=True),
    _P.SAVED_SEARCH_EDIT: _signed_in(),
    _P.TERRITORY_EDIT: Rule((Grant(CLERKS),)),
    # Places
    _P.INITIATIVE_EDIT: Rule(
        (
            Grant(CLERKS),
            Grant(ARCHITECTS, place_is_of_own_district),
            Grant(SIGNED_IN, actor_runs_place),
        ),
        hides=True,
    ),
    _P.PLACE_CARE: Rule((Grant(CLERKS), Grant(ARCHITECTS))),
    # Laboratories
    _P.LABORATORY_OPEN: Rule((Grant(CLERKS), Grant(ARCHITECTS))),
    _P.LABORATORY_JOIN: _signed_in(),
    _P.MEETING_ATTEND: _signed_in(),
    _P.LABORATORY_LEAD: Rule((Grant(CLERKS), Grant(ARCHITECTS, laboratory_is_of_own_district))),
    _P.OFFICE_EDIT: Rule((Grant(CLERKS),)),
    _P.COMMITMENT_REPORT: Rule(
        (
            Grant(SIGNED_IN, commitment_is_of_actor),
            Grant(CLERKS),
            Grant(ARCHITECTS, commitment_is_of_led_laboratory),
        )
    ),
    _P.AGREEMENT_READ: Rule(
        (
            Grant(frozenset({EVERYONE}), agreement_is_public),
            Grant(CLERKS),
            Grant(ARCHITECTS, agreement_is_of_own_district),
        ),
        hides=True,
    ),
    _P.AGREEMENT_SIGN: _signed_in(),
    _P.EVALUATION_ANSWER: _signed_in(),
    _P.SHEET_READ: Rule(
        (
            Grant(frozenset({EVERYONE}), sheet_is_public),
            Grant(SIGNED_IN, actor_edits_sheet),
            Grant(CLERKS),
            Grant(ARCHITECTS, sheet_is_of_led_laboratory),
        ),
        hides=True,
    ),
    _P.SHEET_EDIT: Rule(
        (
            Grant(SIGNED_IN, actor_edits_sheet),
            Grant(CLERKS),
            Grant(ARCHITECTS, sheet_is_of_led_laboratory),
        ),
        hides=True,
    ),
    _P.OPENING_OPEN: Rule((Grant(CLERKS), Grant(ARCHITECTS, sheet_is_of_led_laboratory))),
    _P.OPENING_TIE: Rule((Grant(CLERKS),)),
    _P.PROPOSAL_WRITE: _signed_in(),
    _P.PROPOSAL_READ: Rule(
        (
            Grant(frozenset({EVERYONE}), proposal_is_public),
            Grant(SIGNED_IN, proposal_is_own),
            Grant(SIGNED_IN, proposal_is_shared),
            Grant(frozenset({_R.STAFF, _R.ADMINISTRATOR}), proposal_was_handed_in),
            Grant(frozenset({_R.ARCHITECT}), proposal_is_of_own_district),
        ),
        hides=True,
    ),
    _P.PROPOSAL_EDIT: Rule((Grant(SIGNED_IN, proposal_is_own),), hides=True),
    _P.PROPOSAL_SUPPORT: _signed_in(),
    _P.COMMENT_WRITE: _signed_in(),
    _P.CONTENT_REPORT: _everyone(),
    # Letters
    _P.LETTER_READ: Rule(
        (
            Grant(SIGNED_IN, case_is_actors_own),
            Grant(CLERKS),
            Grant(ARCHITECTS, case_is_in_actors_districts),
        ),
        hides=True,
    ),
    _P.LETTER_TEMPLATE_EDIT: Rule((Grant(CLERKS),)),
}


def load_actor() -> Actor:
    """Return who is asking, with all the facts that the table's predicates ask for."""
    if not current_user.is_authenticated:
        return ANONYMOUS
    person = find_account_facts(current_user._get_current_object())  # noqa: SLF001 - the proxy's own way out
    represented = find_represented(person.account_id)
    if not represented.association_ids:
        return person
    return replace(
        person,
        association_ids=represented.association_ids,
        managed_association_ids=represented.managed_ids,
        roles=person.roles | {_R.REPRESENTATIVE},
    )
