"""Certificates of hours: made, checked by anybody, revoked (behaviour 11)."""

import io
from datetime import UTC, date, datetime

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.permissions import Role
from portal.volunteering.certificate_codes import ALPHABET, new_code, read_code
from portal.volunteering.models import Certificate
from portal.volunteering.states import HoursState
from tests.factories.hours import make_hours
from tests.factories.people import make_user
from tests.factories.volunteering import make_project

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
MINE, CHECK, OFFICE = (
    "/area-personale/attestati",
    "/volontariato/attestati",
    "/gestione/volontariato/attestati",
)
YEAR = {"from_on": "1/1/2026", "until_on": "30/11/2026"}


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


def certificates():
    db.session.expire_all()
    return list(db.session.scalars(select(Certificate).order_by(Certificate.id)))


def with_hours(client, **person):
    user = make_user(**person)
    make_hours(user, make_project(title="Orti"), on=date(2026, 3, 1), minutes=150)
    client.sign_in(user)
    return user


def test_a_certificate_says_what_was_verified_and_can_be_read_by_everybody(client):
    user = with_hours(client, name="Ada Maria Prova")
    make_hours(user, on=date(2026, 3, 2), minutes=600, state=HoursState.TO_VERIFY)
    assert client.submit(MINE, YEAR).status_code == 303
    (made,) = certificates()
    assert (made.minutes, made.full_name) == (150, "Ada Maria Prova")
    answer = client.get(f"{MINE}/{made.id}.pdf")
    assert answer.mimetype == "application/pdf"
    pdf = PdfReader(io.BytesIO(answer.data))
    text = pdf.pages[0].extract_text()
    for words in ("Ada Maria Prova", "2 ore e 30 minuti", "Orti", made.code):
        assert words in text
    assert pdf.trailer["/Root"]["/Lang"] == "it"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.metadata.title == "Attestato di volontariato di Ada Maria Prova"
    links = [a.get_object()["/A"]["/URI"] for a in pdf.pages[0]["/Annots"]]
    assert links == [f"http://127.0.0.1:8000{CHECK}/{made.code}"]
    assert any(alt.startswith("Codice QR che apre") for alt in alternative_texts(pdf))


def alternative_texts(pdf):
    numbers = range(1, pdf.trailer["/Size"])
    things = [pdf.get_object(IndirectObject(n, 0, pdf)) for n in numbers]
    return [str(t["/Alt"]) for t in things if isinstance(t, dict) and "/Alt" in t]


def test_asked_again_it_is_the_same_certificate_until_the_hours_change(client):
    user = with_hours(client)
    for _ in range(2):
        client.submit(MINE, YEAR)
    assert len(certificates()) == 1
    make_hours(user, on=date(2026, 4, 1))
    client.submit(MINE, YEAR)
    assert [c.minutes for c in certificates()] == [150, 270]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({**YEAR, "until_on": "31/12/2025"}, "Il periodo finisce prima di iniziare"),
        ({"from_on": "1/1/2020", "until_on": "31/12/2020"}, "non ci sono ancora ore confermate"),
        ({**YEAR, "from_on": ""}, "Scrivi il primo giorno."),
    ],
)
def test_without_hours_there_is_no_empty_certificate(client, data, words):
    with_hours(client)
    answer = client.submit(MINE, data)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert certificates() == []


def test_anybody_checks_the_code_as_it_was_typed(client, app):
    with_hours(client, name="Ada Maria Prova")
    client.submit(MINE, YEAR)
    (made,) = certificates()
    stranger = app.test_client()
    typed = made.code.replace("-", " ").lower()
    answer = stranger.get(CHECK + "/", query_string={"codice": typed})
    assert answer.headers["Location"].endswith(f"{CHECK}/{made.code}")
    page = stranger.get(f"{CHECK}/{made.code}").get_data(as_text=True)
    assert "Questo attestato è valido" in page
    assert "A. M. P." in page
    assert "2 ore 30 minuti" in page
    assert "Prova" not in page.replace("prova", "")
    assert "Orti" not in page


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKLM", "x", "%00", "' OR 1=1", "9" * 500])
def test_an_unknown_code_says_so(client, code):
    answer = client.get(CHECK + "/", query_string={"codice": code})
    assert answer.status_code == 404
    assert "Non c’è un attestato con questo codice" in answer.get_data(as_text=True)


def test_nobody_downloads_anothers_certificate(client, app):
    with_hours(client)
    client.submit(MINE, YEAR)
    (made,) = certificates()
    other = app.test_client()
    other.sign_in(make_user())
    assert other.get(f"{MINE}/{made.id}.pdf").status_code == 404
    clerk = app.test_client()
    clerk.sign_in(make_user(roles=(Role.STAFF,)))
    assert clerk.get(f"{MINE}/{made.id}.pdf").status_code == 200


def test_the_office_revokes_with_a_reason_the_person_reads(client, app):
    user = with_hours(client, name="Ada Prova")
    client.submit(MINE, YEAR)
    (made,) = certificates()
    clerk = app.test_client()
    clerk.sign_in(make_user(roles=(Role.STAFF,)))
    path = f"{OFFICE}/{made.id}/revoca"
    assert clerk.submit(path, {"reason": " "}).status_code == 422
    assert clerk.submit(path, {"reason": "x" * 501}).status_code == 422
    assert clerk.submit(path, {"reason": "Ore di un’altra persona."}).status_code == 303
    assert clerk.submit(path, {"reason": "Ancora."}).status_code == 409
    mail = db.session.scalar(select(MailMessage).where(MailMessage.recipient == user.email))
    assert mail.subject == f"Il tuo attestato {made.code} non vale più"
    assert "Ore di un’altra persona." in mail.text_body
    public = app.test_client().get(f"{CHECK}/{made.code}").get_data(as_text=True)
    assert "Questo attestato è stato revocato" in public
    assert "altra persona" not in public
    # A new one is another one.
    client.submit(MINE, YEAR)
    assert len(certificates()) == 2


def test_the_office_sees_first_what_no_longer_agrees(client):
    user = make_user(name="Ugo Prova")
    entry = make_hours(user, on=date(2026, 3, 1), minutes=150)
    client.sign_in(user)
    client.submit(MINE, YEAR)
    other = make_user(name="Ada Prova")
    make_hours(other, on=date(2026, 3, 1))
    client.sign_in(other)
    client.submit(MINE, YEAR)
    entry.state, entry.reason = HoursState.CORRECTED, "Erano due ore."
    db.session.commit()
    make_hours(user, on=date(2026, 3, 1), minutes=120, corrects_id=entry.id)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    page = client.get(OFFICE).get_data(as_text=True)
    assert page.index("Ugo Prova") < page.index("Ada Prova")
    assert "Oggi le ore sono 2 ore" in page
    found = client.get(OFFICE, query_string={"q": "ada"}).get_data(as_text=True)
    assert "Ugo Prova" not in found


def test_codes_are_read_as_people_copy_them():
    code = new_code()
    assert set(code.replace("-", "")) <= set(ALPHABET)
    assert read_code(f" {code.lower().replace('-', ' ')} ") == code
    assert read_code("7O4M 92QX H3T1") == "7Q4M-92QX-H3TL"
    assert read_code("7K4M-92QX") == ""
    assert read_code("è" * 12) == ""
