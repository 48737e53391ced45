"""Tutors write to volunteers: one mail each, once, with the answer to who wrote."""

from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.core.clock import frozen
from portal.core.database import db
from portal.core.mail import MailMessage, MailStatus
from portal.core.sign_ups import SignUpState
from portal.permissions import Role
from portal.volunteering.models import MessageRecipient, VolunteerMessage
from tests.client import StrictClient
from tests.conftest import sqlalchemy_url
from tests.factories.people import make_user
from tests.factories.volunteering import (
    make_enrolment,
    make_project,
    make_shift,
    make_sign_up,
    make_tutor,
)
from tests.integration.test_volunteering_crowd import errors_in, run_at_once
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def project(database):
    return make_project(title="Compiti insieme")


@pytest.fixture
def shift(project):
    return make_shift(project=project)


@pytest.fixture
def tutor(project):
    return make_tutor(project, name="Giulia Prova")


@pytest.fixture
def people(shift):
    """Two with a place, one of them without e-mail, and one who waits."""
    ada, bea = make_user(name="Ada Prova"), make_user(name="Bea Prova", has_email=False)
    ciro = make_user(name="Ciro Prova")
    make_enrolment(bea)
    make_sign_up(shift, ada)
    make_sign_up(shift, bea)
    make_sign_up(shift, ciro, state=SignUpState.WAITING)
    return ada, bea, ciro


@pytest.fixture
def browser(client, tutor):
    client.sign_in(tutor)
    return client


def of_project(project):
    return f"/volontariato/tutor/progetti/{project.id}/messaggi"


def of_shift(shift):
    return f"/volontariato/tutor/turni/{shift.id}/messaggi"


def words(to="tutti", **changes):
    return {
        "to": to, "subject": "Domani portate i guanti", "body": "Ciao,\n\na domani!", "seen": "0",
    } | changes  # fmt: skip


def recipients():
    db.session.expire_all()
    rows = db.session.scalars(select(MessageRecipient).order_by(MessageRecipient.id))
    return {row.user_id for row in rows}


def mails():
    db.session.expire_all()
    return db.session.scalars(
        select(MailMessage)
        .where(MailMessage.event_key.like("volunteer_message:%"))
        .order_by(MailMessage.id)
    ).all()


def test_who_has_a_place_gets_one_mail_whose_answer_goes_to_the_sender(
    browser, shift, people, tutor
):
    ada, bea, _ciro = people
    answer = browser.submit(of_shift(shift), words())
    page = browser.get(answer.location).text
    assert recipients() == {ada.id, bea.id}
    (mail,) = mails()
    assert (mail.recipient, mail.reply_to) == (ada.email, tutor.email)
    assert mail.subject == "Domani portate i guanti"
    assert mail.text_body.startswith(
        "Ciao Ada Prova,\n\nGiulia Prova ti scrive per “Compiti insieme”:\n\nCiao,\n\na domani!\n\n"
        "Il turno è mercoledì 2 dicembre, ore 10:00.\n"
    )
    assert "Rispondi a questa e-mail: arriva a Giulia Prova." in mail.text_body
    assert f"/volontariato/turni/{shift.id}" in mail.text_body
    # Who has no e-mail is called.
    assert "Chiama: 0522 000000" in page
    assert "Ada P." in page
    assert "In partenza per 1 persona · 1 persona da chiamare" in page


def test_delivery_is_shown_as_the_mail_leaves(browser, shift, people):
    address = browser.submit(of_shift(shift), words()).location
    (mail,) = mails()
    mail.status, mail.sent_at = MailStatus.SENT, NOW
    db.session.commit()
    assert "Partito per 1 persona · 1 persona da chiamare" in browser.get(address).text
    assert "Partito per 1 persona" in browser.get(of_shift(shift)).text


def test_ticked_people_alone_are_written_to(browser, shift, project, people):
    ada, _bea, ciro = people
    stranger = make_user()
    ticked = [ada.id, ciro.id, stranger.id, "x", "9" * 40]
    browser.submit(of_shift(shift), words("scelti", person=ticked))
    assert recipients() == {ada.id, ciro.id}, "who is not of the shift is left out"
    answer = browser.submit(of_shift(shift), words("scelti", subject="Altro"))
    assert answer.status_code == 422
    assert "Non c’è nessuno a cui scrivere" in answer.text
    answer = browser.submit(
        of_project(project), words("scelti", person=[ada.id], body="", subject="Altro")
    )
    assert answer.status_code == 422
    assert f'value="{ada.id}" checked' in answer.text
    assert "Altro" in answer.text


