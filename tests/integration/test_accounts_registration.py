"""Registering and confirming the address."""

import re
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from portal.accounts import services
from portal.accounts.models import RoleAssignment, User
from portal.accounts.services import registration
from portal.core import clock
from portal.core.access import ANONYMOUS, PORTAL
from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.errors import explain_constraint
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.people import make_user

PASSWORD = "cavallo-batteria-graffetta"


def register(client, email="ada@example.org", name="Ada Prova", password="", **more):
    return client.submit(
        "/registrati",
        {"email": email, "name": name, "password": password, "started": started(client), **more},
    )


def started(client):
    inputs = parse(client.get("/registrati").text).iter("input")
    return next((e.get("value") for e in inputs if e.get("name") == "started"), "")


def mails_to(email):
    statement = select(MailMessage).where(MailMessage.recipient == email).order_by(MailMessage.id)
    return list(db.session.scalars(statement))


def link_in_mail(email="ada@example.org"):
    return re.search(r"https?://[^/]+(/registrati/conferma/\S+)", mails_to(email)[-1].text_body)[1]


def find_user(email="ada@example.org"):
    return db.session.scalar(select(User).where(User.email == email))


def is_signed_in(client):
    return client.get("/area-personale/dati").status_code == 200


def test_registered_person_confirms_by_the_link_and_is_signed_in(client):
    response = register(client, email="Ada@Example.org", password=PASSWORD)
    assert response.status_code == 303
    assert client.get(response.headers["Location"]).status_code == 200
    assert find_user().confirmed_at is None
    assert client.submit("/accedi", {"email": "ada@example.org", "password": PASSWORD}
                         ).status_code == 422  # fmt: skip
    link = link_in_mail()
    page = client.get(link)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    answer = client.submit(link)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/area-personale/"
    assert is_signed_in(client)
    client.submit("/esci")
    assert client.submit("/accedi", {"email": "ada@example.org", "password": PASSWORD}
                         ).status_code == 303  # fmt: skip
    user = find_user()
    steps = list_history(subject_kind="user_account", subject_id=user.id)
    assert [s.action for s in steps] == ["confirm", "register"]


def test_programs_that_follow_links_confirm_nothing(client):
    register(client)
    link = link_in_mail()
    client.get(link)
    client.head(link)
    client.open(link, method="OPTIONS")
    assert find_user().confirmed_at is None
    assert not is_signed_in(client)


def test_link_used_twice_says_so_kindly_and_signs_nobody_in(client):
    register(client)
    link = link_in_mail()
    client.submit(link)
    client.submit("/esci")
    assert client.get(link).status_code == 200
    assert client.submit(link).status_code == 422
    assert not is_signed_in(client)


def test_expired_or_cut_link_shows_the_way_on(client, monkeypatch):
    register(client)
    link = link_in_mail()
    for cut in (link[:-4], "/registrati/conferma/x", link + "xx"):
        assert client.get(cut).status_code == 200
        assert client.submit(cut).status_code == 422
    monkeypatch.setitem(current_app.config, "SECURITY_CONFIRM_EMAIL_WITHIN", timedelta(seconds=-1))
    assert client.get(link).status_code == 200
    assert client.submit(link).status_code == 422
    assert find_user().confirmed_at is None


def test_confirmation_leads_back_to_where_the_person_was(client):
    register(client, next="/volontariato/turni/7")
    link = link_in_mail()
    inputs = parse(client.get(link).text).iter("input")
    assert next(e.get("value") for e in inputs if e.get("name") == "next") == (
        "/volontariato/turni/7"
    )
    answer = client.submit(link, {"next": "/volontariato/turni/7"})
    assert answer.headers["Location"] == "/volontariato/turni/7"


def test_registering_a_known_address_gives_the_same_answer_and_another_mail(client):
    make_user(email="ada@example.org", name="Ada Vera")
    known = register(client)
    known_page = texts(next(parse(client.get(known.headers["Location"]).text).iter("main")))
    client.sign_out()
    unknown = register(client, email="bea@example.org")
    unknown_page = texts(next(parse(client.get(unknown.headers["Location"]).text).iter("main")))
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code, unknown.headers["Location"],
    )  # fmt: skip
    assert known_page.replace("ada@", "bea@") == unknown_page
    (mail,) = mails_to("ada@example.org")
    assert "/accedi" in mail.text_body
    assert "conferma" not in mail.text_body
    assert find_user().display_name == "Ada Vera"
    assert db.session.scalar(select(func.count()).select_from(User)) == 2


def test_registering_twice_before_confirming_keeps_one_account_without_a_password(client):
    now = utc_now()
    with clock.frozen(now):
        register(client, name="Prima", password="parola-di-chi-arriva-primo")
    with clock.frozen(now + timedelta(minutes=1)):
        register(client, name="Seconda", password=PASSWORD)
    assert find_user().display_name == "Prima"
    assert find_user().password is None
    assert len(mails_to("ada@example.org")) == 2


