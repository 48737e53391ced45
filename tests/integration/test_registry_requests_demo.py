"""The demo's invented association, and what waits in its queue."""

from portal.core.access import PORTAL
from portal.core.clock import utc_now
from portal.core.database import db
from portal.demo.people_demo import seed_people
from portal.demo.requests_demo import seed_requests
from portal.moderation.queries import QueueFilter, list_queue
from portal.registry.queries import (
    find_represented,
    get_association_by_slug,
    list_associations_of,
)
from portal.registry.states import AssociationState
from portal.registry.tax_code import find_tax_code_problem


def test_the_demo_has_an_association_that_says_it_is_invented(database):
    people = seed_people()
    seed_requests(people)
    db.session.commit()
    (own,) = list_associations_of(people["associazione@example.org"].account_id)
    assert "Inventata" in own.name
    association = get_association_by_slug(own.slug)
    assert association.state is AssociationState.ENROLLED
    assert find_tax_code_problem(association.tax_code) is None
    assert association.profile_updated_on < utc_now().date()
    assert find_represented(PORTAL.id or 0).association_ids == frozenset()


def test_two_requests_and_a_claim_wait_all_about_the_invented(database):
    people = seed_people()
    seed_requests(people)
    db.session.commit()
    waiting = list_queue(actor=people["operatore@example.org"], wanted=QueueFilter()).rows
    assert sorted(case.kind for case in waiting) == [
        "claim",
        "registry_request",
        "registry_request",
    ]
    assert all("inventata" in case.title.lower() for case in waiting)