def test_project_page_reaches_everybody_or_one_shift(browser, project, shift, people, tutor):
    ada, bea, ciro = people
    dora = make_user(name="Dora Prova")
    other = make_shift(project=project, in_hours=90)
    make_sign_up(other, dora)
    # Who writes is in the list too, and is not written to.
    make_sign_up(other, tutor)
    page = browser.get(of_project(project)).text
    assert "Tutto il progetto: 5 persone" in page
    browser.submit(of_project(project), words())
    assert recipients() == {ada.id, bea.id, ciro.id, dora.id}
    browser.submit(of_project(project), words(f"turno-{other.id}", subject="Solo voi"))
    last = db.session.scalars(select(VolunteerMessage).order_by(VolunteerMessage.id.desc())).first()
    assert last.shift_id == other.id
    rows = db.session.scalars(
        select(MessageRecipient.user_id).where(MessageRecipient.message_id == last.id)
    )
    assert set(rows) == {dora.id}
    foreign = make_shift()
    make_sign_up(foreign)
    answer = browser.submit(of_project(project), words(f"turno-{foreign.id}", subject="Furbo"))
    assert answer.status_code == 422, "a shift of another project is not offered"


def test_same_tap_twice_sends_once(browser, shift, people):
    first = browser.submit(of_shift(shift), words())
    again = browser.submit(of_shift(shift), words())
    assert first.location == again.location
    assert len(mails()) == 1
    # The same words on purpose, from a page that shows the first: a second message.
    seen = db.session.scalars(select(VolunteerMessage.id)).one()
    assert f'value="{seen}"' in browser.get(of_shift(shift)).text
    browser.submit(of_shift(shift), words(seen=seen))
    assert len(mails()) == 2


def test_taps_at_the_same_moment_send_once(server, settings, shift, people, tutor):
    apps = [create_app(settings, database_url=sqlalchemy_url(server, "portal")) for _ in range(3)]
    browsers = []
    for made, _ in zip(cycle(apps), range(6), strict=False):
        made.test_client_class = StrictClient
        browser = made.test_client()
        browser.sign_in(tutor)
        browsers.append((browser, browser.csrf_token()))
    path = of_shift(shift)

    def press(browser, token):
        return lambda: browser.post(path, data=words() | {"csrf_token": token}).status_code

    results = run_at_once([press(*browser) for browser in browsers], threads=6)
    assert errors_in(results) == []
    assert results == [303] * 6
    assert len(mails()) == 1
    for made in apps:
        with made.app_context():
            db.engine.dispose()


def test_twenty_messages_a_day_and_no_more(browser, shift, people, tutor):
    for number in range(20):
        assert browser.submit(of_shift(shift), words(subject=f"Avviso {number}")).status_code == 303
    answer = browser.submit(of_shift(shift), words(subject="Avviso 20"))
    assert answer.status_code == 422
    assert "Oggi hai scritto 20 messaggi" in answer.text
    assert 'value="Avviso 20"' in answer.text
    with frozen(NOW + timedelta(days=1)):
        browser.sign_in(tutor)
        assert browser.submit(of_shift(shift), words(subject="Avviso 20")).status_code == 303


def test_markup_is_shown_as_text(browser, shift, people):
    address = browser.submit(
        of_shift(shift), words(subject="<b>Ciao</b>", body="<script>alert(1)</script>")
    ).location
    page = browser.get(address).text
    assert "&lt;script&gt;alert(1)" in page
    (mail,) = mails()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in mail.html_body
    assert "<script>alert(1)</script>" in mail.text_body
    assert mail.subject == "<b>Ciao</b>"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"subject": ""}, "Scrivi di cosa si tratta"),
        ({"body": " "}, "Scrivi il testo"),
        ({"to": ""}, "Scegli a chi scrivi"),
        ({"to": "turno-x"}, "Scegli"),
        ({"subject": "x" * 151}, "150"),
    ],
)
def test_message_that_cannot_be_is_refused_beside_its_field(browser, shift, people, changes, said):
    answer = browser.submit(of_shift(shift), words() | changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert mails() == []


def test_only_who_looks_after_the_project_writes_and_reads(client, shift, project, people, tutor):
    client.sign_in(tutor)
    address = client.submit(of_shift(shift), words()).location
    client.sign_in(make_tutor(make_project()))
    for path in (of_shift(shift), of_project(project), address):
        assert client.get(path).status_code == 404
    assert client.submit(of_shift(shift), words(subject="Altro")).status_code == 404
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert client.get(address).status_code == 200


def test_nobody_to_write_to_is_said(browser, shift):
    assert "Ancora nessuno a cui scrivere" in browser.get(of_shift(shift)).text


def test_pages_ask_the_database_the_same_however_long(browser, project, shift, people):
    def count(path):
        with counted_sql() as statements:
            assert browser.get(path).status_code == 200
        return len(statements)

    address = browser.submit(of_shift(shift), words()).location
    paths = (of_shift(shift), of_project(project), address)
    few = [count(path) for path in paths]
    for _ in range(3):
        make_sign_up(make_shift(project=project, in_hours=200), make_user(name="Zoe Prova"))
    browser.submit(of_project(project), words(subject="Altro"))
    assert [count(path) for path in paths] == few
    assert max(few) <= 12