def test_mail_to_an_unproven_address_repeats_nothing_a_stranger_typed(client):
    register(client, name="Vinci subito su http://evil.example")
    assert "evil.example" not in mails_to("ada@example.org")[0].text_body


def test_two_at_the_same_moment_make_one_account(database, monkeypatch):
    make_user(email="ada@example.org")
    real = registration.find_user_by_email
    answers = iter([None])  # the first look comes before the other one's commit
    monkeypatch.setattr(
        registration, "find_user_by_email",
        lambda email, **kw: next(answers, None) or (real(email, **kw) if calls.pop() else None),
    )  # fmt: skip
    calls = [True, False]
    services.register_account(
        actor=ANONYMOUS, email="ada@example.org", name="Ada", password=None, locale="it"
    )
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(User)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""}, {"email": "ada"}, {"email": "ada@x.test"}, {"email": "a" * 300 + "@b.it"},
        {"name": ""}, {"name": "x" * 121}, {"name": "Ada\x00"}, {"name": "\u202eAda"},
        {"password": "corta"}, {"password": "passwordpassword"}, {"password": "Password12345!"},
        {"password": "Ada.Prova.2026"}, {"password": "x" * 5_000},
    ],
)  # fmt: skip
def test_wrong_input_is_refused_in_words_and_kept(client, wrong):
    response = register(client, **{"name": "Ada Prova", **wrong})
    assert response.status_code == 422
    assert "error-words" in response.text
    assert 'name="password"' in response.text
    assert (wrong.get("password") or "§") not in response.text
    assert db.session.scalar(select(func.count()).select_from(User)) == 0


def test_names_are_shown_as_they_are(client):
    name = "+39 “Ada” <b>l'Irrequieta</b> – " + "x" * 80
    register(client, name=name)
    client.submit(link_in_mail())
    inputs = parse(client.get("/area-personale/dati").text).iter("input")
    assert next(e.get("value") for e in inputs if e.get("name") == "name") == name


def test_field_that_people_do_not_see_catches_machines(client):
    response = register(client, website="http://evil.example")
    assert response.status_code == 303
    assert find_user() is None
    assert mails_to("ada@example.org") == []


def test_faster_than_a_person_is_asked_to_press_again(client, monkeypatch):
    monkeypatch.setitem(current_app.config, "PORTAL_FASTEST_REGISTRATION_SECONDS", 2)
    now = utc_now()
    with clock.frozen(now):
        opened = started(client)
        assert register(client, started=opened).status_code == 422
        assert register(client, started="made up").status_code == 422
        assert register(client, started="").status_code == 422
    with clock.frozen(now + timedelta(seconds=3)):
        assert register(client, started=opened).status_code == 303


def test_addresses_differing_in_case_only_are_one(database):
    make_user(email="ada@example.org")
    db.session.add(User(email="ADA@example.org", display_name="Ada", locale="it", active=True,
                        fs_uniquifier="another"))  # fmt: skip
    with pytest.raises(IntegrityError) as caught:
        db.session.flush()
    explained = explain_constraint(caught.value)
    assert explained is not None
    assert explained.field == "email"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"display_name": "  "}, "ck_user_account_has_name"),
        ({"locale": "fr"}, "ck_user_account_locale_is_known"),
    ],
)
def test_database_refuses_impossible_accounts(database, values, name):
    user = {"email": "a@example.org", "display_name": "A", "locale": "it", "active": True,
            "fs_uniquifier": "one"}  # fmt: skip
    db.session.add(User(**{**user, **values}))
    with pytest.raises(IntegrityError, match=name):
        db.session.flush()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"role": Role.ARCHITECT}, "ck_role_assignment_architect_has_district"),
        ({"role": Role.STAFF, "district_id": 1}, "ck_role_assignment_architect_has_district"),
        ({"role": Role.CITIZEN}, "ck_role_assignment_role_is_granted"),
        ({"role": Role.REPRESENTATIVE}, "ck_role_assignment_role_is_granted"),
    ],
)
def test_database_refuses_impossible_roles(database, values, name):
    user = make_user()
    db.session.add(RoleAssignment(user_id=user.id, **values))
    with pytest.raises(IntegrityError, match=name):
        db.session.flush()


def test_database_refuses_the_same_role_twice(database):
    user = make_user(roles=(Role.STAFF,))
    db.session.add(RoleAssignment(user_id=user.id, role=Role.STAFF))
    with pytest.raises(IntegrityError, match="uq_role_assignment_user_role_district"):
        db.session.flush()


def test_account_made_by_the_office_has_its_history(database):
    actor = services.create_account(
        actor=PORTAL, email="ufficio@example.org", name="Ufficio", roles=[Role.ARCHITECT],
        district_codes=["d", "e"],
    )  # fmt: skip
    steps = list_history(subject_kind="user_account", subject_id=actor.account_id)
    assert [s.action for s in steps] == ["grant_role", "grant_role", "create"]
    with pytest.raises(ValueError, match="zz"):
        services.create_account(actor=PORTAL, email="b@example.org", name="B",
                                roles=[Role.ARCHITECT], district_codes=["zz"])  # fmt: skip
