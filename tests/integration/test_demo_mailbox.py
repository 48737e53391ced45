"""The demo's mailbox."""

from dataclasses import replace

import pytest

from portal.app import create_app
from portal.core.database import db
from portal.core.mail import queue_rendered_mail, send_mail
from tests.client import parse, texts
from tests.conftest import sqlalchemy_url


def write(number: int, to: str = "ada@example.org", text: str = "Ciao") -> None:
    queue_rendered_mail(
        event_key=f"prova:{number}", to=to, subject=f"Prova {number}", text=text, html="<p>x</p>"
    )
    db.session.commit()


def subjects(response) -> list[str]:
    page = parse(response.get_data(as_text=True))
    results = next(e for e in page.iter() if e.get("id") == "results")
    return [texts(h) for h in results.iter("h2")]


def test_empty_mailbox_says_how_mail_comes(client):
    answer = client.get("/demo/posta")
    assert answer.status_code == 200
    assert "Ancora nessuna e-mail" in answer.get_data(as_text=True)


def test_newest_mail_stands_first_and_says_whether_it_left(client):
    write(1)
    write(2)
    send_mail(mail_id=1)
    answer = client.get("/demo/posta")
    assert subjects(answer) == ["Prova 2", "Prova 1"]
    page = answer.get_data(as_text=True)
    assert page.index("In partenza") < page.index("Inviata")
    assert 'data-total="2"' in page


def test_mail_of_one_person(client):
    write(1, to="Ada@example.org")
    write(2, to="bruno@example.org")
    assert subjects(client.get("/demo/posta?a=ada@EXAMPLE.org")) == ["Prova 1"]
    nobody = client.get("/demo/posta?a=nessuno@example.org")
    assert "Nessuna e-mail per questo indirizzo" in nobody.get_data(as_text=True)
    part = client.get("/demo/posta?a=bruno@example.org", headers={"HX-Request": "true"})
    assert part.get_data(as_text=True).lstrip().startswith('<div id="results" data-total="1"')


def test_mail_is_shown_as_text_with_its_links(client):
    write(1, text="Ciao <b>Ada</b>\n\nhttp://127.0.0.1:8000/conferma/abc")
    answer = client.get("/demo/posta/1")
    page = answer.get_data(as_text=True)
    assert "Ciao &lt;b&gt;Ada&lt;/b&gt;" in page
    assert '<a href="/conferma/abc">' in page
    assert "ada@example.org" in page


def test_mailbox_leaves_no_trace_in_the_browser(client):
    write(1)
    for address in ("/demo/posta", "/demo/posta/1"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "address", ["/demo/posta/2", "/demo/posta/99999999999999999999", "/demo/posta/x"]
)
def test_mail_that_is_not_there_is_a_missing_page(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("query", ["pagina=999", "pagina=x", "a=%00", "a=" + "x" * 500, "altro=1"])
def test_odd_questions_get_a_page(client, query):
    write(1)
    assert client.get(f"/demo/posta?{query}").status_code == 200


def test_outside_demo_mode_there_is_no_mailbox(server, settings, database):
    real = create_app(
        replace(settings, is_demo=False), database_url=sqlalchemy_url(server, "portal")
    )
    visitor = real.test_client()
    assert visitor.get("/demo/posta").status_code == 404
    assert visitor.get("/demo/posta/1").status_code == 404
    front = visitor.get("/")
    assert front.status_code == 200
    assert "/demo/" not in front.get_data(as_text=True)
    with real.app_context():
        db.engine.dispose()
