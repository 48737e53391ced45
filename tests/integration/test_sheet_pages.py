"""Project sheets through their pages: written together, nobody's words lost, lines, links."""

import pytest

from portal.core.database import db
from portal.laboratories.models import BudgetLine, ProjectSheet, SheetEditor
from portal.laboratories.services import add_editor, save_sheet
from portal.laboratories.states import Phase, SheetState
from portal.permissions import Role
from tests.client import fields_of, parse, texts
from tests.factories.laboratories import make_laboratory
from tests.factories.people import actor_of, make_user
from tests.factories.sheets import TEXTS, make_shared_sheet, make_written
from tests.sql_counter import counted_sql


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Ufficio", roles=(Role.STAFF,))


@pytest.fixture
def laboratory(database):
    return make_laboratory(phase=Phase.SHARING)


@pytest.fixture
def sheet(clerk, laboratory):
    return make_written(actor_of(clerk), laboratory)


@pytest.fixture
def editor(clerk, sheet):
    """Return a citizen named to write along."""
    person = make_user(name="Vera Vicina")
    add_editor(actor=actor_of(clerk), sheet_id=sheet.id, email=person.email)
    db.session.commit()
    return person


def page_of(sheet, more=""):
    return f"/laboratori/{sheet.laboratory.slug}/schede/{sheet.id}{more}"


def test_two_who_write_in_different_parts_lose_nothing(client, clerk, editor, sheet):
    client.sign_in(editor)
    mine = fields_of(client.get(page_of(sheet, "/scrivi")))
    save_sheet(
        actor=actor_of(clerk),
        sheet_id=sheet.id,
        version=sheet.version,
        texts={**TEXTS, "aims": "Che nessuno resti indietro."},
    )
    answer = client.submit(page_of(sheet, "/scrivi"), {**mine, "times": "Da ottobre a giugno."})
    assert answer.status_code == 303
    db.session.refresh(sheet)
    assert (sheet.aims, sheet.times) == ("Che nessuno resti indietro.", "Da ottobre a giugno.")


def test_two_who_write_in_the_same_part_see_both_and_choose(client, clerk, editor, sheet):
    client.sign_in(editor)
    mine = fields_of(client.get(page_of(sheet, "/scrivi")))
    save_sheet(
        actor=actor_of(clerk),
        sheet_id=sheet.id,
        version=sheet.version,
        texts={**TEXTS, "contents": "Quattro pomeriggi."},
    )
    clash = client.submit(page_of(sheet, "/scrivi"), {**mine, "contents": "Due pomeriggi."})
    assert clash.status_code == 409
    assert 'data-clash="contents"' in clash.text
    for words in (TEXTS["contents"], "Quattro pomeriggi.", "Due pomeriggi."):
        assert words in clash.text
    # Each difference stands below its own field, which keeps what was typed.
    assert fields_of(clash)["contents"] == "Due pomeriggi."
    assert 'href="#contents"' in clash.text
    assert 'id="contents-errore"' in clash.text
    field, panel, following = (
        clash.text.index(mark) for mark in ('id="contents"', "data-clash=", 'id="aims"')
    )
    assert field < panel < following
    assert clash.text.count("data-clash=") == 1
    assert "tolto:" in clash.text
    assert "aggiunto:" in clash.text
    db.session.refresh(sheet)
    assert sheet.contents == "Quattro pomeriggi."
    chosen = {**fields_of(clash), "contents": "Due o quattro pomeriggi."}
    assert client.submit(page_of(sheet, "/scrivi"), chosen).status_code == 303
    db.session.refresh(sheet)
    assert sheet.contents == "Due o quattro pomeriggi."
    history = client.get(page_of(sheet, "/versioni")).text
    assert "Carla Ufficio" in history
    assert "Vera Vicina" in history


@pytest.mark.parametrize("amount", ["-1", "10000000000", "1e9", "tanti", ""])
def test_amount_that_is_none_is_refused_beside_its_field(client, editor, sheet, amount):
    client.sign_in(editor)
    path = page_of(sheet, "/scrivi/soldi/nuova")
    answer = client.submit(path, {"words": "Colori", "source": "sponsors", "amount": amount})
    assert answer.status_code == 422
    assert 'id="amount-errore"' in answer.text
    assert 'value="Colori"' in answer.text
    assert len(sheet.budget) == 1


@pytest.mark.parametrize("target", ["-1", "1.000.000.001", "NaN", "Infinity", "1,234", "٣"])
def test_target_that_is_no_number_is_refused(client, editor, sheet, target):
    client.sign_in(editor)
    path = page_of(sheet, "/scrivi/indicatori/nuova")
    answer = client.submit(path, {"name": "Libri", "unit": "libri", "target": target})
    assert answer.status_code == 422
    assert 'id="target-errore"' in answer.text


