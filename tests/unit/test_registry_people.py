"""Who may join, change and leave the people of an association."""

import pytest

from portal.core.access import Actor
from portal.registry.people import (
    MOST_INVITATIONS,
    REFUSAL_SENTENCES,
    PeopleRefusal,
    find_change_refusal,
    find_hand_over_refusal,
    find_invitation_refusal,
    find_removal_refusal_of_office,
    masked_email,
)
from portal.registry.policies import actor_manages_association, invitation_is_actors
from portal.registry.states import RepresentativeRole

MANAGER, EDITOR = RepresentativeRole.MANAGER, RepresentativeRole.EDITOR
ADA, IVO, EVA = 1, 2, 3


@pytest.mark.parametrize(
    ("team", "role", "refusal"),
    [
        ({ADA: MANAGER, IVO: MANAGER}, None, None),
        ({ADA: MANAGER, IVO: MANAGER}, EDITOR, None),
        ({ADA: EDITOR, IVO: MANAGER}, None, None),
        ({ADA: EDITOR, IVO: MANAGER}, MANAGER, None),
        ({ADA: MANAGER, IVO: EDITOR}, None, PeopleRefusal.LAST_MANAGER),
        ({ADA: MANAGER, IVO: EDITOR}, EDITOR, PeopleRefusal.LAST_MANAGER),
        ({ADA: MANAGER, IVO: EDITOR}, MANAGER, None),
        ({ADA: MANAGER}, None, PeopleRefusal.LAST_PERSON),
        ({ADA: MANAGER}, EDITOR, PeopleRefusal.LAST_PERSON),
        ({IVO: MANAGER}, None, PeopleRefusal.NOT_HERE),
        ({}, MANAGER, PeopleRefusal.NOT_HERE),
    ],
)
def test_somebody_is_always_responsible(team, role, refusal):
    assert find_change_refusal(team, ADA, role) is refusal


def test_office_removes_who_is_alone_but_not_the_manager_of_others():
    assert find_removal_refusal_of_office({ADA: MANAGER}, ADA) is None
    alone_in_charge = {ADA: MANAGER, IVO: EDITOR}
    assert find_removal_refusal_of_office(alone_in_charge, ADA) is PeopleRefusal.LAST_MANAGER


def test_role_is_handed_to_a_colleague():
    team = {ADA: MANAGER, IVO: EDITOR}
    assert find_hand_over_refusal(team, ADA, IVO) is None
    assert find_hand_over_refusal(team, ADA, ADA) is PeopleRefusal.ONESELF
    assert find_hand_over_refusal(team, ADA, EVA) is PeopleRefusal.NOT_HERE
    assert find_hand_over_refusal(team, EVA, IVO) is PeopleRefusal.NOT_HERE


def test_who_is_there_or_invited_is_not_invited_again():
    facts = {"members": ["Ada@example.org"], "waiting": ["ivo@example.org"]}
    assert find_invitation_refusal(email="ada@example.org", **facts) is PeopleRefusal.ALREADY_HERE
    assert (
        find_invitation_refusal(email="IVO@example.org", **facts) is PeopleRefusal.ALREADY_INVITED
    )
    assert find_invitation_refusal(email="eva@example.org", **facts) is None


def test_invitations_that_wait_are_limited():
    waiting = [f"p{n}@example.org" for n in range(MOST_INVITATIONS)]
    refusal = find_invitation_refusal(email="eva@example.org", members=[], waiting=waiting)
    assert refusal is PeopleRefusal.TOO_MANY_INVITATIONS


def test_every_refusal_has_its_sentence():
    assert set(REFUSAL_SENTENCES) == set(PeopleRefusal)


def test_address_is_recognised_only_by_its_owner():
    assert masked_email("sara.nome@example.org") == "s…@example.org"


def test_only_a_manager_manages_and_only_the_invited_answers():
    class Thing:
        id = 7
        email = "Ada@example.org"

    both = frozenset({7})
    manager = Actor(id=1, name="Ada", association_ids=both, managed_association_ids=both)
    editor = Actor(id=2, name="Ivo", association_ids=both)
    assert actor_manages_association(manager, Thing)
    assert not actor_manages_association(editor, Thing)
    assert invitation_is_actors(Actor(id=1, name="Ada", email="ada@example.org"), Thing)
    assert not invitation_is_actors(Actor(id=1, name="Ivo", email="ivo@example.org"), Thing)
    assert not invitation_is_actors(Actor(id=None, name=""), Thing)
