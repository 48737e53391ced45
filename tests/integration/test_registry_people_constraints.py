"""What the database refuses about people, invitations and codes, whoever writes."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.errors import constraint_name, explain_constraint
from portal.registry.models import ClaimCode, Invitation, Representative
from portal.registry.states import InvitationState, RepresentativeRole
from tests.factories.people import make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative

MANAGER, EDITOR = RepresentativeRole.MANAGER, RepresentativeRole.EDITOR


def refused_by(write):
    with pytest.raises(IntegrityError) as caught:
        write()
    db.session.rollback()
    return caught.value


def invite(association, **fields):
    now = utc_now()
    values = {
        "association_id": association.id,
        "email": "sara@example.org",
        "role": EDITOR,
        "invited_by_id": make_user().id,
        "invited_at": now,
        "expires_at": now + timedelta(days=7),
    }
    db.session.add(Invitation(**values | fields))
    db.session.commit()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"expires_at": utc_now() - timedelta(days=1)}, "ends_after_start"),
        ({"state": InvitationState.ACCEPTED, "answered_at": utc_now()}, "accepted_has_person"),
        ({"state": InvitationState.DECLINED}, "answered_has_time"),
        ({"answered_at": utc_now()}, "answered_has_time"),
    ],
)
def test_impossible_invitation_is_refused(database, fields, constraint):
    association = make_association()
    error = refused_by(lambda: invite(association, **fields))
    assert constraint_name(error) == f"ck_representative_invitation_{constraint}"


def test_accepted_invitation_names_who_accepted(database):
    association, person = make_association(), make_user()
    error = refused_by(lambda: invite(association, accepted_by_id=person.id))
    assert constraint_name(error) == "ck_representative_invitation_accepted_has_person"


def test_an_address_is_invited_once_at_a_time_and_again_later(database):
    association = make_association()
    invite(association, state=InvitationState.DECLINED, answered_at=utc_now())
    invite(association)
    invite(make_association())
    error = refused_by(lambda: invite(association, email="SARA@example.org"))
    assert constraint_name(error) == "uq_representative_invitation_pending"
    assert explain_constraint(error).field == "email"


def send_code(association, person, **fields):
    now = utc_now()
    values = {
        "association_id": association.id,
        "user_id": person.id,
        "code_hash": "0" * 64,
        "sent_at": now,
        "expires_at": now + timedelta(minutes=30),
    }
    db.session.add(ClaimCode(**values | fields))
    db.session.commit()


@pytest.mark.parametrize("tries", [-1, 11])
def test_code_is_tried_a_few_times(database, tries):
    association, person = make_association(), make_user()
    error = refused_by(lambda: send_code(association, person, tries=tries))
    assert constraint_name(error) == "ck_registry_claim_code_tries_are_few"


def test_person_has_one_code_for_an_association(database):
    association, person = make_association(), make_user()
    send_code(association, person)
    send_code(association, make_user())
    error = refused_by(lambda: send_code(association, person))
    assert constraint_name(error) == "uq_registry_claim_code_association_id_user_id"


def member(person):
    return db.session.scalars(
        select(Representative).where(Representative.user_id == person.id)
    ).one()


def test_people_without_a_manager_are_refused_at_the_end_of_the_transaction(database):
    association, ada, ivo = make_association(), make_user(), make_user()
    make_representative(ada, association)
    make_representative(ivo, association, role=EDITOR)

    def leave():
        member(ada).until_on = utc_now().date()
        db.session.commit()

    error = refused_by(leave)
    assert constraint_name(error) == "ck_association_representative_has_manager"
    assert explain_constraint(error) is not None

    def step_down():
        member(ada).role = EDITOR
        db.session.commit()

    def vanish():
        db.session.delete(member(ada))
        db.session.commit()

    assert constraint_name(refused_by(step_down)) == "ck_association_representative_has_manager"
    assert constraint_name(refused_by(vanish)) == "ck_association_representative_has_manager"


def test_hand_over_may_pass_through_any_state(database):
    association, ada, ivo = make_association(), make_user(), make_user()
    make_representative(ada, association)
    make_representative(ivo, association, role=EDITOR)
    member(ada).role = EDITOR
    db.session.flush()
    member(ivo).role = MANAGER
    db.session.commit()


def test_nobody_at_all_is_possible(database):
    association, ada = make_association(), make_user()
    make_representative(ada, association)
    member(ada).until_on = utc_now().date()
    db.session.commit()
    error = refused_by(lambda: make_representative(make_user(), association, role=EDITOR))
    assert constraint_name(error) == "ck_association_representative_has_manager"
