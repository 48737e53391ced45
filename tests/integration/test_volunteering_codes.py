"""Marking oneself by the code on the spot, and being marked by one's own."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import sign
from portal.volunteering.models import SignUp
from portal.volunteering.queries import code_of_shift, find_own_code, find_shift_by_code
from portal.volunteering.states import Presence, PresenceSource, ShiftState
from tests.factories.people import make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up, make_tutor

NOW = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def shift(database):
    return make_shift(project=make_project(title="Compiti insieme"), in_hours=0, hours=3)


@pytest.fixture
def person(client):
    user = make_user(name="Marta Prova")
    client.sign_in(user)
    return user


def path_of(shift):
    return f"/volontariato/qui/{code_of_shift(shift.id)}"


def marked(row):
    db.session.expire_all()
    return db.session.get(SignUp, row.id).presence


def test_a_code_is_typed_as_people_type(shift):
    code = code_of_shift(shift.id)
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}", code)
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} "):
        assert find_shift_by_code(typed) == shift.id
    assert find_shift_by_code("7K4M-92QX") is None
    assert find_shift_by_code("") is None


def test_codes_of_shifts_differ(database):
    project = make_project()
    codes = {code_of_shift(make_shift(project=project).id) for _ in range(20)}
    assert len(codes) == 20


def test_scanning_marks_nobody_pressing_does_once(client, shift, person):
    row = make_sign_up(shift, person)
    assert "Sono qui" in client.get(path_of(shift)).get_data(as_text=True)
    assert marked(row) is None
    for _ in range(2):
        assert client.submit(path_of(shift)).status_code == 303
    assert marked(row) is Presence.PRESENT
    assert db.session.get(SignUp, row.id).presence_source is PresenceSource.CODE
    assert "Presenza segnata" in client.get(path_of(shift)).get_data(as_text=True)


def test_signing_in_leads_back_to_the_code(client, shift):
    answer = client.get(path_of(shift))
    assert answer.status_code == 303
    assert answer.location == f"/accedi?next={path_of(shift)}"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(-16, "È troppo presto"), (-15, "Sono qui"), (195, "Sono qui"), (196, "È troppo tardi")],
)
def test_the_code_is_good_around_the_shift_alone(client, shift, person, minutes, words):
    row = make_sign_up(shift, person)
    with frozen(NOW + timedelta(minutes=minutes)):
        html = client.get(path_of(shift)).get_data(as_text=True)
        assert words in html[html.index('<div class="container page">') :]
        client.submit(path_of(shift))
    assert (marked(row) is Presence.PRESENT) is (words == "Sono qui")


def test_who_has_no_place_is_told_to_say_so(client, shift, person):
    make_sign_up(shift, person, SignUpState.WAITING)
    assert "Non hai un posto in questo turno" in client.get(path_of(shift)).get_data(as_text=True)
    assert client.submit(path_of(shift)).status_code == 409


def test_a_forged_code_and_a_cancelled_shift_are_said(client, shift, person):
    answer = client.get("/volontariato/qui/AAAA-AAAA")
    assert answer.status_code == 404
    assert "Codice non riconosciuto" in answer.get_data(as_text=True)
    assert client.submit("/volontariato/qui/AAAA-AAAA").status_code == 404
    make_sign_up(shift, person)
    shift.state, shift.cancelled_reason = ShiftState.CANCELLED, "Piove."
    db.session.commit()
    assert "Il turno è annullato" in client.get(path_of(shift)).get_data(as_text=True)
    assert client.submit(path_of(shift)).status_code == 409


def test_the_code_is_typed_at_a_short_address(client, shift, person):
    code = code_of_shift(shift.id)
    assert client.get("/qui").status_code == 200
    answer = client.get("/qui", query_string={"codice": code.lower().replace("-", " ")})
    assert (answer.status_code, answer.location) == (303, path_of(shift))
    for typed in ("", "7K4M-92QX", "x" * 60):
        answer = client.get("/qui", query_string={"codice": typed})
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.get_data(as_text=True)


def test_the_tutor_shows_the_code_large_and_small(client, shift):
    client.sign_in(make_tutor(shift.project))
    for path in ("", "/codice"):
        html = client.get(f"/volontariato/tutor/turni/{shift.id}{path}").get_data(as_text=True)
        assert code_of_shift(shift.id) in html
        assert '<svg class="qr" role="img"' in html


def test_a_person_s_own_code_is_tapped_by_a_tutor_alone(client, shift, person):
    assert client.get(f"/volontariato/turni/{shift.id}/mio-codice").status_code == 404
    row = make_sign_up(shift, person)
    html = client.get(f"/volontariato/turni/{shift.id}/mio-codice").get_data(as_text=True)
    assert 'class="qr"' in html
    address = f"/volontariato/tutor/codice/{find_own_code(shift.id, person.id)}"
    assert client.get(address).status_code == 404
    assert client.submit(address).status_code == 404
    client.sign_in(make_tutor(shift.project))
    assert "Marta P." in client.get(address).get_data(as_text=True)
    assert marked(row) is None
    for _ in range(2):
        assert client.submit(address).status_code == 303
    assert marked(row) is Presence.PRESENT
    assert db.session.get(SignUp, row.id).presence_source is PresenceSource.TUTOR
    assert "Presenza già segnata" in client.get(address).get_data(as_text=True)


def test_a_code_of_another_purpose_or_too_old_is_none(client, shift, person):
    row = make_sign_up(shift, person)
    old = find_own_code(shift.id, person.id)
    client.sign_in(make_tutor(shift.project))
    other = sign("volunteering-offer", row.id)
    assert client.get(f"/volontariato/tutor/codice/{other}").status_code == 404
    with frozen(NOW + timedelta(days=3)):
        assert client.get(f"/volontariato/tutor/codice/{old}").status_code == 404
