"""What other parts of the portal tell of an association, and give to another in a merger."""

from dataclasses import replace
from datetime import date

from portal.core.database import db
from portal.laboratories.services.force import enter_into_force
from portal.laboratories.services.signing import sign_agreement
from portal.laboratories.states import PartyKind
from portal.registry.queries import AssociationFilter, find_in_directory
from portal.registry.states import AssociationState, RemovalCause
from portal.registry.ties import FactKind, list_facts, reassign
from portal.volunteering.models import VolunteeringProject
from tests.factories.agreements import make_clerk, make_open, wish
from tests.factories.laboratories import make_draft, make_laboratory, make_published
from tests.factories.people import actor_of, make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association
from tests.factories.volunteering import make_project, make_shift, make_sign_up


def make_busy(name: str = "Insieme"):
    """Store an association that looks for 3 + 1 people, has a proposal and runs a place."""
    association = make_association(name=name)
    author = replace(actor_of(make_user()), association_ids=frozenset({association.id}))
    project = make_project(title=f"Orto di {name}", partner_association_id=association.id)
    make_shift(project=project, in_hours=50, capacity=1)
    make_shift(project=project, in_hours=30, capacity=3)
    make_shift(project=project, in_hours=-30)
    laboratory = make_laboratory(title=f"Parco di {name}")
    make_published(laboratory, author, title=f"Panchine di {name}", association_id=association.id)
    make_draft(laboratory, author, title="Bozza", association_id=association.id)
    make_place(f"Casa di {name}", managing_association_id=association.id)
    return association


def badges_in_list():
    directory = find_in_directory(AssociationFilter(), page=1)
    return {row.name: row.badges for row in directory.page.rows}


def test_facts_are_what_everybody_could_find_anyway(database):
    association = make_busy()
    shifts, proposals, places = list_facts(association.id)
    assert (shifts.kind, shifts.number) == (FactKind.MISSING_PEOPLE, 2)
    assert [link.words for link in shifts.links] == ["Orto di Insieme", "Orto di Insieme"]
    assert shifts.links[0].at < shifts.links[1].at
    assert (proposals.kind, proposals.number) == (FactKind.PROPOSALS, 1)
    assert proposals.links[0].words == "Panchine di Insieme"
    assert proposals.links[0].of == "Parco di Insieme"
    assert (places.kind, places.number) == (FactKind.PLACES, 1)
    assert places.links[0].words == "Casa di Insieme"


def test_an_association_that_does_nothing_here_has_neither_facts_nor_badges(database):
    association = make_association()
    assert list_facts(association.id) == []
    assert badges_in_list() == {"Associazione di prova": ()}


def test_badges_say_in_numbers_what_the_facts_say(database):
    association = make_busy()
    badges = badges_in_list()[association.name]
    assert [(b.kind, b.number) for b in badges] == [
        (FactKind.MISSING_PEOPLE, 4),
        (FactKind.PROPOSALS, 1),
        (FactKind.PLACES, 1),
    ]


def test_a_full_shift_looks_for_nobody(database):
    association = make_association()
    project = make_project(partner_association_id=association.id)
    make_shift(project=project, in_hours=48, closes_at=None, capacity=1)
    full = make_shift(project=project, in_hours=72, capacity=1)
    make_sign_up(full)
    assert [fact.number for fact in list_facts(association.id)] == [1]


def test_what_belonged_to_one_belongs_to_the_other_after_a_merger(database):
    one, other = make_busy("Doppia"), make_association(name="Vera")
    before = list_facts(one.id)
    reassign(from_id=one.id, to_id=other.id)
    db.session.commit()
    assert list_facts(one.id) == []
    assert list_facts(other.id) == before
    partners = db.session.scalars(db.select(VolunteeringProject.partner_association_id))
    assert set(partners) == {other.id}


def test_giving_away_twice_changes_nothing(database):
    one, other = make_busy("Doppia"), make_busy("Vera")
    for _again in range(2):
        reassign(from_id=one.id, to_id=other.id)
    assert [fact.number for fact in list_facts(other.id)] == [4, 2, 2]


def test_a_place_leads_to_the_profile_of_who_runs_it(client):
    runs, gone = make_association(name="Insieme"), make_association(name="Sciolta")
    open_place = make_place("Casa", managing_body="Insieme", managing_association_id=runs.id)
    other = make_place("Orti", managing_body="Sciolta", managing_association_id=gone.id)
    gone.state = AssociationState.REMOVED
    gone.removed_on, gone.removal_cause = date(2026, 6, 1), RemovalCause.OTHER
    db.session.commit()
    assert f'href="/registro/{runs.slug}"' in client.get(f"/luoghi/{open_place.slug}").text
    page = client.get(f"/luoghi/{other.slug}").text
    assert "Sciolta" in page
    assert f'href="/registro/{gone.slug}"' not in page


def test_a_project_leads_to_the_profile_of_who_it_is_done_with(client):
    partner = make_association(name="Insieme")
    project = make_project(partner_association_id=partner.id, partner_name="Insieme APS")
    shift = make_shift(project=project)
    paths = (f"/volontariato/turni/{shift.id}", f"/volontariato/progetti/{project.slug}")
    for path in paths:
        assert f'<a href="/registro/{partner.slug}">Insieme APS</a>' in client.get(path).text
    partner.state = AssociationState.REMOVED
    partner.removed_on, partner.removal_cause = date(2026, 6, 1), RemovalCause.OTHER
    db.session.commit()
    for path in paths:
        assert "Insieme APS" in client.get(path).text
        assert f'href="/registro/{partner.slug}"' not in client.get(path).text


def test_agreement_in_force_is_told_and_goes_along_in_a_merger(database):
    clerk, mine, other = make_clerk(), make_association(name="Insieme"), make_association()
    person = replace(actor_of(make_user()), association_ids=frozenset({mine.id}))
    agreement = make_open(clerk)
    for actor, kind, more in (
        (clerk, PartyKind.MUNICIPALITY, {}),
        (person, PartyKind.ASSOCIATION, {"association_id": mine.id}),
    ):
        content = wish(agreement, kind, role_words="presidente", **more)
        sign_agreement(actor=actor, agreement_id=agreement.id, content=content, leads=True)
    assert list_facts(mine.id) == []
    enter_into_force(actor=clerk, agreement_id=agreement.id)
    (fact,) = list_facts(mine.id)
    assert (fact.kind, fact.number) == (FactKind.AGREEMENTS, 1)
    assert fact.links[0].words == agreement.title
    reassign(from_id=mine.id, to_id=other.id)
    assert list_facts(mine.id) == []
    assert [fact.kind for fact in list_facts(other.id)] == [FactKind.AGREEMENTS]
