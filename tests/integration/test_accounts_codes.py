"""Entering with a code from a mail."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import services
from portal.accounts.models import User
from portal.core import clock
from portal.core.access import ANONYMOUS
from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.mail import MailMessage
from tests.client import parse, texts
from tests.factories.people import make_user

PASSWORD = "cavallo-batteria-graffetta"


def ask_for_code(client, email="ada@example.org", **more):
    return client.submit("/accedi/nuovo-codice", {"email": email, **more})


def write_code(client, code, **more):
    return client.submit("/accedi/codice", {"code": code, **more})


def mails_to(email):
    statement = select(MailMessage).where(MailMessage.recipient == email).order_by(MailMessage.id)
    return list(db.session.scalars(statement))


def last_code(email="ada@example.org"):
    return re.search(r"\b(\d{6})\b", mails_to(email)[-1].text_body).group(1)


def is_signed_in(client):
    return client.get("/area-personale/dati").status_code == 200


@pytest.fixture
def ada(database):
    return make_user(email="ada@example.org")


def test_code_from_the_mail_opens_the_personal_area(client, ada):
    response = ask_for_code(client, email=" Ada@Example.org")
    assert response.status_code == 303
    assert response.headers["Location"] == "/accedi/codice"
    assert client.get("/accedi/codice").status_code == 200
    code = last_code()
    assert code in mails_to("ada@example.org")[0].subject
    response = write_code(client, f" {code[:3]} {code[3:]} ")
    assert response.status_code == 303
    assert response.headers["Location"] == "/area-personale/"
    assert is_signed_in(client)


def test_code_leads_back_to_the_page_it_was_asked_from(client, ada):
    response = ask_for_code(client, next="/registro/?q=a")
    assert response.headers["Location"].startswith("/accedi/codice?next=")
    page = parse(client.get(response.headers["Location"]).text)
    values = {e.get("value") for e in page.iter("input") if e.get("name") == "next"}
    assert values == {"/registro/?q=a"}
    assert write_code(client, last_code(), next="/registro/?q=a").headers["Location"] == (
        "/registro/?q=a"
    )


def test_unknown_address_gets_the_same_answer_and_an_invitation(client, ada):
    def visible(response):
        page = client.get("/accedi/codice")
        return (
            response.status_code,
            response.headers["Location"],
            texts(next(parse(page.text).iter("main"))),
        )

    known = visible(ask_for_code(client))
    unknown = visible(ask_for_code(client, email="bea@example.org"))
    assert unknown[:2] == known[:2]
    assert unknown[2].replace("bea@", "ada@") == known[2]
    (mail,) = mails_to("bea@example.org")
    assert "/registrati" in mail.text_body
    assert not re.search(r"\b\d{6}\b", mail.text_body)
    assert write_code(client, "123456").status_code == 422


def test_code_works_once(client, ada):
    ask_for_code(client)
    code = last_code()
    write_code(client, code)
    client.submit("/esci")
    with client.session_transaction() as session:
        session["code_for"] = "ada@example.org"
    assert write_code(client, code).status_code == 422
    assert not is_signed_in(client)


def test_code_asked_for_right_after_using_one_is_another_and_works(client, ada):
    with clock.frozen(utc_now()):
        ask_for_code(client)
        first = last_code()
        write_code(client, first)
        client.submit("/esci")
        ask_for_code(client)
        assert len(mails_to("ada@example.org")) == 2
        second = last_code()
        assert write_code(client, second).status_code == 303


def test_second_mail_does_not_spoil_the_first(client, ada):
    now = utc_now()
    with clock.frozen(now):
        ask_for_code(client)
    first = last_code()
    with clock.frozen(now + timedelta(minutes=2)):
        ask_for_code(client)
        assert last_code() != first
        assert write_code(client, first).status_code == 303


def test_double_tap_sends_one_mail(client, ada):
    with clock.frozen(utc_now()):
        ask_for_code(client)
        ask_for_code(client)
        ask_for_code(client, email="bea@example.org")
        ask_for_code(client, email="bea@example.org")
    assert len(mails_to("ada@example.org")) == 1
    assert len(mails_to("bea@example.org")) == 1


def test_code_is_good_for_ten_minutes_and_no_longer(client, ada):
    now = utc_now()
    with clock.frozen(now):
        ask_for_code(client)
    with clock.frozen(now + timedelta(minutes=11)):
        assert write_code(client, last_code()).status_code == 422
    with clock.frozen(now + timedelta(minutes=10)):
        assert write_code(client, last_code()).status_code == 303


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12\x003456"])
def test_what_is_no_code_is_refused_in_words(client, ada, code):
    ask_for_code(client)
    response = write_code(client, code)
    assert response.status_code == 422
    assert "error-words" in response.text


def test_code_of_one_person_does_not_open_another_account(client, ada):
    make_user(email="bea@example.org")
    ask_for_code(client, email="bea@example.org")
    ask_for_code(client)
    assert write_code(client, last_code("bea@example.org")).status_code == 422


def test_code_page_without_a_request_leads_to_sign_in(client):
    assert client.get("/accedi/codice").headers["Location"] == "/accedi"
    assert write_code(client, "123456").headers["Location"] == "/accedi"


def test_code_confirms_the_address_and_drops_a_password_set_before(client, database):
    services.register_account(
        actor=ANONYMOUS, email="ada@example.org", name="Chiunque", password=PASSWORD, locale="it"
    )
    ask_for_code(client)
    assert write_code(client, last_code()).status_code == 303
    user = db.session.scalar(select(User).where(User.email == "ada@example.org"))
    assert user.confirmed_at is not None
    assert user.password is None
    client.submit("/esci")
    answer = client.submit("/accedi", {"email": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 422


def test_mail_is_written_in_the_language_of_the_reader(client, database):
    make_user(email="ada@example.org", locale="en")
    ask_for_code(client)
    assert "is your code" in mails_to("ada@example.org")[0].subject
