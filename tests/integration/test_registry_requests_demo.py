"""The demo shows the registry in every situation, all of it invented and named so."""

from portal.core.access import PORTAL
from portal.core.clock import local_today
from portal.core.database import db
from portal.demo import registry_entries_demo as entries
from portal.demo.people_demo import seed_people
from portal.demo.procedures_demo import seed_procedures
from portal.demo.registry_entries_demo import seed_registry_entries
from portal.demo.registry_people_demo import seed_registry_people
from portal.demo.requests_demo import seed_requests
from portal.moderation.models import Case
from portal.moderation.states import CaseKind, CaseState
from portal.registry.freshness import Freshness, freshness
from portal.registry.models import Association, ImportRun, RegistryRequest
from portal.registry.queries import (
    find_represented,
    get_association_by_slug,
    list_associations_of,
    list_invitations,
    list_representatives,
)
from portal.registry.states import AssociationState, ImportState, RequestState
from portal.registry.tax_code import find_tax_code_problem


def seed():
    people = seed_people()
    seed_requests(people)
    seed_procedures(people)
    seed_registry_entries(people)
    seed_registry_people(people)
    db.session.commit()
    return people


def test_the_demo_has_an_association_that_says_it_is_invented(database):
    people = seed()
    (own,) = list_associations_of(people["associazione@example.org"].account_id)
    assert "Inventata" in own.name
    association = get_association_by_slug(own.slug)
    assert association.state is AssociationState.ENROLLED
    assert find_tax_code_problem(association.tax_code) is None
    assert association.section
    assert association.runts_number
    assert freshness(association.profile_updated_on, local_today()) is Freshness.DUE
    assert len(list_representatives(own.id)) == 2
    assert len(list_invitations(own.id)) == 1
    assert find_represented(PORTAL.id or 0).association_ids == frozenset()


def test_requests_of_the_demo_stand_in_every_state(database):
    seed()
    states = set(db.session.scalars(db.select(RegistryRequest.state)))
    assert states >= {
        RequestState.SUBMITTED, RequestState.RETURNED, RequestState.ACCEPTED,
        RequestState.REFUSED, RequestState.ARCHIVED,
    }  # fmt: skip
    waiting = db.session.scalars(db.select(Case).where(Case.state == CaseState.WAITING)).all()
    assert {case.kind for case in waiting} == {
        CaseKind.REGISTRY_REQUEST, CaseKind.CLAIM, CaseKind.PROFILE_EDIT
    }  # fmt: skip
    assert sum(case.kind is CaseKind.CLAIM for case in waiting) == 2
    titles = db.session.scalars(db.select(Case.title))
    assert all("inventata" in title.lower() for title in titles)


def test_entries_of_the_demo_are_removed_merged_and_about_to_leave(database):
    seed()
    found = {a.slug: a for a in db.session.scalars(db.select(Association))}
    stale = found[entries.STALE]
    assert freshness(stale.profile_updated_on, local_today()) is Freshness.STALE
    assert found[entries.REMOVED].state is AssociationState.REMOVED
    assert found[entries.MERGED].merged_into_id == found[entries.KEPT].id
    assert found[entries.CLAIMED].certified_email
    assert all("inventata" in a.name.lower() for a in found.values())
    run = db.session.scalars(db.select(ImportRun)).one()
    assert run.state is ImportState.CHECKED
    assert (run.new, run.changed, run.unchanged, run.rejected) == (2, 1, 1, 1)
