"""An association's own desk and its profile."""

from datetime import date
from io import BytesIO

import pytest

from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.files import StoredFile
from portal.core.history import list_history
from portal.registry.models import Association, RequestDocument
from portal.registry.queries import (
    find_first_association_of,
    find_represented,
    has_pending_change,
)
from portal.registry.states import AssociationState, DocumentKind, RequestState
from tests.client import parse
from tests.factories.files import picture
from tests.factories.laboratories import district_id_of
from tests.factories.people import make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_draft, make_representative
from tests.sql_counter import counted_sql

DESK = "/associazione/circolo-inventato/"
PROFILE = f"{DESK}profilo"
WRITTEN = {
    "description": "Suoniamo insieme il giovedì.",
    "acronym": "CI",
    "purposes": "Diffondere la musica.",
    "audience": "chi ama suonare",
    "meeting_times": "giovedì 20–22, al Foscato",
    "officers-name": ["Ada Prova"],
    "officers-role": ["tesoriera"],
    "areas": ["cultura"],
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
    return client.submit(PROFILE, {**WRITTEN, **fixed(), "version": version, **changes})


def fixed():
    """What the office checks, as it is."""
    row = db.session.scalars(
        db.select(Association).where(Association.slug == "circolo-inventato")
    ).one()
    names = ("name", "tax_code", "kind", "municipality_code", "address", "district_id")
    return {name: getattr(row, name) or "" for name in names}


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
    assert 'data-reason="confirm"' in client.get(DESK).text


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
    assert (steps[0].action, steps[0].on_behalf_of) == ("confirm", "Circolo inventato")
    assert "Profilo confermato da Ivo Prova" in client.get(DESK).text


def test_state_and_address_cannot_be_edited(client, association, representative):
    save(client, state="removed", slug="x", section="odv", source="x")
    kept = stored(association)
    assert kept.slug == association.slug
    assert kept.state is AssociationState.ENROLLED
    assert (kept.section, kept.source) == (None, None)


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
    response = client.submit(PROFILE, {**WRITTEN, **fixed(), "version": version})
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
        ({"purposes": "x" * 3001}, "al massimo 3000"),
        ({"audience": "x" * 201}, "al massimo 200"),
        ({"officers-role": [""]}, "carica"),
        ({"name": ""}, "nome dell’associazione"),
        ({"tax_code": "12345678901"}, "cifra di controllo"),
        ({"kind": "impero"}, "Scegli una delle voci"),
        ({"municipality_code": "058091"}, "Scegli una delle voci"),
        ({"district_id": "999999999999999999999"}, "Scegli una delle voci"),
        ({"address": "x\u202ey"}, "caratteri invisibili"),
        ({"certified_email": "boh"}, "pec.example.org"),
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
    address = "/associazione/fuori/profilo"
    response = client.submit(
        address,
        {
            **WRITTEN,
            "name": made.name,
            "tax_code": made.tax_code,
            "kind": made.kind,
            "municipality_code": "035001",
            "district_id": str(district_id_of("h")),
            "version": version_on(client.get(address).text),
        },
    )
    assert response.status_code == 303
    kept = stored(made)
    assert kept.district_id is None
    assert not has_pending_change(made.id)


def test_an_association_without_a_known_seat_can_still_be_edited(client):
    made = make_association(name="Ignota", slug="ignota", municipality_code=None)
    person = make_user()
    make_representative(person, made)
    client.sign_in(person)
    address = "/associazione/ignota/profilo"
    page = client.get(address).text
    data = {"name": made.name, "tax_code": made.tax_code, "kind": made.kind}
    data |= {"municipality_code": "", "version": version_on(page)}
    assert client.submit(address, {**WRITTEN, **data}).status_code == 303
    assert not has_pending_change(made.id)


def test_the_preview_shows_what_is_typed_and_keeps_nothing(client, association, representative):
    address = f"{PROFILE}/anteprima"
    typed = {**WRITTEN, **fixed(), "name": "Un altro nome", "email": "boh"}
    whole = client.submit(address, typed)
    assert whole.status_code == 200
    assert "Così la vedranno tutti" in whole.text
    assert 'value="Un altro nome"' in whole.text
    partial = client.submit(address, typed, headers={"HX-Request": "true"}).text
    assert partial.lstrip().startswith('<section class="panel')
    assert "Suoniamo insieme il giovedì." in partial
    assert "boh" not in partial
    assert "Circolo inventato" in partial
    assert "Ada Prova" not in partial
    assert "Prima li guarda l’ufficio: Nome dell’associazione" in " ".join(
        partial.replace("<b>", "").replace("</b>", "").split()
    )
    kept = stored(association)
    assert (kept.description, kept.profile_updated_on) == (None, None)
    make_association(name="Altra", slug="altra")
    assert client.submit("/associazione/altra/profilo/anteprima", typed).status_code == 404


def test_a_logo_is_shown_replaced_and_taken_away(client, association, representative):
    sent = client.submit(f"{DESK}logo", {"logo": (BytesIO(picture()), "logo.png")})
    assert sent.status_code == 303
    first = stored(association).logo_id
    assert client.get(f"{DESK}logo").mimetype == "image/jpeg"
    assert "Logo di Circolo inventato" in client.get(DESK).text
    client.submit(f"{DESK}logo", {"logo": (BytesIO(picture()), "altro.png")})
    assert stored(association).logo_id != first
    assert db.session.get(StoredFile, first) is None
    client.submit(f"{DESK}logo/togli")
    assert stored(association).logo_id is None
    assert client.get(f"{DESK}logo").status_code == 404
    assert db.session.scalar(db.select(db.func.count()).select_from(StoredFile)) == 0
    steps = list_history(subject_kind="association", subject_id=association.id)
    assert [step.action for step in steps] == ["remove_logo", "save_logo", "save_logo"]
    client.submit(f"{DESK}logo/togli")
    assert len(list_history(subject_kind="association", subject_id=association.id)) == 3


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (None, "Scegli prima un’immagine"),
        ((b"MZ\x90\x00", "logo.png"), "non è un’immagine"),
        ((b"%PDF-1.7\n%%EOF", "logo.pdf"), "non è un’immagine"),
        ((b"", "logo.png"), "vuoto"),
    ],
)
def test_what_is_no_picture_is_no_logo(client, association, representative, file, words):
    data = {"logo": (BytesIO(file[0]), file[1])} if file else {}
    response = client.submit(f"{DESK}logo", data)
    assert response.status_code == 422
    assert words in response.text
    assert stored(association).logo_id is None


