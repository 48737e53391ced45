"""What the public pages of agreements cost, however large an agreement is."""

from datetime import date, timedelta

import pytest

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import db
from portal.laboratories.agreement_differences import COMPARED_TEXTS, list_differences
from portal.laboratories.policies import SHEET_PARTS
from portal.laboratories.services import signing
from portal.laboratories.states import PartyKind
from tests.client import parse, texts
from tests.factories.agreements import (
    days_before_end,
    make_clerk,
    make_in_force,
    make_open,
    wish,
)
from tests.factories.laboratory_rows import make_commitment
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql


@pytest.fixture
def agreement(database):
    return make_in_force(make_clerk(), actor_of(make_user()))


def statements(client, path):
    db.session.commit()
    with counted_sql() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_page_takes_as_many_statements_with_many_commitments(client, agreement):
    path = f"/accordi/{agreement.slug}"
    few = statements(client, path)
    for n in range(5):
        make_commitment(agreement, title=f"Impegno {n}", due_on=local_today(), position=n)
    assert statements(client, path) == few <= 10


def test_list_takes_as_many_statements_with_many_agreements(client, agreement):
    few = statements(client, "/accordi/")
    for _n in range(3):
        signed = make_open(make_clerk())
        signing.sign_agreement(
            actor=actor_of(make_user()), agreement_id=signed.id, content=wish(signed)
        )
    assert statements(client, "/accordi/") == few <= 6


def test_municipality_stands_first_before_anything_is_kept(client, database):
    agreement = make_open(make_clerk())
    make_commitment(
        agreement,
        party_kind=PartyKind.GROUP,
        party_name="Amiche del parco",
        due_on=date(2027, 11, 8),
    )
    db.session.commit()
    page = texts(parse(client.get(f"/accordi/{agreement.slug}").text).find(".//main"))
    promised = page[page.index("Chi fa cosa") :]
    assert promised.index("Comune di Reggio Emilia") < promised.index("Amiche del parco")
    assert "entro l’8 novembre 2027" in promised


def test_list_says_until_which_day_an_agreement_holds(client, agreement):
    agreement.ends_on = date(2030, 2, 11)
    db.session.commit()
    assert "vale fino all’11 febbraio 2030" in texts(parse(client.get("/accordi/").text))


def test_text_leads_on_to_signing_while_one_can(client, database):
    agreement = make_open(make_clerk())
    db.session.commit()
    address = f"/accordi/{agreement.slug}/firma"
    assert f'href="{address}"' in client.get(f"/accordi/{agreement.slug}/testo").text


def test_compared_texts_write_amounts_and_numbers_as_people_do(app):
    def text(cents, target):
        sheet = {"title": "Compiti e merenda", "parties": [], **dict.fromkeys(SHEET_PARTS, "")}
        sheet["budget"] = [{"words": "Merende", "cents": cents}]
        sheet["indicators"] = [{"name": "Pomeriggi", "target": target, "unit": "pomeriggi"}]
        return {**dict.fromkeys(COMPARED_TEXTS, ""), "sheets": [sheet], "commitments": []}

    with app.test_request_context():
        [change] = list_differences(text(1_850_000, "90.00"), text(1_900_000, "1200.00"))
    words = " ".join(" ".join(piece.text for piece in change.pieces).split())
    for said in ("18.500,00 €", "19.000,00 €", "90 pomeriggi", "1.200 pomeriggi"):
        assert said in words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (91, "Il 1 gennaio 2027 avvisiamo chi ha firmato"),
        (90, "è il momento di decidere"),
        (0, "è il momento di decidere"),
        (-1, "ora si tirano le somme"),
    ],
)
def test_the_page_says_until_when_it_holds_and_what_comes_then(client, agreement, days, words):
    agreement.ends_on = date(2027, 4, 1)
    db.session.commit()
    with days_before_end(agreement, days):
        page = texts(parse(client.get(f"/accordi/{agreement.slug}").text).find(".//main"))
    assert words in page
    assert "Fase 5 di 7: firma." in page


def test_desk_of_what_is_in_force_tells_how_its_commitments_are(client, agreement):
    late = make_commitment(
        agreement, title="Portare l’acqua", due_on=local_today() - timedelta(2), position=9
    )
    db.session.commit()
    client.sign_in(db.session.get_one(User, make_clerk().account_id))
    desk = f"/gestione/laboratori/{agreement.laboratory.slug}/accordo/"
    assert statements(client, desk) <= 12
    row = parse(client.get(desk).text).find(f".//li[@data-id='{late.id}']")
    assert "In ritardo di 2 giorni" in texts(row)
    assert row.find(".//h4/a").get("href") == f"/accordi/{agreement.slug}/impegni/{late.id}"
