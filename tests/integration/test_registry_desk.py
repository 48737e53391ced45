"""An association's own desk and its profile."""

from datetime import date

import pytest

from portal.core.database import db
from portal.core.history import list_history
from portal.registry.models import Association
from portal.registry.queries import find_first_association_of, find_represented
from portal.registry.states import AssociationState
from tests.client import parse
from tests.factories.people import make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

DESK = "/associazione/circolo-inventato/"
PROFILE = f"{DESK}profilo"
WRITTEN = {
    "description": "Suoniamo insieme il giovedì.",
    "acronym": "CI",
    "areas": ["cultura"],
    "district_id": "",
    "address": "via della Prova 7",
    "email": "circolo@example.org",
    "phone": "0522 111222",
    "website": "https://example.org/circolo",
}


@pytest.fixture
def association(database):
    return make_association(
        name="Circolo inventato", slug="circolo-inventato", state=AssociationState.ENROLLED
    )


@pytest.fixture
def representative(client, association):
    person = make_user(name="Ivo Prova")
    make_representative(person, association)
    client.sign_in(person)
    return person


def version_on(page):
    (field,) = [e for e in parse(page).iter("input") if e.get("name") == "version"]
    return field.get("value")


def save(client, version=None, **changes):
    version = version or version_on(client.get(PROFILE).text)
    return client.submit(PROFILE, {**WRITTEN, "version": version, **changes})


def stored(association):
    db.session.rollback()
    return db.session.get(Association, association.id, populate_existing=True)


def test_only_its_representative_finds_the_desk(client, association, representative):
    assert client.get(DESK).status_code == 200
    make_association(name="Altra", slug="altra")
    assert client.get("/associazione/altra/").status_code == 404
    assert client.get("/associazione/altra/profilo").status_code == 404
    assert client.submit("/associazione/altra/profilo", WRITTEN).status_code == 404
    client.sign_in(make_user())
    for address in (DESK, PROFILE):
        assert client.get(address).status_code == 404
    assert client.submit(PROFILE, WRITTEN).status_code == 404
    client.sign_out()
    assert client.get(DESK).status_code == 303


def test_who_no_longer_represents_does_not_find_it(client, association):
    person = make_user()
    make_representative(person, association, until_on=date(2026, 2, 1))
    client.sign_in(person)
    assert client.get(DESK).status_code == 404
    assert find_represented(person.id).association_ids == frozenset()
    assert find_first_association_of(person.id) is None


def test_the_desk_says_what_waits(client, association, representative):
    page = client.get(DESK).text
    for reason in ("no_description", "no_areas", "no_contact"):
        assert f'data-reason="{reason}"' in page
    save(client)
    page = client.get(DESK).text
    assert "data-reason" not in page
    assert "Ivo Prova" in page
    stored(association).profile_updated_on = date(2024, 1, 1)
    db.session.commit()
    assert 'data-reason="stale"' in client.get(DESK).text


def test_what_is_saved_is_public_at_once_with_history_and_freshness(
    client, association, representative
):
    response = save(client)
    assert response.status_code == 303
    kept = stored(association)
    assert kept.description == WRITTEN["description"]
    assert [area.code for area in kept.areas] == ["cultura"]
    assert kept.profile_updated_on is not None
    (step,) = list_history(subject_kind="association", subject_id=association.id)
    assert step.action == "edit_profile"
    assert "description" in step.note
    assert step.actor_name == "Ivo Prova"
    assert "Suoniamo insieme" in client.get(response.location).text
    client.sign_out()
    public = client.get("/registro/circolo-inventato").text
    for words in ("Suoniamo insieme il giovedì.", "circolo@example.org", "0522 111222"):
        assert words in public


def test_saving_without_changes_confirms_the_profile(client, association, representative):
    save(client)
    save(client)
    steps = list_history(subject_kind="association", subject_id=association.id)
    assert steps[0].note is None
    assert "Profilo confermato da Ivo Prova" in client.get(DESK).text


def test_name_tax_code_and_state_cannot_be_edited(client, association, representative):
    code = association.tax_code
    page = client.get(PROFILE).text
    assert 'name="name"' not in page
    assert "ufficio partecipazione" in page
    save(client, name="Un altro nome", tax_code="00000000000", state="removed", slug="x")
    kept = stored(association)
    assert (kept.name, kept.tax_code, kept.slug) == ("Circolo inventato", code, association.slug)
    assert kept.state is AssociationState.ENROLLED


def test_two_tabs_the_second_is_told_what_changed_and_keeps_its_text(
    client, association, representative
):
    seen = version_on(client.get(PROFILE).text)
    save(client, seen, phone="0522 999999")
    response = save(client, seen, description="Il mio testo lungo.")
    assert response.status_code == 409
    assert "Il mio testo lungo." in response.text
    assert "0522 999999" in response.text
    assert 'data-reason="profile_changed"' in response.text
    assert stored(association).description == WRITTEN["description"]
    again = save(client, version_on(response.text), description="Il mio testo lungo.")
    assert again.status_code == 303
    assert stored(association).description == "Il mio testo lungo."


def test_a_change_of_areas_alone_is_noticed_too(client, association, representative):
    save(client)
    seen = version_on(client.get(PROFILE).text)
    save(client, seen, areas=["sport", "cultura"])
    assert save(client, seen, areas=["salute"]).status_code == 409


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 40, "²", "0"])
def test_a_tampered_version_is_a_conflict_not_a_crash(client, association, representative, version):
    response = client.submit(PROFILE, {**WRITTEN, "version": version})
    assert response.status_code == 409


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"description": ""}, "poche righe"),
        ({"description": "x" * 2001}, "al massimo 2000"),
        ({"acronym": "x" * 31}, "al massimo 30"),
        ({"email": "boh"}, "nome@example.org"),
        ({"phone": "x"}, "numero di telefono"),
        ({"website": "ftp://example.org"}, "indirizzo del sito"),
        ({"areas": ["astrologia"]}, "Scegli una delle voci"),
        ({"district_id": "999999999999999999999"}, "Scegli una delle voci"),
        ({"address": "x\u202ey"}, "caratteri invisibili"),
    ],
)
def test_a_wrong_profile_is_said_at_its_field_and_kept(
    client, association, representative, changes, words
):
    response = save(client, **changes)
    assert response.status_code == 422
    assert words in response.text
    assert "Suoniamo" in response.text or "description" in changes
    assert stored(association).profile_updated_on is None


def test_markup_is_shown_as_it_was_typed(client, association, representative):
    save(client, description="<script>alert(1)</script> & 'così'", acronym='"><b>')
    page = client.get(DESK).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    client.get(PROFILE)


def test_outside_the_city_there_is_no_district(client):
    made = make_association(name="Fuori", slug="fuori", municipality_code="035001")
    person = make_user()
    make_representative(person, made)
    client.sign_in(person)
    page = client.get("/associazione/fuori/profilo").text
    assert "district_id" not in page
    response = client.submit(
        "/associazione/fuori/profilo", {**WRITTEN, "version": version_on(page)}
    )
    assert response.status_code == 303


def test_the_desk_needs_few_queries_whatever_happened(client, association, representative):
    with counted_sql() as few:
        client.get(DESK)
    for number in range(5):
        make_representative(make_user(), association)
        save(client, phone=f"0522 00000{number}")
    with counted_sql() as many:
        client.get(DESK)
    assert len(few) == len(many) <= 10
