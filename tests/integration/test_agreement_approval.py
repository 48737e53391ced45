"""Freezing what was read: nothing saved between the reading and the freezing slips in."""

from datetime import timedelta
from decimal import Decimal

import pytest

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import db
from portal.laboratories.models import Agreement, AgreementVersion
from portal.laboratories.services import (
    BudgetContent,
    IndicatorContent,
    PartyContent,
    add_line,
    choose_places,
    commitment_drafts,
    withdraw_sheet,
)
from portal.laboratories.services import agreements as services
from portal.laboratories.services.draft_marks import DraftChangedError, DraftPart, mark_draft
from portal.laboratories.states import AgreementState, BudgetSource, PartyKind, SheetState
from tests.client import fields_of, parse, texts
from tests.factories.agreements import make_clerk, make_shared
from tests.factories.laboratory_rows import key, make_sheet
from tests.factories.people import actor_of
from tests.factories.places import make_place
from tests.sql_counter import counted_sql


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def agreement(clerk):
    made = make_shared(clerk)
    db.session.commit()
    return made


def desk_of(agreement, more="/"):
    return f"/gestione/laboratori/{agreement.laboratory.slug}/accordo{more}"


def approve(clerk, agreement, seen, version=None):
    return services.approve_agreement(
        actor=clerk,
        agreement_id=agreement.id,
        version=version or agreement.version,
        seen=seen,
        number="41",
        approved_on=local_today(),
    )


def rewrite(sheet, **texts_):
    for name, text in texts_.items():
        setattr(sheet, name, text)
    db.session.commit()


def test_sheet_saved_between_reading_and_freezing_is_not_frozen_unread(client, clerk, agreement):
    client.sign_in(db.session.get(User, clerk.id))
    form = fields_of(client.get(desk_of(agreement)), "approva")
    [sheet] = agreement.sheets
    rewrite(sheet, contents="Cortili aperti anche di notte.")
    mine = {**form, "number": "41", "on": local_today().isoformat()}
    answer = client.submit(desk_of(agreement, "/approva"), mine)
    assert answer.status_code == 409
    page = texts(parse(answer.text))
    assert "non è stato fissato" in page
    assert sheet.title in page
    assert 'value="41"' in answer.text
    assert db.session.scalars(db.select(AgreementVersion)).all() == []
    # Read again, it is frozen as it is now.
    again = {**fields_of(answer, "approva"), "on": local_today().isoformat()}
    assert client.submit(desk_of(agreement, "/approva"), again).status_code == 303
    [version] = db.session.scalars(db.select(AgreementVersion)).all()
    assert "anche di notte" in version.canonical


