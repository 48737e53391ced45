"""The demo's laboratories obey every rule, since services make them."""

from portal.core.database import db
from portal.demo.erasure_demo import WORDS, seed_erasure
from portal.demo.laboratories_demo import CITIZEN, CLERK, seed_laboratories
from portal.demo.people_demo import seed_people
from portal.demo.talk_demo import COURT, seed_talk
from portal.laboratories import queries
from portal.laboratories.models import Proposal
from portal.laboratories.states import ProposalState
from portal.moderation.models import Case
from portal.moderation.states import CaseState


def test_the_demo_shows_every_state_and_three_phases(database):
    people = seed_people()
    seed_laboratories(people)
    db.session.commit()
    rows = queries.list_laboratories().rows
    assert len({row.phase for row in rows}) == len(rows) == 3
    assert queries.count_open_laboratories() == 1
    assert set(db.session.scalars(db.select(Proposal.state))) == set(ProposalState)
    mine = {row.state for row in queries.list_proposals_of(people[CITIZEN].account_id)}
    assert mine == {ProposalState.RETURNED, ProposalState.DRAFT}
    waiting = db.session.scalars(db.select(Case).where(Case.state == CaseState.WAITING)).all()
    assert len(waiting) == 1
    deciders = set(
        db.session.scalars(db.select(Case.decided_by_id).where(Case.decided_at.is_not(None)))
    )
    assert deciders == {people[CLERK].account_id}


def test_the_demos_history_runs_in_order(database):
    seed_laboratories(seed_people())
    for row in queries.list_laboratories().rows:
        moments = [h.at for h in queries.get_laboratory(row.slug).happenings]
        assert moments == sorted(moments, reverse=True)
    for proposal in db.session.scalars(
        db.select(Proposal).where(Proposal.published_at.is_not(None))
    ):
        assert proposal.submitted_at < proposal.published_at <= proposal.state_at


def test_the_demo_shows_what_is_read_of_who_is_gone(client):
    people = seed_people()
    seed_laboratories(people)
    seed_talk()
    seed_erasure()
    db.session.commit()
    proposal = db.session.scalars(db.select(Proposal).where(Proposal.title == COURT)).one()
    page = client.get(f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}").text
    assert WORDS in page
    assert "persona non più iscritta" in page
    assert "Ottavio" not in page
