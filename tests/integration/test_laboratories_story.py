"""What everybody reads of a proposal's way: changed, answered, joined by others (20, 21, 22)."""

import pytest

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import db
from portal.laboratories.services import withdraw_proposal
from portal.laboratories.states import AnswerOutcome
from tests.client import parse, texts
from tests.factories.laboratories import make_laboratory, make_published
from tests.factories.laboratory_rows import make_answer
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def proposal():
    return make_published(make_laboratory(), make_user(name="Samira Prova"), title="Il cortile")


@pytest.fixture
def joined(proposal):
    """Return a proposal of somebody else that became part of the other."""
    joined = make_published(proposal.laboratory, make_user(name="Paolo Vicini"), title="I giochi")
    make_answer(joined, outcome=AnswerOutcome.MERGED, merged_into_id=proposal.id)
    joined.merged_into_id = proposal.id
    db.session.commit()
    return joined


def author_of(proposal):
    return db.session.get_one(User, proposal.author_id)


def page_of(client, proposal):
    path = f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}"
    return parse(client.get(path).text).find(".//main")


def story_of(client, proposal):
    found = page_of(client, proposal).find(".//section[@aria-labelledby='versioni']")
    return [] if found is None else [texts(step) for step in found.iter("li")]


def test_the_answer_is_a_step_and_what_the_page_says_first(client, proposal):
    make_answer(proposal, replaced_at=utc_now())
    make_answer(
        proposal, outcome=AnswerOutcome.ACCEPTED, cost_cents=0, times="Da febbraio, il martedì"
    )
    steps = story_of(client, proposal)
    assert [step.split(maxsplit=3)[3] for step in steps[:2]] == [
        "Il Comune risponde: accolta.",
        "Il Comune risponde: non fattibile.",
    ]
    assert steps[2].endswith("Pubblicata.")
    tagline = page_of(client, proposal).find(".//section[@aria-labelledby='idea']/p")
    assert texts(tagline).startswith("Accolta")


def test_a_proposal_that_became_part_of_it_keeps_its_author(client, proposal, joined):
    step = story_of(client, proposal)[0]
    assert "Ne fa parte anche I giochi. Paolo V. è tra chi la propone." in step
    withdraw_proposal(actor=actor_of(author_of(joined)), proposal_id=joined.id)
    db.session.commit()
    assert len(story_of(client, proposal)) == 1


def test_who_wrote_it_reads_what_joined_and_the_answer_once(client, proposal, joined):
    client.sign_in(author_of(proposal))
    assert "Ne fa parte anche I giochi" in story_of(client, proposal)[0]
    make_answer(proposal)
    assert not any("Il Comune risponde" in step for step in story_of(client, proposal))


def test_a_story_takes_the_same_statements_however_long(client, proposal):
    with counted_sql() as few:
        page_of(client, proposal)
    for _ in range(3):
        joined = make_published(proposal.laboratory, make_user())
        make_answer(joined, outcome=AnswerOutcome.MERGED, merged_into_id=proposal.id)
    with counted_sql() as many:
        assert len(story_of(client, proposal)) == 4
    assert len(many) == len(few) <= 10
