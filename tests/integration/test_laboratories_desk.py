"""Who leads a laboratory opens it, plans its phases, moves it on, tells news; others take part."""

from datetime import timedelta

import pytest

from portal.core.clock import local_today
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.core.signed_links import sign
from portal.laboratories import queries
from portal.laboratories.emails.news import FOLLOW_LINK
from portal.laboratories.models import Laboratory, LaboratoryDocument, LaboratoryNews
from portal.laboratories.queries.people import count_people, find_own_part
from portal.laboratories.services import join_laboratory, mail_new_news, publish_news
from portal.laboratories.states import Ability, Origin, Phase
from portal.permissions import Role
from tests.client import fields_of, parse, texts
from tests.factories.files import PDF, upload
from tests.factories.laboratories import district_id_of, make_laboratory, make_published
from tests.factories.laboratory_rows import key, make_agreement, make_commitment, make_meeting
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql

pytestmark = pytest.mark.usefixtures("database")

WRITTEN = {
    "title": "Il giardino dei tigli",
    "summary": "Ombra e panchine.",
    "description": "D’estate manca l’ombra.",
    "answer_days": "20",
    "architect_id": "",
    "renews_id": "",
}


def said(response) -> str:
    return texts(parse(response.text))


@pytest.fixture
def architect(client):
    user = make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("h"))
    client.sign_in(user)
    return user


def desk_of(laboratory, more=""):
    return f"/gestione/laboratori/{laboratory.slug}/{more}"


@pytest.mark.usefixtures("architect")
def test_pressing_twice_opens_one_laboratory(client):
    fields = fields_of(client.get("/gestione/laboratori/nuovo"))
    fields |= {**WRITTEN, "district_ids": [str(district_id_of("h"))]}
    addresses = {client.submit("/gestione/laboratori/nuovo", fields).location for _ in range(2)}
    assert addresses == {"/gestione/laboratori/il-giardino-dei-tigli/fasi"}
    assert db.session.scalar(db.select(db.func.count(Laboratory.id))) == 1


@pytest.mark.usefixtures("architect")
def test_an_architect_opens_a_laboratory_of_her_district_and_plans_its_phases(client):
    sent = client.submit(
        "/gestione/laboratori/nuovo", {**WRITTEN, "district_ids": [str(district_id_of("h"))]}
    )
    assert sent.location == "/gestione/laboratori/il-giardino-dei-tigli/fasi"
    [laboratory] = db.session.scalars(db.select(Laboratory)).all()
    assert (laboratory.answer_days, laboratory.phase) == (20, Phase.LISTENING)
    day = local_today() + timedelta(days=30)
    fields = fields_of(client.get(sent.location))
    planned = client.submit(
        sent.location,
        {
            **fields,
            "listening_starts_on": local_today().isoformat(),
            "listening_ends_on": day.isoformat(),
            "sharing_name": "Si scrive insieme",
            "approval_is_there": [],
        },
    )
    assert planned.status_code == 303
    found = queries.get_laboratory("il-giardino-dei-tigli")
    assert found.window(Ability.PROPOSE).day == day
    assert [p.name for p in found.phases if p.name] == ["Si scrive insieme"]
    assert Phase.APPROVAL not in {p.kind for p in found.phases}


@pytest.mark.usefixtures("architect")
def test_an_architect_opens_none_elsewhere_nor_for_the_whole_city(client):
    nowhere = client.submit("/gestione/laboratori/nuovo", WRITTEN)
    assert nowhere.status_code == 403
    elsewhere = client.submit(
        "/gestione/laboratori/nuovo", {**WRITTEN, "district_ids": [str(district_id_of("a"))]}
    )
    assert elsewhere.status_code == 422
    assert db.session.scalars(db.select(Laboratory)).all() == []


@pytest.mark.usefixtures("architect")
def test_a_phase_that_ends_before_it_begins_is_said_beside_its_field(client):
    laboratory = make_laboratory()
    fields = fields_of(client.get(desk_of(laboratory, "fasi")))
    refused = client.submit(
        desk_of(laboratory, "fasi"),
        {**fields, "sharing_starts_on": "2027-03-01", "sharing_ends_on": "2027-02-01"},
    )
    assert refused.status_code == 422
    assert "L’ultimo giorno viene prima del primo" in said(refused)


@pytest.mark.usefixtures("architect")
def test_the_desk_says_what_is_missing_and_moves_on_once_it_is_there(client):
    laboratory = make_laboratory()
    page = client.get(desk_of(laboratory))
    assert 'data-reason="no_meeting_held"' in page.text
    assert "/avanza" not in page.text
    make_meeting(laboratory, starts_in=-5)
    db.session.commit()
    page = client.get(desk_of(laboratory))
    assert "Passa a: fattibilità" in said(page)
    moved = client.submit(desk_of(laboratory, "avanza"), {"version": str(laboratory.version)})
    assert moved.status_code == 303
    assert laboratory.phase is Phase.FEASIBILITY


