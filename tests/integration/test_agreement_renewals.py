"""Renewing an agreement: what stays is carried over, the past is linked and renewed (27)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.laboratories.models import BudgetLine, Commitment, ProjectSheet, SheetIndicator
from portal.laboratories.policies.agreements import AgreementGuard
from portal.laboratories.queries.commitments import Leftover, list_commitments
from portal.laboratories.queries.renewals import load_carry
from portal.laboratories.services import agreements, final_accounts, force, laboratories, signing
from portal.laboratories.services.agreements import AgreementGuardedError
from portal.laboratories.services.draft_marks import mark_draft
from portal.laboratories.services.final_accounts import AccountContent
from portal.laboratories.services.renewals import CarryContent, carry_over
from portal.laboratories.states import (
    AgreementState,
    BudgetSource,
    CommitmentState,
    MeetingKind,
    PartyKind,
    Phase,
    SheetState,
)
from tests.client import fields_of
from tests.factories.agreements import make_clerk, make_in_force, wish
from tests.factories.laboratories import make_laboratory
from tests.factories.laboratory_rows import make_meeting
from tests.factories.people import actor_of, make_user


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def citizen(database):
    return make_user(name="Anna Prova")


@pytest.fixture
def past(clerk, citizen):
    past = make_in_force(clerk, actor_of(citizen), context="Sei palazzi.")
    sheet = past.sheets[0]
    sheet.state = SheetState.AGREED
    indicator = SheetIndicator(
        sheet_id=sheet.id, name="Persone", unit="persone", target=Decimal(100), reached=Decimal(90)
    )
    line = BudgetLine(
        sheet_id=sheet.id,
        source=BudgetSource.MUNICIPALITY,
        words="Materiali",
        planned_cents=100_000,
        spent_cents=95_000,
    )
    db.session.add_all((indicator, line))
    first = db.session.scalars(
        db.select(Commitment).where(Commitment.agreement_id == past.id).order_by(Commitment.id)
    ).first()
    first.sheet_id = sheet.id
    db.session.commit()
    db.session.expire_all()
    return past


@pytest.fixture
def renewal(clerk, past):
    """Return the draft that renews `past`, in a laboratory of its own."""
    laboratory = make_laboratory(title="Rinnovo", phase=Phase.SIGNATURE)
    laboratory.renews_id = past.id
    db.session.flush()
    today = local_today()
    return agreements.start_agreement(
        actor=clerk,
        laboratory_id=laboratory.id,
        content=agreements.AgreementContent(
            title="Un quartiere che continua",
            starts_on=today + timedelta(days=100),
            ends_on=today + timedelta(days=465),
        ),
    )


def carry(clerk, renewal, **given):
    offered = load_carry(renewal)
    facts = {"sheet_ids": list(offered.sheets), "commitment_ids": list(offered.commitments)}
    return carry_over(
        actor=clerk,
        agreement_id=renewal.id,
        version=renewal.version,
        content=CarryContent(**{**facts, **given}),
    )


def commitments_of(agreement):
    statement = db.select(Commitment).where(Commitment.agreement_id == agreement.id)
    return db.session.scalars(statement.order_by(Commitment.position)).all()


def account_for(clerk, past):
    make_meeting(past.laboratory, kind=MeetingKind.EVALUATION, starts_in=-5)
    final_accounts.save_account(
        actor=clerk,
        agreement_id=past.id,
        version=past.version,
        content=AccountContent("Bene, si continua."),
    )
    final_accounts.publish_account(actor=clerk, agreement_id=past.id)


def sign_all(clerk, citizen, renewal):
    agreements.share_agreement(actor=clerk, agreement_id=renewal.id)
    agreements.approve_agreement(
        actor=clerk,
        agreement_id=renewal.id,
        version=renewal.version,
        seen=mark_draft(renewal.id),
        number="77",
        approved_on=local_today(),
    )
    agreements.open_for_signature(actor=clerk, agreement_id=renewal.id)
    municipality = wish(renewal, PartyKind.MUNICIPALITY, role_words="assessora")
    signing.sign_agreement(actor=clerk, agreement_id=renewal.id, content=municipality, leads=True)
    signing.sign_agreement(actor=actor_of(citizen), agreement_id=renewal.id, content=wish(renewal))


def test_what_stays_is_copied_without_results_and_names_its_past(clerk, past, renewal):
    carry(clerk, renewal, has_texts=True)
    [copy] = renewal.sheets
    old = past.sheets[0]
    assert (copy.carried_from_id, copy.state) == (old.id, SheetState.SHARED)
    assert (copy.contents, copy.laboratory_id) == (old.contents, renewal.laboratory_id)
    assert [(i.name, i.target, i.reached) for i in copy.indicators] == [("Persone", 100, None)]
    assert [(b.planned_cents, b.spent_cents) for b in copy.budget] == [(100_000, None)]
    assert renewal.context == "Sei palazzi."
    kept = commitments_of(renewal)
    assert [c.carried_from_id for c in kept] == [c.id for c in commitments_of(past)]
    assert [c.sheet_id for c in kept] == [copy.id, None]
    assert {c.state for c in kept} == {CommitmentState.TO_DO}
    # Their old day is over before the new agreement begins.
    assert {c.due_on for c in kept} == {renewal.ends_on}


def test_carrying_over_twice_carries_once(clerk, past, renewal):
    carry(clerk, renewal)
    assert load_carry(renewal).done == 3
    sheets, kept = [s.id for s in past.sheets], [c.id for c in commitments_of(past)]
    carry(clerk, renewal, sheet_ids=sheets, commitment_ids=kept)
    assert (len(renewal.sheets), len(commitments_of(renewal))) == (1, 2)
    for model, rule in (
        (ProjectSheet, "uq_project_sheet_laboratory_id_carried_from_id"),
        (Commitment, "uq_commitment_agreement_id_carried_from_id"),
    ):
        row = db.session.scalars(db.select(model).where(model.carried_from_id.is_not(None))).first()
        again = {c.name: getattr(row, c.name) for c in model.__table__.c if c.name != "id"}
        copy = model(**(again | {"form_key": "x"}))
        with pytest.raises(IntegrityError, match=rule), db.session.begin_nested():
            db.session.add(copy)


def test_day_of_what_is_carried_over_lies_within_the_new_agreement(clerk, past, renewal):
    db.session.commit()
    with pytest.raises(RuleBrokenError) as refused:
        carry(clerk, renewal, due_on=local_today())
    assert refused.value.field == "due_on"
    db.session.rollback()
    chosen = renewal.starts_on + timedelta(days=30)
    carry(clerk, renewal, due_on=chosen)
    assert {c.due_on for c in commitments_of(renewal)} == {chosen}


def test_written_texts_are_not_overwritten(clerk, past, renewal):
    renewal.context = "Sette palazzi."
    db.session.flush()
    carry(clerk, renewal, has_texts=True)
    assert (renewal.context, renewal.premises) == ("Sette palazzi.", past.premises)


def test_only_a_renewal_carries_over(clerk, citizen, past):
    with pytest.raises(ForbiddenStepError):
        carry_over(actor=clerk, agreement_id=past.id, version=past.version, content=CarryContent())


def test_past_is_renewed_when_the_next_enters_into_force(clerk, citizen, past, renewal):
    carry(clerk, renewal)
    sign_all(clerk, citizen, renewal)
    with pytest.raises(AgreementGuardedError) as refused:
        force.enter_into_force(actor=clerk, agreement_id=renewal.id)
    assert refused.value.guards == (AgreementGuard.PAST_ACCOUNT_NOT_PUBLISHED,)
    account_for(clerk, past)
    force.enter_into_force(actor=clerk, agreement_id=renewal.id)
    assert (renewal.state, past.state) == (AgreementState.IN_FORCE, AgreementState.RENEWED)
    told = db.session.scalars(
        db.select(MailMessage.recipient).where(MailMessage.event_key.contains(":renewed:"))
    ).all()
    assert told == [citizen.email]


def test_nothing_open_is_left_behind(clerk, citizen, past, renewal):
    carry(clerk, renewal, commitment_ids=[commitments_of(past)[0].id])
    other = commitments_of(past)[1]
    agreements_own = commitments_of(renewal)
    assert len(agreements_own) == 1
    sign_all(clerk, citizen, renewal)
    account_for(clerk, past)
    with pytest.raises(AgreementGuardedError) as refused:
        force.enter_into_force(actor=clerk, agreement_id=renewal.id)
    assert refused.value.guards == (AgreementGuard.PAST_COMMITMENTS_OPEN,)
    other.state, other.done_on = CommitmentState.DONE, local_today()
    db.session.flush()
    force.enter_into_force(actor=clerk, agreement_id=renewal.id)
    assert past.state is AgreementState.RENEWED


def test_laboratory_that_goes_on_from_another_agreement_says_so_in_its_draft(
    clerk, citizen, past, renewal
):
    other = make_in_force(clerk, actor_of(citizen), title="Un altro")
    laboratory = renewal.laboratory
    laboratories.change_laboratory(
        actor=clerk,
        laboratory_id=laboratory.id,
        version=laboratory.version,
        content=laboratories.LaboratoryContent(
            title=laboratory.title, summary="Sì", description="Sì", renews_id=other.id
        ),
    )
    db.session.refresh(renewal)
    assert renewal.renews_id == other.id


def test_pages_link_past_and_next_both_ways(client, clerk, citizen, past, renewal):
    client.sign_in(db.session.get_one(User, clerk.id))
    desk = f"/gestione/laboratori/{renewal.laboratory.slug}/accordo"
    assert f"{desk}/riporta" in client.get(f"{desk}/").text
    form = fields_of(client.get(f"{desk}/riporta"))
    assert (len(form["sheets"]), len(form["commitments"])) == (1, 2)
    wrong = client.submit(f"{desk}/riporta", form | {"due_on": "1999-01-01"})
    assert (wrong.status_code, "cada nel nuovo accordo" in wrong.text) == (422, True)
    assert client.submit(f"{desk}/riporta", form).status_code == 303
    assert client.submit(f"{desk}/riporta", form).status_code == 409
    end = f"/gestione/laboratori/{past.laboratory.slug}/accordo/fine"
    assert renewal.laboratory.title in client.get(end).text
    client.sign_out()
    assert f"/laboratori/{renewal.laboratory.slug}" in client.get(f"/accordi/{past.slug}").text
    assert f"/accordi/{renewal.slug}" not in client.get(f"/accordi/{past.slug}").text
    agreements.share_agreement(actor=clerk, agreement_id=renewal.id)
    db.session.commit()
    assert f"/accordi/{renewal.slug}" in client.get(f"/accordi/{past.slug}").text
    assert f"/accordi/{past.slug}" in client.get(f"/accordi/{renewal.slug}").text


def test_desk_offers_the_laboratory_of_the_renewal(client, clerk, past):
    client.sign_in(db.session.get_one(User, clerk.id))
    end = client.get(f"/gestione/laboratori/{past.laboratory.slug}/accordo/fine").text
    assert f"/gestione/laboratori/nuovo?rinnova={past.id}" in end
    form = fields_of(client.get(f"/gestione/laboratori/nuovo?rinnova={past.id}"))
    assert form["renews_id"] == str(past.id)
    assert client.get("/gestione/laboratori/nuovo?rinnova=x").status_code == 200


def test_what_is_carried_over_goes_on_in_the_next(clerk, citizen, past, renewal):
    carry(clerk, renewal)
    sign_all(clerk, citizen, renewal)
    account_for(clerk, past)
    assert {row.leftover for row in list_commitments(past.id)} == {None}
    force.enter_into_force(actor=clerk, agreement_id=renewal.id)
    assert {row.leftover for row in list_commitments(past.id)} == {Leftover.CARRIED}
    assert {row.leftover for row in list_commitments(renewal.id)} == {None}
