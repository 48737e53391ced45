"""The demo's laboratories obey every rule, since services make them."""

from portal.core.database import db
from portal.demo.erasure_demo import WORDS, seed_erasure
from portal.demo.laboratories_demo import CITIZEN, CLERK, seed_laboratories
from portal.demo.people_demo import seed_people
from portal.demo.requests_demo import seed_requests
from portal.demo.sheet_talk_demo import TITLE, seed_sheet_talk
from portal.demo.talk_demo import COURT, seed_talk
from portal.demo.territory import load_demo_territory
from portal.laboratories import queries
from portal.laboratories.models import ProjectSheet, Proposal
from portal.laboratories.queries import agreements
from portal.laboratories.queries.agreement_lists import list_agreements
from portal.laboratories.queries.commitment_boards import count_commitments
from portal.laboratories.queries.commitments import list_commitments
from portal.laboratories.queries.endings import load_account
from portal.laboratories.queries.evaluation import summarise_answers
from portal.laboratories.states import AgreementState, ProposalState
from portal.moderation.models import Case
from portal.moderation.states import CaseKind, CaseState

PROPOSALS = Case.kind == CaseKind.PROPOSAL


def seed():
    """Return the demo's people, once laboratories are there."""
    load_demo_territory()
    people = seed_people()
    # The spokesperson represents an association: it proposes, takes on and signs.
    seed_requests(people)
    seed_laboratories(people)
    db.session.commit()
    return people


def test_the_demo_shows_every_state_and_five_phases(database):
    people = seed()
    rows = queries.list_laboratories().rows
    assert len({row.phase for row in rows}) == len(rows) == 5
    assert queries.count_open_laboratories() == 1
    assert set(db.session.scalars(db.select(Proposal.state))) == set(ProposalState)
    mine = {row.state for row in queries.list_proposals_of(people[CITIZEN].account_id)}
    assert mine == {ProposalState.RETURNED, ProposalState.DRAFT}
    waiting = db.session.scalars(
        db.select(Case).where(Case.state == CaseState.WAITING, PROPOSALS)
    ).all()
    assert len(waiting) == 1
    deciders = set(
        db.session.scalars(
            db.select(Case.decided_by_id).where(Case.decided_at.is_not(None), PROPOSALS)
        )
    )
    assert deciders == {people[CLERK].account_id}


def test_one_agreement_is_in_force_one_can_be_signed_one_has_ended(database):
    seed()
    slugs = [row.slug for row in list_agreements().rows]
    signable, followed, ended = (agreements.get_agreement(slug) for slug in slugs)
    assert (signable.state, followed.state) == (AgreementState.OPEN, AgreementState.IN_FORCE)
    assert signable.to_sign is not None
    counts = count_commitments(list_commitments(followed.id))
    assert (counts.done, counts.going, counts.late) == (2, 2, 1)
    assert followed.sheets[0].proposals
    assert followed.texts.told_days_before == 90
    assert (ended.state, ended.texts.told_days_before) == (AgreementState.CLOSED, 90)
    account = load_account(ended.texts)
    assert (account.published_at is not None, len(account.sheets[0].results)) == (True, 2)
    assert summarise_answers(ended.id).answers == 5


def test_the_demos_history_runs_in_order(database):
    seed()
    for row in queries.list_laboratories().rows:
        moments = [h.at for h in queries.get_laboratory(row.slug).happenings]
        assert moments == sorted(moments, reverse=True)
    for proposal in db.session.scalars(
        db.select(Proposal).where(Proposal.published_at.is_not(None))
    ):
        assert proposal.submitted_at < proposal.published_at <= proposal.state_at


def test_the_demo_shows_what_is_read_of_who_is_gone(client):
    seed()
    seed_talk()
    seed_erasure()
    db.session.commit()
    proposal = db.session.scalars(db.select(Proposal).where(Proposal.title == COURT)).one()
    page = client.get(f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}").text
    assert WORDS in page
    assert "persona non più iscritta" in page
    assert "Ottavio" not in page


def test_the_demo_shows_a_sheet_that_is_written_and_talked_about_together(client):
    seed()
    seed_talk()
    seed_sheet_talk()
    db.session.commit()
    sheet = db.session.scalars(db.select(ProjectSheet).where(ProjectSheet.title == TITLE)).one()
    page = client.get(f"/laboratori/{sheet.laboratory.slug}/schede/{sheet.id}?sezione=azioni").text
    for words in ("3 commenti", "Scrive la scheda", "Comune", "uno per lato", "Accedi e commenta"):
        assert words in page