@pytest.mark.usefixtures("architect")
def test_of_two_architects_who_move_it_the_second_is_told(client):
    laboratory = make_laboratory()
    make_meeting(laboratory, starts_in=-5)
    db.session.commit()
    version = {"version": str(laboratory.version)}
    assert client.submit(desk_of(laboratory, "avanza"), version).status_code == 303
    told = client.submit(desk_of(laboratory, "avanza"), version)
    assert told.status_code == 409
    assert "Nel frattempo questo laboratorio è stato cambiato" in said(told)
    assert laboratory.phase is Phase.FEASIBILITY


@pytest.mark.usefixtures("architect")
def test_going_back_asks_why_and_everybody_reads_it(client):
    laboratory = make_laboratory(phase=Phase.SHARING)
    version = {"version": str(laboratory.version)}
    assert client.submit(desk_of(laboratory, "indietro"), version).status_code == 422
    reason = {**version, "reason": "Mancano due pareri."}
    assert client.submit(desk_of(laboratory, "indietro"), reason).status_code == 303
    assert "Mancano due pareri." in said(client.get(f"/laboratori/{laboratory.slug}"))


@pytest.mark.usefixtures("architect")
def test_who_saves_over_a_colleague_is_told_and_loses_nothing(client):
    laboratory = make_laboratory()
    path = desk_of(laboratory, "modifica")
    fields = fields_of(client.get(path))
    assert client.submit(path, {**fields, "title": "Primo"}).status_code == 303
    told = client.submit(path, {**fields, "title": "Secondo"})
    assert told.status_code == 409
    assert fields_of(told)["title"] == "Secondo"
    again = client.submit(path, fields_of(told))
    assert again.status_code == 303
    assert laboratory.title == "Secondo"


@pytest.mark.usefixtures("architect")
def test_a_closed_laboratory_takes_nothing_any_more(client):
    laboratory = make_laboratory()
    assert client.submit(desk_of(laboratory, "chiudi")).status_code == 303
    page = client.get(f"/laboratori/{laboratory.slug}")
    assert 'data-reason="laboratory_closed"' in page.text


# --- the desk of all


@pytest.mark.usefixtures("architect")
def test_the_desk_shows_what_waits_in_ones_own_laboratories_only(client):
    mine, other = make_laboratory(title="Mio"), make_laboratory(title="Altrui", districts=("a",))
    make_published(mine, make_user())
    agreement = make_agreement(mine)
    make_commitment(agreement, due_on=local_today() - timedelta(days=3))
    make_meeting(mine, starts_in=20)
    db.session.commit()
    page = client.get("/gestione/laboratori/")
    assert "1 proposta aspetta una risposta" in said(page)
    assert "1 impegno del Comune in ritardo" in said(page)
    assert "Prossimo incontro" in said(page)
    assert other.title not in said(page)


@pytest.mark.usefixtures("architect")
def test_the_desk_takes_as_many_statements_for_one_laboratory_as_for_many(client):
    counts = []
    for _more in range(2):
        for _n in range(3):
            make_laboratory()
        with counted_sql() as sql:
            client.get("/gestione/laboratori/")
        counts.append(len(sql))
    assert counts[0] == counts[1] <= 12


# --- news and documents


@pytest.mark.usefixtures("architect")
def test_news_is_mailed_once_to_who_follows_and_ends_with_one_tap(client):
    laboratory = make_laboratory()
    reader, other = make_user(name="Anna Prova"), make_user()
    for user, follows in ((reader, True), (other, False)):
        join_laboratory(
            actor=actor_of(user),
            laboratory_id=laboratory.id,
            takes_part=True,
            follows=follows,
            shows_name=False,
        )
    db.session.commit()
    path = desk_of(laboratory, "notizie")
    told = {"title": "Cambia il giorno", "text": "Ci vediamo giovedì.", "form_key": key()}
    for _twice in range(2):
        assert client.submit(path, told).status_code == 303
    [news] = db.session.scalars(db.select(LaboratoryNews)).all()
    assert [mail_new_news(news_id=news.id) for _twice in range(2)] == [1, 0]
    db.session.commit()
    [mail] = db.session.scalars(db.select(MailMessage)).all()
    assert (mail.recipient, mail.subject) == (reader.email, "Cambia il giorno")
    assert mail.text_body.split("\n--\n")[0].strip() == "\n".join(
        (
            "Ciao Anna Prova,",
            "",
            "c’è una notizia dal laboratorio “Parco della Prova”:",
            "",
            "Cambia il giorno",
            "",
            "Ci vediamo giovedì.",
            "",
            "Leggila sul portale:",
            f"http://127.0.0.1:8000/laboratori/{laboratory.slug}/notizie/{news.id}",
            "",
            "Se non vuoi più seguire questo laboratorio:",
            mail.unsubscribe_url,
        )
    )
    stranger = client.application.test_client()
    ended = stranger.post(mail.unsubscribe_url, data={"List-Unsubscribe": "One-Click"})
    assert ended.status_code == 200
    assert not find_own_part(reader.id, laboratory.id).follows
    assert find_own_part(reader.id, laboratory.id).takes_part


