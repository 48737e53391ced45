"""What has come of a laboratory, told on its page as one timeline."""

from datetime import timedelta

import pytest

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.history import record_step
from portal.laboratories.models import Commitment
from portal.laboratories.queries import get_laboratory
from portal.laboratories.queries.meetings import list_meetings
from portal.laboratories.queries.outcomes import OutcomeKind, list_outcomes
from portal.laboratories.states import (
    AnswerOutcome,
    CommitmentState,
    MeetingState,
    Phase,
    SheetAction,
    SheetState,
)
from tests.client import parse, texts
from tests.factories.agreements import make_clerk, make_in_force, make_shared
from tests.factories.laboratories import make_laboratory, make_published
from tests.factories.laboratory_rows import make_answer, make_meeting, make_sheet
from tests.factories.people import actor_of, make_user


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def laboratory(database):
    return make_laboratory(phase=Phase.IMPLEMENTATION)


def outcomes_of(laboratory):
    db.session.commit()
    detail = get_laboratory(laboratory.slug)
    return list_outcomes(detail, list_meetings(detail.id))


def of_kind(laboratory, kind):
    return [row for row in outcomes_of(laboratory) if row.kind is kind]


def test_answers_of_a_day_are_one_line(database):
    laboratory, person = make_laboratory(), make_user()
    for outcome in (AnswerOutcome.NOT_FEASIBLE, AnswerOutcome.NOT_FEASIBLE):
        make_answer(make_published(laboratory, person), outcome=outcome)
    accepted = make_published(laboratory, person)
    with frozen(utc_now() - timedelta(days=3)):
        make_answer(accepted, outcome=AnswerOutcome.ACCEPTED, cost_cents=10, times="Un mese.")
    rows = of_kind(laboratory, OutcomeKind.ANSWERS)
    assert [row.numbers for row in rows] == [(0, 0, 2), (1, 0, 0)]


def test_only_what_everybody_may_know_is_told(clerk, laboratory):
    hidden = make_sheet(laboratory)
    told = make_sheet(laboratory, state=SheetState.SHARED, contents="Sì.", title="Cortili")
    for sheet in (hidden, told):
        record_step(
            actor=clerk,
            subject_kind="project_sheet",
            subject_id=sheet.id,
            action=SheetAction.SHARE,
        )
    make_meeting(laboratory, starts_in=-50, title="Tenuto")
    make_meeting(laboratory, starts_in=50, title="Da tenere")
    make_meeting(
        laboratory,
        starts_in=-60,
        state=MeetingState.CANCELLED,
        cancelled_reason="Neve.",
        title="No",
    )
    assert [row.title for row in of_kind(laboratory, OutcomeKind.SHEET)] == ["Cortili"]
    assert [row.title for row in of_kind(laboratory, OutcomeKind.MEETING)] == ["Tenuto"]


def test_steps_of_an_agreement_are_told_once_it_is_shared(client, clerk, laboratory):
    agreement = make_in_force(clerk, actor_of(make_user()), laboratory=laboratory)
    steps = [row.step for row in of_kind(laboratory, OutcomeKind.AGREEMENT)]
    assert sorted(steps) == ["enter_into_force", "open_for_signature", "share"]
    kept = db.session.scalars(
        db.select(Commitment).where(Commitment.agreement_id == agreement.id)
    ).first()
    kept.state, kept.done_on = CommitmentState.DONE, agreement.starts_on
    agreement.account_words, agreement.account_published_at = "Bene.", utc_now()
    renewal = make_laboratory(title="Rinnovo")
    renewal.renews_id = agreement.id
    [past] = of_kind(renewal, OutcomeKind.PAST)
    assert past.numbers[:2] == (1, 2)
    assert len(of_kind(laboratory, OutcomeKind.ACCOUNT)) == 1
    page = texts(parse(client.get(f"/laboratori/{renewal.slug}").text).find(".//main"))
    assert "1 impegno mantenuto su 2" in page
    own = texts(parse(client.get(f"/laboratori/{laboratory.slug}").text).find(".//main"))
    for words in ("Bozza da discutere:", "Aperto alla firma:", "In vigore:", "Segui gli impegni"):
        assert words in own


def test_what_can_be_done_first_follows_the_agreement(client, clerk):
    laboratory = make_laboratory(phase=Phase.SHARING)
    make_shared(clerk, laboratory=laboratory)
    db.session.commit()
    page = client.get(f"/laboratori/{laboratory.slug}").text
    assert "Leggi la bozza dell’accordo" in page
    evaluated = make_laboratory(title="Alla fine", phase=Phase.EVALUATION)
    agreement = make_in_force(clerk, actor_of(make_user()), laboratory=evaluated)
    db.session.commit()
    page = client.get(f"/laboratori/{evaluated.slug}").text
    assert f"/accordi/{agreement.slug}/valutazione" in page
