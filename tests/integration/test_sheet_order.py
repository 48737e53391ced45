"""The order of an agreement's sheets: of its page, its frozen text, its PDF."""

import json

import pytest

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.laboratories.queries import signing as queries
from portal.laboratories.services import agreements as services
from portal.laboratories.services.draft_marks import DraftChangedError, DraftPart, mark_draft
from portal.laboratories.states import SheetState
from tests.client import parse, texts
from tests.factories.agreements import make_clerk, make_shared
from tests.factories.laboratory_rows import make_sheet


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def agreement(clerk):
    """Return a draft with three sheets, among others of its laboratory, all at one place."""
    made = make_shared(clerk)
    facts = {"state": SheetState.SHARED, "contents": "x"}
    make_sheet(made.laboratory, title="Di nessuno", **facts)
    for title in ("Orti", "Feste"):
        make_sheet(made.laboratory, title=title, agreement_id=made.id, **facts)
    db.session.commit()
    return made


def titles(agreement):
    db.session.expire_all()
    return [sheet.title for sheet in agreement.sheets]


def move(clerk, agreement, title, *, up):
    sheet = next(sheet for sheet in agreement.sheets if sheet.title == title)
    services.move_sheet(actor=clerk, agreement_id=agreement.id, sheet_id=sheet.id, up=up)
    db.session.commit()


def desk_of(agreement, more="/"):
    return f"/gestione/laboratori/{agreement.laboratory.slug}/accordo{more}"


def test_a_sheet_moves_up_and_down_and_stays_at_the_ends(clerk, agreement):
    assert titles(agreement) == ["Cortili aperti", "Orti", "Feste"]
    move(clerk, agreement, "Feste", up=True)
    assert titles(agreement) == ["Cortili aperti", "Feste", "Orti"]
    for _tap in range(3):
        move(clerk, agreement, "Feste", up=True)
    assert titles(agreement) == ["Feste", "Cortili aperti", "Orti"]
    for _tap in range(2):
        move(clerk, agreement, "Orti", up=False)
    assert titles(agreement) == ["Feste", "Cortili aperti", "Orti"]
    move(clerk, agreement, "Feste", up=False)
    assert titles(agreement) == ["Cortili aperti", "Feste", "Orti"]


def test_the_page_and_the_frozen_text_have_this_order(client, clerk, agreement):
    move(clerk, agreement, "Feste", up=True)
    page = texts(parse(client.get(f"/accordi/{agreement.slug}").text))
    assert page.index("Cortili aperti") < page.index("Feste") < page.index("Orti")
    services.approve_agreement(
        actor=clerk, agreement_id=agreement.id, version=agreement.version,
        seen=mark_draft(agreement.id), number="41", approved_on=local_today(),
    )  # fmt: skip
    frozen = json.loads(queries.get_newest_version(agreement.id).canonical)
    assert [sheet["title"] for sheet in frozen["sheets"]] == ["Cortili aperti", "Feste", "Orti"]


def test_buttons_work_without_javascript_and_lead_back_to_the_sheet(client, clerk, agreement):
    client.sign_in(db.session.get(User, clerk.id))
    first, second, third = agreement.sheets
    page = client.get(desk_of(agreement)).text
    for sheet, up, down in ((first, 0, 1), (second, 1, 1), (third, 1, 0)):
        path = desk_of(agreement, f"/schede/{sheet.id}")
        assert (page.count(f'"{path}/su"'), page.count(f'"{path}/giu"')) == (up, down)
    answer = client.submit(desk_of(agreement, f"/schede/{second.id}/su"))
    assert answer.status_code == 303
    assert answer.location.endswith(f"#scheda-{second.id}")
    assert titles(agreement)[0] == "Orti"


def test_one_sheet_has_no_order(client, clerk):
    alone = make_shared(clerk)
    db.session.commit()
    client.sign_in(db.session.get(User, clerk.id))
    assert "/schede/" not in client.get(desk_of(alone)).text.partition("Ordine delle schede")[2]


def test_a_frozen_order_stands(client, clerk, agreement):
    services.approve_agreement(
        actor=clerk, agreement_id=agreement.id, version=agreement.version,
        seen=mark_draft(agreement.id), number="41", approved_on=local_today(),
    )  # fmt: skip
    db.session.commit()
    with pytest.raises(ForbiddenStepError):
        move(clerk, agreement, "Feste", up=True)
    client.sign_in(db.session.get(User, clerk.id))
    assert "Ordine delle schede" not in client.get(desk_of(agreement)).text
    sheet_id = agreement.sheets[1].id
    assert client.submit(desk_of(agreement, f"/schede/{sheet_id}/su")).status_code == 409


def test_a_sheet_of_another_agreement_is_not_found(client, clerk, agreement):
    other = make_shared(clerk)
    [stranger] = other.sheets
    with pytest.raises(NotFoundError):
        services.move_sheet(actor=clerk, agreement_id=agreement.id, sheet_id=stranger.id, up=True)


def test_an_order_changed_after_the_reading_is_not_frozen_unread(clerk, agreement):
    seen = mark_draft(agreement.id)
    move(clerk, agreement, "Feste", up=True)
    with pytest.raises(DraftChangedError) as refused:
        services.approve_agreement(
            actor=clerk, agreement_id=agreement.id, version=agreement.version, seen=seen,
            number="41", approved_on=local_today(),
        )  # fmt: skip
    assert DraftPart.TEXT in [change.part for change in refused.value.changes]