CHANGES = {
    "text": lambda _clerk, sheet: rewrite(sheet, times="Da maggio."),
    "title": lambda _clerk, sheet: rewrite(sheet, title="Cortili"),
    "party": lambda clerk, sheet: add_line(
        actor=clerk,
        sheet_id=sheet.id,
        content=PartyContent(PartyKind.GROUP, "Vicine", "Aprono."),
    ),
    "money": lambda clerk, sheet: add_line(
        actor=clerk, sheet_id=sheet.id, content=BudgetContent(BudgetSource.REGION, "Luci", 5_00)
    ),
    "indicator": lambda clerk, sheet: add_line(
        actor=clerk, sheet_id=sheet.id, content=IndicatorContent("Sere", "sere", Decimal(9))
    ),
    "place": lambda clerk, sheet: choose_places(
        actor=clerk, sheet_id=sheet.id, seen=frozenset(), chosen=frozenset({make_place().id})
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_in_a_sheet_it_is_named(clerk, agreement, change):
    [sheet] = agreement.sheets
    seen = mark_draft(agreement.id)
    CHANGES[change](clerk, sheet)
    db.session.commit()
    with pytest.raises(DraftChangedError) as refused:
        approve(clerk, agreement, seen)
    [found] = refused.value.changes
    assert (found.part, found.sheet_id, found.title) == (DraftPart.SHEET, sheet.id, sheet.title)
    assert agreement.state is AgreementState.SHARED
    assert sheet.state is SheetState.SHARED


def test_commitment_changed_meanwhile_is_named(clerk, agreement):
    seen = mark_draft(agreement.id)
    commitment_drafts.add_commitment(
        actor=clerk,
        agreement_id=agreement.id,
        form_key=key(),
        content=commitment_drafts.CommitmentContent(
            party_kind=PartyKind.MUNICIPALITY,
            title="Luci nuove",
            due_on=local_today() + timedelta(days=9),
        ),
    )
    with pytest.raises(DraftChangedError) as refused:
        approve(clerk, agreement, seen)
    assert [c.part for c in refused.value.changes] == [DraftPart.COMMITMENTS]


def test_text_written_meanwhile_is_named(clerk, agreement):
    seen, version = mark_draft(agreement.id), agreement.version
    services.save_agreement(
        actor=clerk,
        agreement_id=agreement.id,
        version=version,
        content=services.AgreementContent(
            title=agreement.title, needs="Altro", starts_on=agreement.starts_on,
            ends_on=agreement.ends_on,
        ),
    )  # fmt: skip
    with pytest.raises(DraftChangedError) as refused:
        approve(clerk, agreement, seen, version)
    assert [c.part for c in refused.value.changes] == [DraftPart.TEXT]
    assert refused.value.version == agreement.version


def test_sheets_that_came_and_went_are_named(clerk, agreement):
    seen = mark_draft(agreement.id)
    [gone] = agreement.sheets
    withdraw_sheet(actor=clerk, sheet_id=gone.id)
    new = make_sheet(
        agreement.laboratory, state=SheetState.SHARED, contents="Orti.", title="Orti di sera"
    )
    services.choose_sheets(
        actor=clerk, agreement_id=agreement.id, version=agreement.version, sheet_ids=[new.id]
    )
    with pytest.raises(DraftChangedError) as refused:
        approve(clerk, agreement, seen)
    found = {(c.part, c.title) for c in refused.value.changes}
    assert {(DraftPart.SHEET_NEW, "Orti di sera"), (DraftPart.SHEET_GONE, gone.title)} <= found


def test_unchanged_draft_is_frozen(clerk, agreement):
    approve(clerk, agreement, mark_draft(agreement.id))
    assert agreement.state is AgreementState.APPROVED


@pytest.mark.parametrize("seen", ["", "x", "text=", "=", "a=b c=d", "9" * 40 + "=x", "x" * 20_000])
def test_tampered_marks_freeze_nothing(client, clerk, agreement, seen):
    client.sign_in(db.session.get(User, clerk.id))
    form = fields_of(client.get(desk_of(agreement)), "approva")
    mine = {**form, "seen": seen, "number": "41", "on": local_today().isoformat()}
    assert client.submit(desk_of(agreement, "/approva"), mine).status_code in (409, 422)
    assert db.session.scalars(db.select(AgreementVersion)).all() == []


def test_readers_pay_nothing_and_the_desk_the_same_for_many_sheets(client, clerk, agreement):
    agreement_id = agreement.id
    citizen = client.application.test_client()
    client.sign_in(db.session.get(User, clerk.id))
    public, desk, counts = f"/accordi/{agreement.slug}", desk_of(agreement), []
    for address, browser in ((public, citizen), (desk, client)):
        browser.get(address)
    for more in (0, 12):
        kept = db.session.get(Agreement, agreement_id)
        for number in range(more):
            make_sheet(
                kept.laboratory, state=SheetState.SHARED, contents="x", title=f"S{number}",
                agreement_id=kept.id,
            )  # fmt: skip
        db.session.commit()
        db.session.expunge_all()
        with counted_sql() as statements:
            assert client.get(desk).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    with counted_sql() as statements:
        assert citizen.get(public).status_code == 200
    assert not [s for s in statements if "sheet_indicator" in s]


def test_the_session_of_who_approves_reads_what_others_saved(clerk, agreement):
    """What was loaded before the rows were held is read anew."""
    seen = mark_draft(agreement.id)
    [sheet] = agreement.sheets
    assert sheet.budget == []
    db.session.execute(
        db.text(
            "INSERT INTO budget_line (sheet_id, source, words, planned_cents, position)"
            " VALUES (:sheet, 'region', 'Luci', 500, 1)"
        ),
        {"sheet": sheet.id},
    )
    with pytest.raises(DraftChangedError):
        approve(clerk, agreement, seen)


def test_who_changed_nothing_but_the_day_is_told_beside_the_field(client, clerk, agreement):
    client.sign_in(db.session.get(User, clerk.id))
    form = fields_of(client.get(desk_of(agreement)), "approva")
    tomorrow = (local_today() + timedelta(days=1)).isoformat()
    answer = client.submit(desk_of(agreement, "/approva"), {**form, "number": "1", "on": tomorrow})
    assert answer.status_code == 422
    assert fields_of(answer, "approva")["seen"] == form["seen"]


def test_actor_is_who_approves(clerk, agreement):
    approve(clerk, agreement, mark_draft(agreement.id))
    [version] = db.session.scalars(db.select(AgreementVersion)).all()
    assert version.frozen_by_id == actor_of(db.session.get(User, clerk.id)).id
