"""The register of volunteers: unalterable, without gaps, read by the office, printed."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO
from itertools import cycle

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.app import create_app
from portal.core.access import PORTAL
from portal.core.clock import frozen
from portal.core.database import db
from portal.permissions import Role
from portal.volunteering.models import RegisterEntry
from portal.volunteering.services import (
    Person,
    correct_register,
    enter_occasional,
    leave_register,
)
from portal.volunteering.states import RegisterSection
from tests.conftest import sqlalchemy_url
from tests.factories.office import make_line
from tests.factories.people import actor_of, make_user
from tests.integration.test_volunteering_crowd import errors_in, run_at_once
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
REGISTER = "/gestione/volontariato/registro"
TAX_CODE = "RSSMRA80A01H223V"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


def correction(line, **changes):
    words = {
        "full_name": "Ada Prova Rossi", "tax_code": TAX_CODE, "born_on": "17/05/1990",
        "birth_place": "Reggio Emilia", "address": "", "reason": "Nome scritto a metà.",
        "line": line.id,
    }  # fmt: skip
    return words | changes


def lines_of(number=1):
    db.session.expire_all()
    return db.session.scalars(
        select(RegisterEntry).where(RegisterEntry.number == number).order_by(RegisterEntry.id)
    ).all()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_entry SET full_name = 'Altra'",
        "UPDATE register_entry SET ends_on = '2026-12-01'",
        "DELETE FROM register_entry",
        # The trigger `register_is_not_emptied` refuses under the same name.
        "TRUNCATE register_entry",
        "TRUNCATE register_entry CASCADE",
        "TRUNCATE user_account CASCADE",
    ],
)
def test_database_keeps_every_line_whoever_asks(database, statement):
    make_line()
    # The tests' connection owns the tables, as the portal's does: no role of it may more.
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text(statement))
    assert caught.value.orig.diag.constraint_name == "register_entry_is_kept"
    db.session.rollback()
    assert lines_of()[0].full_name == "Ada Prova"


def test_object_that_is_changed_is_refused_too(database):
    line = make_line()
    line.full_name = "Altra"
    with pytest.raises(DBAPIError):
        db.session.commit()
    db.session.rollback()
    db.session.delete(line)
    with pytest.raises(DBAPIError):
        db.session.commit()
    db.session.rollback()


def test_numbers_have_no_gap_when_many_enter_at_once(app, database, server, settings):
    apps = [create_app(settings, database_url=sqlalchemy_url(server, "portal")) for _ in range(4)]

    def enter(made, number):
        def run():
            with made.test_request_context():
                try:
                    person = Person(f"Ospite {number}", born_on=TODAY, birth_place="Parma")
                    enter_occasional(actor=PORTAL, person=person, on=TODAY)
                    # Every third changes its mind: its number must not be lost.
                    if number % 3:
                        db.session.commit()
                    else:
                        db.session.rollback()
                finally:
                    db.session.remove()

        return run

    tasks = [enter(made, number) for made, number in zip(cycle(apps), range(24), strict=False)]
    assert errors_in(run_at_once(tasks, threads=12)) == []
    numbers = db.session.scalars(select(RegisterEntry.number).order_by(RegisterEntry.number))
    assert list(numbers) == list(range(1, 17))
    for made in apps:
        with made.app_context():
            db.engine.dispose()


def test_office_corrects_by_a_new_line(client, clerk):
    line = make_line()
    path = f"{REGISTER}/ordinari/1"
    assert 'value="Ada Prova"' in client.get(f"{path}/rettifica").text
    assert client.submit(f"{path}/rettifica", correction(line)).status_code == 303
    page = client.get(path).text
    assert "Ada Prova Rossi" in page
    assert "Nome scritto a metà." in page
    first, second = lines_of()
    assert (first.full_name, second.full_name) == ("Ada Prova", "Ada Prova Rossi")
    assert second.recorded_by_name == "Carla Prova"
    assert second.tax_code == TAX_CODE
    assert "Ada Prova Rossi" in client.get(REGISTER).text


def test_correction_of_a_line_that_was_corrected_meanwhile_is_told(client, clerk):
    line = make_line()
    client.submit(f"{REGISTER}/ordinari/1/rettifica", correction(line))
    mine = correction(line, full_name="Ada Verdi")
    answer = client.submit(f"{REGISTER}/ordinari/1/rettifica", mine)
    assert answer.status_code == 409
    assert "ora c’è scritto Ada Prova Rossi" in answer.text
    assert 'value="Ada Verdi"' in answer.text
    assert len(lines_of()) == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": " "}, "Scrivi perché"),
        ({"full_name": ""}, "Scrivi il nome"),
        ({"tax_code": "RSSMRA80A01H223X"}, "codice fiscale"),
        ({"tax_code": "", "birth_place": ""}, "luogo di nascita"),
        ({"born_on": "ieri"}, "Scrivi giorno, mese e anno"),
    ],
)
def test_correction_that_cannot_be_is_refused_beside_its_field(client, clerk, changes, words):
    line = make_line()
    answer = client.submit(f"{REGISTER}/ordinari/1/rettifica", correction(line, **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert len(lines_of()) == 1


def test_register_by_day_says_who_was_in_it(client, clerk):
    old, new = make_user(name="Vecchia Prova"), make_user(name="Nuova Prova")
    make_line(old, since=date(2026, 3, 1))
    make_line(new, since=date(2026, 10, 1))
    leave_register(actor=PORTAL, user_id=old.id, on=date(2026, 9, 30), reason="Si trasferisce.")
    db.session.commit()

    def names(on):
        page = client.get(f"{REGISTER}?il={on}").text
        return {name for name in ("Vecchia Prova", "Nuova Prova") if name in page}

    assert names("2026-02-28") == set()
    assert names("2026-03-01") == {"Vecchia Prova"}
    assert names("2026-09-30") == {"Vecchia Prova"}
    assert names("2026-10-01") == {"Nuova Prova"}
    assert names("") == {"Vecchia Prova", "Nuova Prova"}
    answer = client.get(f"{REGISTER}?il=boh")
    assert "Scegli un giorno dal calendario" in answer.text


def test_search_finds_by_name_code_and_number(client, clerk):
    line = make_line(make_user(name="Ada Prova"))
    make_line(make_user(name="Bea Prova"))
    person = Person("Ada Prova", tax_code=TAX_CODE)
    correct_register(actor=PORTAL, entry_id=line.id, person=person, reason="Codice aggiunto.")
    db.session.commit()
    for words in ("ada", TAX_CODE.lower(), "1"):
        page = client.get(REGISTER, query_string={"q": words}).text
        assert "Ada Prova" in page, words
        assert "Bea Prova" not in page, words
    assert "Nessuno così" in client.get(f"{REGISTER}?q=99999999999999").text


def test_occasional_section_and_file_of_each(client, clerk):
    make_line(make_user(name="=Ada Prova"))
    person = Person("Ospite Prova", born_on=date(1979, 6, 2), birth_place="Parma")
    enter_occasional(actor=PORTAL, person=person, on=TODAY)
    db.session.commit()
    page = client.get(f"{REGISTER}?sezione=occasionali").text
    assert "Ospite Prova" in page
    assert "Ada Prova" not in page
    assert client.get(f"{REGISTER}/occasionali/1").status_code == 200
    rows = list(csv.reader(StringIO(client.get(f"{REGISTER}.csv").text.lstrip("\ufeff"))))
    assert rows[1][:2] == ["1", "'=Ada Prova"]
    (_header, row) = csv.reader(
        StringIO(client.get(f"{REGISTER}.csv?sezione=occasionali").text.lstrip("\ufeff"))
    )
    assert row[1] == "Ospite Prova"
    assert row[6:] == ["2026-11-30", "2026-11-30"]


def test_extract_holds_every_line_of_the_period(client, clerk):
    line = make_line(make_user(name="Ada Prova"), since=date(2026, 3, 1))
    person = Person("Ada Prova Rossi", tax_code=TAX_CODE)
    correct_register(actor=PORTAL, entry_id=line.id, person=person, reason="Cognome intero.")
    make_line(make_user(name="Bea Prova"), since=date(2026, 11, 1))
    db.session.commit()
    answer = client.get(f"{REGISTER}.pdf?dal=2026-03-01&al=2026-03-31")
    assert answer.mimetype == "application/pdf"
    words = " ".join(
        "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages).split()
    )
    assert "Ada Prova Rossi" in words
    assert "Cognome intero." in words
    assert "Bea Prova" not in words
    assert "Nessuna iscrizione nel periodo." in words, "of occasional volunteers"
    wrong = client.get(f"{REGISTER}.pdf?dal=2026-03-31&al=2026-03-01")
    assert wrong.status_code == 422
    assert "finisce prima" in wrong.text


def test_number_that_is_not_there_is_not_found(client, clerk):
    for path in ("ordinari/1", "ordinari/99999999999", "altri/1"):
        assert client.get(f"{REGISTER}/{path}").status_code == 404


def test_who_left_and_was_corrected_leaves_once(database):
    person = make_user()
    line = make_line(person, since=TODAY - timedelta(days=9))
    left = leave_register(actor=PORTAL, user_id=person.id, on=TODAY, reason="Lascia.")
    correct_register(
        actor=PORTAL, entry_id=left.id, person=Person("Ada", tax_code=TAX_CODE), reason="Nome."
    )
    assert leave_register(actor=PORTAL, user_id=person.id, on=TODAY, reason="Ancora.") is None
    assert line.section is RegisterSection.REGULAR


def test_register_asks_the_database_the_same_however_long(client, clerk):
    def count(path):
        with counted_sql() as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    line = make_line()
    paths = (REGISTER, f"{REGISTER}.csv", f"{REGISTER}/ordinari/1")
    few = [count(path) for path in paths]
    for _ in range(2):
        make_line(make_user(name="Bea Prova"))
    correct_register(
        actor=actor_of(clerk), entry_id=line.id, person=Person("Ada", tax_code=TAX_CODE),
        reason="Nome.",
    )  # fmt: skip
    db.session.commit()
    assert [count(path) for path in paths] == few
    assert max(few) <= 12