def test_line_changed_meanwhile_says_what_it_says_now(client, clerk, editor, sheet):
    client.sign_in(editor)
    line = sheet.budget[0]
    path = page_of(sheet, f"/scrivi/soldi/{line.id}")
    mine = {**fields_of(client.get(path)), "amount": "700"}
    db.session.execute(db.update(BudgetLine).values(words="Merende e colori"))
    answer = client.submit(path, mine)
    assert answer.status_code == 409
    assert "Merende e colori" in answer.text
    assert 'value="700"' in answer.text
    again = client.submit(path, fields_of(answer))
    assert again.status_code == 303
    db.session.expire_all()
    assert (sheet.budget[0].words, sheet.budget[0].planned_cents) == ("Merende", 700_00)


def test_line_removed_by_another_keeps_what_was_typed(client, editor, sheet):
    client.sign_in(editor)
    line = sheet.budget[0]
    path = page_of(sheet, f"/scrivi/soldi/{line.id}")
    mine = {**fields_of(client.get(path)), "words": "Merende biologiche"}
    db.session.execute(db.delete(BudgetLine))
    answer = client.submit(path, mine)
    assert answer.status_code == 409
    assert 'value="Merende biologiche"' in answer.text
    assert f'action="{page_of(sheet, "/scrivi/soldi/nuova")}"' in answer.text


def test_who_writes_no_longer_finds_nothing(client, clerk, editor, sheet):
    client.sign_in(editor)
    assert client.get(page_of(sheet)).status_code == 200
    mine = fields_of(client.get(page_of(sheet, "/scrivi")))
    db.session.execute(db.delete(SheetEditor))
    assert client.submit(page_of(sheet, "/scrivi"), mine).status_code == 404
    assert client.get(page_of(sheet)).status_code == 404


def test_draft_is_nobodys_and_shared_sheet_is_everybodys(client, clerk, laboratory, sheet):
    client.sign_in(make_user())
    assert client.get(page_of(sheet)).status_code == 404
    listed = f"/laboratori/{laboratory.slug}/schede/"
    assert "Compiti e merenda" not in client.get(listed).text
    client.sign_in(clerk)
    desk = f"/gestione/laboratori/{laboratory.slug}/schede/{sheet.id}"
    assert client.submit(f"{desk}/condividi").status_code == 303
    client.sign_out()
    page = client.get(page_of(sheet)).text
    for words in ("Vicine di casa", "600,00", "Ragazze e ragazzi", "Quanto"):
        assert words in page
    assert "Compiti e merenda" in client.get(listed).text


def test_sheet_without_contents_is_not_shared(client, clerk, laboratory):
    sheet = make_written(actor_of(clerk), laboratory, contents=" ")
    client.sign_in(clerk)
    desk = f"/gestione/laboratori/{laboratory.slug}/schede/{sheet.id}"
    assert client.submit(f"{desk}/condividi").status_code == 303
    db.session.refresh(sheet)
    assert sheet.state is SheetState.DRAFT
    assert "prima che lo leggano tutti" in client.get(page_of(sheet, "/scrivi")).text


def test_sheet_starts_once_however_often_the_form_is_sent(client, clerk, laboratory):
    client.sign_in(clerk)
    path = f"/gestione/laboratori/{laboratory.slug}/schede/nuova"
    form = {**fields_of(client.get(path)), "title": "A piedi, al sicuro", "family": "city_care"}
    for _tap in range(2):
        assert client.submit(path, form).status_code == 303
    assert db.session.scalar(db.select(db.func.count()).select_from(ProjectSheet)) == 1


def test_unknown_person_is_not_named(client, clerk, laboratory, sheet):
    client.sign_in(clerk)
    path = f"/gestione/laboratori/{laboratory.slug}/schede/{sheet.id}/chi-scrive"
    answer = client.submit(path, {"email": "nessuno@example.org"})
    assert answer.status_code == 422
    assert "Nessuno è iscritto con questo indirizzo" in answer.text


@pytest.mark.parametrize(("more", "most"), [("", 10), ("/scrivi", 12)])
def test_page_takes_as_many_statements_with_many_lines(client, clerk, laboratory, more, most):
    sheet = make_shared_sheet(actor_of(clerk), laboratory)
    client.sign_in(clerk)
    path = page_of(sheet, more)

    def statements():
        db.session.commit()
        with counted_sql() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    few = statements()
    for n in range(5):
        sheet.budget.append(BudgetLine(source="other", words=f"Riga {n}", planned_cents=n))
    assert statements() == few
    assert few <= most


def test_a_select_that_always_has_a_value_is_not_called_optional(client, editor, sheet):
    client.sign_in(editor)
    labels = parse(client.get(page_of(sheet, "/scrivi")).text).iterfind(".//label")
    words = {label.get("for"): texts(label) for label in labels}
    assert "facoltativo" not in words["family"]
    assert "facoltativo" in words["aims"]
