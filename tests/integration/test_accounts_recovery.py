"""A new password, one's own data, sessions that end."""

import re
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from portal.accounts import services
from portal.accounts.models import User
from portal.core.access import ANONYMOUS, PORTAL
from portal.core.database import db
from portal.core.history import list_history
from portal.core.mail import MailMessage
from tests.client import parse, texts
from tests.factories.people import make_user

PASSWORD = "cavallo-batteria-graffetta"
OTHER = "sette ponti sul Crostolo"


@pytest.fixture
def ada(database):
    actor = services.create_account(
        actor=PORTAL, email="ada@example.org", name="Ada Prova", password=PASSWORD
    )
    db.session.commit()
    return actor


@pytest.fixture
def other_browser(app):
    return app.test_client()


def sign_in(client, password=PASSWORD, email="ada@example.org"):
    return client.submit("/accedi", {"email": email, "password": password})


def ask_for_link(client, email="ada@example.org"):
    return client.submit("/recupera", {"email": email})


def mails_to(email="ada@example.org"):
    statement = select(MailMessage).where(MailMessage.recipient == email).order_by(MailMessage.id)
    return list(db.session.scalars(statement))


def link_in_mail():
    return re.search(r"https?://[^/]+(/recupera/\S+)", mails_to()[-1].text_body)[1]


def is_signed_in(client):
    return client.get("/area-personale/dati").status_code == 200


def test_link_lets_choose_a_password_and_ends_all_sessions(client, other_browser, ada):
    sign_in(other_browser)
    ask_for_link(client)
    link = link_in_mail()
    page = client.get(link)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert client.submit(link, {"password": OTHER}).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(other_browser)
    assert sign_in(other_browser).status_code == 422
    assert sign_in(other_browser, OTHER).status_code == 303
    assert "cambiata" in mails_to()[-1].subject


def test_link_works_once(client, ada):
    ask_for_link(client)
    link = link_in_mail()
    client.submit(link, {"password": OTHER})
    client.submit("/esci")
    assert client.get(link).status_code == 200
    assert client.submit(link, {"password": PASSWORD}).status_code == 422
    assert sign_in(client, OTHER).status_code == 303


def test_programs_that_follow_links_change_nothing(client, ada):
    ask_for_link(client)
    link = link_in_mail()
    client.get(link)
    client.head(link)
    assert not is_signed_in(client)
    assert sign_in(client).status_code == 303


def test_expired_or_cut_link_shows_the_way_on(client, ada, monkeypatch):
    ask_for_link(client)
    link = link_in_mail()
    assert client.get(link[:-3]).status_code == 200
    assert client.submit("/recupera/x", {"password": OTHER}).status_code == 422
    monkeypatch.setitem(current_app.config, "SECURITY_RESET_PASSWORD_WITHIN", timedelta(seconds=-1))
    assert client.get(link).status_code == 200
    assert client.submit(link, {"password": OTHER}).status_code == 422
    assert sign_in(client).status_code == 303


def test_confirmation_link_does_not_change_a_password(client, database):
    services.register_account(
        actor=ANONYMOUS, email="ada@example.org", name="Ada", password=None, locale="it"
    )
    db.session.commit()
    token = re.search(r"/conferma/(\S+)", mails_to()[-1].text_body)[1]
    assert client.submit(f"/recupera/{token}", {"password": OTHER}).status_code == 422


def test_unknown_address_gets_the_same_answer_and_an_invitation(client, ada):
    known = ask_for_link(client)
    known_page = texts(next(parse(client.get(known.headers["Location"]).text).iter("main")))
    unknown = ask_for_link(client, "bea@example.org")
    unknown_page = texts(next(parse(client.get(unknown.headers["Location"]).text).iter("main")))
    assert known.status_code == unknown.status_code == 303
    assert known.headers["Location"] == unknown.headers["Location"]
    assert known_page.replace("ada@", "bea@") == unknown_page
    assert "/registrati" in mails_to("bea@example.org")[0].text_body


@pytest.mark.parametrize("password", ["", "corta", "password", "Ada.Prova.Ada", "x\x00" * 8])
def test_weak_password_is_refused_in_words_and_changes_nothing(client, ada, password):
    ask_for_link(client)
    response = client.submit(link_in_mail(), {"password": password})
    assert response.status_code == 422
    assert "error-words" in response.text
    assert sign_in(client).status_code == 303


def test_recovery_confirms_an_address_still_to_be_confirmed(client, database):
    user = make_user(email="ada@example.org", is_confirmed=False)
    ask_for_link(client)
    client.submit(link_in_mail(), {"password": OTHER})
    assert db.session.get(User, user.id).confirmed_at is not None


def test_changing_the_password_ends_other_sessions_only(client, other_browser, ada):
    sign_in(client)
    sign_in(other_browser)
    response = client.submit(
        "/area-personale/password", {"current_password": PASSWORD, "password": OTHER}
    )
    assert response.status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(other_browser)
    steps = list_history(subject_kind="user_account", subject_id=ada.id)
    assert steps[0].action == "change_password"
    assert [m.subject for m in mails_to()] == ["La tua password è cambiata"]


def test_wrong_present_password_changes_nothing(client, ada):
    sign_in(client)
    response = client.submit(
        "/area-personale/password", {"current_password": "non è questa", "password": OTHER}
    )
    assert response.status_code == 422
    client.submit("/esci")
    assert sign_in(client).status_code == 303


def test_person_without_password_chooses_the_first_one(client, database):
    user = make_user(email="ada@example.org")
    client.sign_in(user)
    assert 'name="current_password"' not in client.get("/area-personale/dati").text
    assert client.submit("/area-personale/password", {"password": OTHER}).status_code == 303
    client.submit("/esci")
    assert sign_in(client, OTHER).status_code == 303


def test_name_and_language_change_the_next_page(client, ada):
    sign_in(client)
    client.set_cookie("lingua", "it")
    response = client.submit("/area-personale/dati", {"name": " Ada  Nuova ", "locale": "en"})
    assert response.status_code == 303
    page = parse(client.get("/area-personale/dati").text)
    assert page.get("lang") == "en"
    assert db.session.get(User, ada.id).display_name == "Ada Nuova"


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 121}, {"locale": "fr"}, {"locale": ""}, {"name": "\x00"}]
)
def test_wrong_data_are_refused(client, ada, wrong):
    sign_in(client)
    data = {"name": "Ada", "locale": "it", **wrong}
    assert client.submit("/area-personale/dati", data).status_code == 422
    assert db.session.get(User, ada.id).display_name == "Ada Prova"


def test_own_data_ask_for_a_session(client, database):
    assert client.get("/area-personale/dati").headers["Location"].startswith("/accedi?next=")
    assert client.submit("/area-personale/dati", {}).status_code == 303
    assert client.submit("/area-personale/password", {}).status_code == 303
