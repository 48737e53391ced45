"""`portal create-staff`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from portal import commands
from portal.accounts.models import User
from portal.accounts.queries import find_user_by_email, get_person
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.permissions import Role
from tests.factories.people import make_user


@pytest.fixture
def run(app, database, settings, monkeypatch):
    @contextmanager
    def same_app(_settings) -> Iterator[object]:
        yield app

    monkeypatch.setattr(commands, "app_of", same_app)
    monkeypatch.setattr(commands, "load_settings", lambda: settings)
    return lambda *words: CliRunner().invoke(commands.commands, ["create-staff", *words])


def test_colleague_gets_account_role_and_link(run, client):
    result = run("Carla@Comune.example.org", "--name", "Carla Prova")
    assert result.exit_code == 0, result.output
    user = find_user_by_email("carla@comune.example.org")
    assert [held.role for held in get_person(user.id).roles] == [Role.STAFF]
    path = re.search(r"http://[^/]+(/recupera/\S+)", result.output)[1]
    mail = db.session.scalar(select(MailMessage).where(MailMessage.recipient == user.email))
    assert path in mail.text_body
    assert client.submit(path, {"password": "sette ponti sul Crostolo"}).headers["Location"] == (
        "/gestione/coda"
    )


def test_architect_gets_the_districts(run):
    result = run("dina@example.org", "--name", "Dina", "--role", "architect",
                 "--district", "d", "--district", "e")  # fmt: skip
    assert result.exit_code == 0, result.output
    user = find_user_by_email("dina@example.org")
    assert len(get_person(user.id).roles) == 2


def test_known_person_keeps_the_account(run):
    user = make_user(email="ada@example.org", name="Ada")
    assert run("ada@example.org", "--name", "Altro", "--role", "administrator").exit_code == 0
    assert get_person(user.id).name == "Ada"
    assert [held.role for held in get_person(user.id).roles] == [Role.ADMINISTRATOR]


@pytest.mark.parametrize(
    "words",
    [
        ("niente", "--name", "X"),
        ("a@example.org", "--name", "X", "--role", "architect"),
        ("a@example.org", "--name", "X", "--role", "architect", "--district", "zz"),
        ("a@example.org", "--name", "X", "--district", "d"),
        ("a@example.org", "--name", "X", "--role", "citizen"),
        ("a@example.org", "--name", "  "),
        ("a@example.org",),
    ],
)
def test_wrong_words_stop_with_a_line_and_change_nothing(run, words):
    result = run(*words)
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    db.session.rollback()
    assert db.session.scalar(select(User.id)) is None