def test_nobody_is_mailed_their_own_news():
    laboratory, author = make_laboratory(), make_user(roles=(Role.STAFF,))
    actor = actor_of(author)
    join_laboratory(
        actor=actor, laboratory_id=laboratory.id, takes_part=False, follows=True, shows_name=False
    )
    news = publish_news(
        actor=actor, laboratory_id=laboratory.id, form_key=key(), title="A", text="B"
    )
    assert mail_new_news(news_id=news.id) == 0


@pytest.mark.parametrize("token", ["nessuno", "x" * 3000, "é"])
def test_a_link_that_is_not_ours_ends_nothing(client, token):
    assert client.get(f"/laboratori/notizie/fine/{token}").status_code == 404


def test_a_link_of_another_kind_ends_nothing(client):
    token = sign(FOLLOW_LINK, "niente")
    assert client.get(f"/laboratori/notizie/fine/{token}").status_code == 404


@pytest.mark.usefixtures("architect")
def test_a_document_is_added_read_by_everybody_and_removed(client):
    laboratory = make_laboratory()
    path = desk_of(laboratory, "documenti")
    refused = client.submit(path, {"title": "Pianta", "kind": "material"})
    assert refused.status_code == 422
    added = client.submit(path, {"title": "Pianta", "kind": "study", "file": upload(PDF)})
    assert added.status_code == 303
    [document] = db.session.scalars(db.select(LaboratoryDocument)).all()
    address = f"/laboratori/{laboratory.slug}/documenti/{document.id}"
    assert client.get(address).data == PDF
    assert "Studio o analisi" in said(client.get(f"/laboratori/{laboratory.slug}/documenti/"))
    assert client.get(f"/laboratori/altro/documenti/{document.id}").status_code == 404
    assert client.submit(f"{path}/{document.id}/togli").status_code == 303
    assert client.get(address).status_code == 404


# --- taking part


def test_who_takes_part_is_counted_and_named_only_by_choice(client):
    laboratory, user = make_laboratory(), make_user(name="Anna Prova")
    client.sign_in(user)
    path = f"/laboratori/{laboratory.slug}/partecipa"
    client.submit(path, {"takes_part": "y", "follows": "y"})
    page = client.get(f"/laboratori/{laboratory.slug}")
    assert "Anna" not in said(page).split("Chi c’è")[1].split("Documenti")[0]
    assert count_people(laboratory.id).people == 1
    client.submit(path, {"takes_part": "y", "shows_name": "y"})
    assert count_people(laboratory.id).names == ("Anna P.",)
    client.submit(path, {"shows_name": "y"})
    assert count_people(laboratory.id) == count_people(make_laboratory().id)


def test_people_are_counted_once_whatever_they_do():
    laboratory, author = make_laboratory(), make_user()
    make_published(laboratory, author)
    join_laboratory(
        actor=actor_of(author),
        laboratory_id=laboratory.id,
        takes_part=True,
        follows=False,
        shows_name=False,
    )
    recorded = make_published(laboratory, make_user())
    recorded.origin, recorded.recorded_by_id = Origin.PAPER, author.id
    db.session.flush()
    found = count_people(laboratory.id)
    assert (found.people, found.by_hand) == (2, 1)


def test_the_page_says_when_each_thing_opens(client):
    laboratory = make_laboratory(closes_in=10)
    page = client.get(f"/laboratori/{laboratory.slug}")
    assert "Sostieni le idee: aperto fino a" in said(page)
    assert "Firma l’accordo: si apre più avanti" in said(page)


def test_the_page_of_a_laboratory_takes_six_statements_and_ten_with_what_is_ones_own(client):
    laboratory, reader = make_laboratory(), make_user()
    for _n in range(3):
        make_published(laboratory, reader)
    make_meeting(laboratory, starts_in=-50)
    make_meeting(laboratory, has_registration=True)
    path = f"/laboratori/{laboratory.slug}"
    with counted_sql() as of_a_visitor:
        client.get(path)
    client.sign_in(reader)
    with counted_sql() as signed_in:
        client.get(path)
    assert (len(of_a_visitor), len(signed_in)) == (6, 10)


def test_only_their_author_reads_proposals_as_their_own(client):
    laboratory, author = make_laboratory(), make_user()
    mine = make_published(laboratory, author, title="Una fontana")
    on_paper = make_published(laboratory, make_user(), title="Un’altalena")
    on_paper.author_id, on_paper.author_name = None, "Ugo Prova"
    on_paper.origin, on_paper.recorded_by_id = Origin.PAPER, author.id
    db.session.commit()
    path = f"/laboratori/{laboratory.slug}"
    assert "Le tue in questo laboratorio" not in said(client.get(path))
    client.sign_in(author)
    own = parse(client.get(path).text).find(".//section[@aria-labelledby='mie']")
    assert [texts(title) for title in own.iter("h3")] == [mine.title]
    client.sign_in(make_user())
    assert "Le tue in questo laboratorio" not in said(client.get(path))