def test_documents_of_the_request_are_read_by_who_represents_it(client, association):
    person = make_user(name="Ivo Prova")
    make_representative(person, association)
    request = make_draft(person)
    document = db.session.scalars(
        db.select(RequestDocument).where(
            RequestDocument.request_id == request.id, RequestDocument.kind == DocumentKind.BYLAWS
        )
    ).one()
    request.state, request.association_id = RequestState.ACCEPTED, association.id
    request.submitted_at = utc_now()
    db.session.commit()
    client.sign_in(person)
    page = client.get(DESK).text
    assert "Statuto" in page
    address = f"{DESK}documenti/{document.id}"
    assert client.get(address).mimetype == "application/pdf"
    other = make_association(name="Altra", slug="altra")
    make_representative(person, other)
    client.sign_in(person)
    assert client.get(f"/associazione/altra/documenti/{document.id}").status_code == 404
    client.sign_in(make_user())
    assert client.get(address).status_code == 404


def test_the_desk_needs_few_queries_whatever_happened(client, association, representative):
    with counted_sql() as few:
        client.get(DESK)
    for number in range(5):
        make_representative(make_user(), association)
        save(client, phone=f"0522 00000{number}")
    with counted_sql() as many:
        client.get(DESK)
    assert len(few) == len(many) <= 14
