"""A page that still holds is not sent again, and one that does not always is."""

import gzip
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Response
from flask.testing import FlaskClient
from sqlalchemy import text

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.kept_pages import MOST_PAGES, KeptPages
from portal.registry.models import Association
from tests.factories.laboratories import make_laboratory
from tests.factories.people import make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association
from tests.factories.volunteering import make_shift, make_sign_up
from tests.sql_counter import counted_sql

LIST = "/registro/"
PAGES = ("/", LIST, "/volontariato/", "/laboratori/", "/luoghi/")

NEVER_PUBLIC = {
    "association_change": "for the office and the association; what it applies is watched",
    "case_attachment": "for the office and for who asked",
    "case_message": "the same",
    "case_note": "for the office alone",
    "case_suspension": "for the office and for who asked",
    "import_progress": "for the office",
    "import_run": "for the office",
    "letter": "for the office and for who asked",
    "letter_template": "for the office",
    "municipality_alias": "read by imports only",
    "procedure_terms": "read when a term is computed",
    "protocol_counter": "the number itself",
    "registry_claim_code": "of one person",
    "registry_request_document": "a person's own request",
    "removal_notice": "for the office and the association",
    "representative_invitation": "for the association and who is invited",
    "calendar_key": "of one person",
    "certificate": "checked by its code, on a page that is not kept",
    "expense": "a person's own request",
    "guardian_authorisation": "of one person",
    "hours_entry": "for the person, the tutor and the office",
    "insurance_period": "for the office",
    "insurance_policy": "for the office",
    "interview_booking": "of one person",
    "interview_slot": "for who enrols, on pages that are not kept",
    "message_recipient": "of one person",
    "meeting_sign_up": "of one person; the counts of its meeting are watched",
    "content_report": "for the office and the author",
    "feasibility_review": "for the office",
    "amended_commitment": "for who leads the laboratory; what it changes is watched",
    "sheet_version": "what it keeps is watched in its sheet",
    "sheet_editor": "for who drafts a sheet",
    "expected_signature": "for who leads the laboratory",
    "phone_message": "for the front desk",
    "project_application": "a person's own request",
    "project_check": "for the person and the tutor",
    "project_tutor": "names are for who is signed in, on pages that are not kept",
    "register_entry": "for the office",
    "saved_search": "of one person",
    "shared_thanks": "found by its key, on a page that is not kept",
    "shift_series": "what it makes is watched",
    "volunteer_message": "for who it was written to",
    "walk_in": "for the tutor and the office",
    "stored_file": "never changes; what shows one is watched",
    "alembic_version": "the schema's own number",
    "association_count": "kept by triggers of association, in the same transaction",
    "association_word": "the same",
    "ended_session": "random keys, of nobody",
    "enrolment": "a person's own request",
    "history_entry": "for the office and for who asked",
    "mail_message": "read by one person",
    "public_change": "the number itself",
    "registry_claim": "a person's own request",
    "registry_request": "a person's own request",
    "role_assignment": "who may do what",
}
"""Tables of which no visitor sees a row, with the reason."""


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(datetime(2026, 11, 30, 9, 0, tzinfo=UTC)):
        yield


def tag_of(client, path=LIST, **headers):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200
    return answer.headers.get("ETag")


def still_holds(client, tag, path=LIST, **headers):
    answer = client.get(path, headers={"If-None-Match": tag, **headers})
    assert answer.status_code in {200, 304}
    return answer.status_code == 304


def test_every_table_is_watched_or_has_its_reason(database):
    statement = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    watched = text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = :name")
    tables = set(db.session.scalars(statement))
    found = set(db.session.scalars(watched, {"name": "note_public_change"}))
    unwatched = {t for t in tables - found if not t.startswith("procrastinate_")}
    assert unwatched == set(NEVER_PUBLIC)


@pytest.mark.parametrize("path", PAGES)
def test_unchanged_page_is_not_sent_again(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "no-cache"
    assert {"Cookie", "HX-Request", "HX-Request-Type"} <= set(
        again.vary.as_set(preserve_casing=True)
    )
    assert "Set-Cookie" not in first.headers


@pytest.mark.parametrize(
    "change",
    [
        make_association,
        make_shift,
        make_laboratory,
        make_place,
        lambda: make_sign_up(make_shift(), make_user()),
    ],
)
def test_any_change_makes_every_page_new(client, change):
    tags = {path: tag_of(client, path) for path in PAGES}
    change()
    assert not any(still_holds(client, tag, path) for path, tag in tags.items())


def test_changed_and_removed_rows_count_as_new_ones(client):
    association = make_association()
    before = tag_of(client)
    association.name = "Un altro nome"
    db.session.commit()
    changed = tag_of(client)
    db.session.execute(db.delete(Association).where(Association.id == association.id))
    db.session.commit()
    assert len({before, changed, tag_of(client)}) == 3


def test_mail_and_sign_in_change_nothing_that_visitors_see(client):
    person = make_user()
    before = tag_of(client)
    person.last_code_counter = 7
    db.session.commit()
    assert still_holds(client, before)
    person.display_name = "Un’altra Prova"
    db.session.commit()
    assert not still_holds(client, before)


def test_change_under_way_is_not_taken_for_a_change_made(client):
    make_association()
    with db.engine.connect() as other:
        other.execute(text("UPDATE association SET phone = '0522 1'"))
        during = tag_of(client)
        assert still_holds(client, during)
        other.commit()
    assert not still_holds(client, during)


def test_change_taken_back_leaves_pages_as_they_are(client):
    make_association()
    before = tag_of(client)
    with db.engine.connect() as other:
        other.execute(text("UPDATE association SET phone = '0522 1'"))
        other.rollback()
    assert still_holds(client, before)


def test_changes_committed_in_another_order_than_made_all_count(client):
    first, second = make_association().id, make_association(name="Seconda").id
    statement = text("UPDATE association SET phone = '0522 1' WHERE id = :id")
    seen = [tag_of(client)]
    with db.engine.connect() as one, db.engine.connect() as other:
        one.execute(statement, {"id": first})
        other.execute(statement, {"id": second})
        for connection in (other, one):
            connection.commit()
            seen.append(tag_of(client))
    assert len(set(seen)) == 3


def test_changes_at_the_same_time_do_not_wait_for_each_other(database):
    first, second = make_association().id, make_association(name="Seconda").id
    statement = text("UPDATE association SET phone = '0522 1' WHERE id = :id")
    done = threading.Event()

    def change_second(engine):
        with engine.begin() as connection:
            connection.execute(statement, {"id": second})
        done.set()

    with db.engine.connect() as one:
        one.execute(statement, {"id": first})
        thread = threading.Thread(target=change_second, args=[db.engine])
        thread.start()
        assert done.wait(5)
        one.commit()
    thread.join()


def test_whoever_has_a_session_gets_the_page_without_a_tag(client):
    tag = tag_of(client)
    client.sign_in(make_user())
    answer = client.get(LIST, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_language_address_and_part_of_the_page_have_tags_of_their_own(client):
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    tags = [tag_of(client), tag_of(client, f"{LIST}?q=a"), tag_of(client, LIST, **part)]
    client.set_cookie("lingua", "en")
    tags.append(tag_of(client))
    assert len(set(tags)) == 4


def test_words_about_time_end_with_their_day_or_minute(client):
    registry_map = tag_of(client, "/registro/mappa")
    registry, shifts = tag_of(client), tag_of(client, "/volontariato/")
    start = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
    with frozen(start + timedelta(minutes=1)):
        assert still_holds(client, registry_map, "/registro/mappa")
        # Who looks for volunteers stands in the registry too.
        assert not still_holds(client, registry)
        assert not still_holds(client, shifts, "/volontariato/")
    with frozen(start + timedelta(days=1)):
        assert not still_holds(client, registry_map, "/registro/mappa")


def test_another_program_has_other_tags(client, app):
    tag, before = tag_of(client), app.extensions["portal_program"]
    app.extensions["portal_program"] = "another"
    try:
        assert not still_holds(client, tag)
    finally:
        app.extensions["portal_program"] = before


def test_tag_marked_weak_by_a_proxy_still_counts(client):
    tag = tag_of(client)
    assert tag.startswith('W/"')
    assert still_holds(client, tag.removeprefix("W/"))


def test_page_that_does_not_exist_has_no_tag(client):
    answer = client.get("/luoghi/non-esiste")
    assert answer.status_code == 404
    assert "ETag" not in answer.headers


def test_second_visitor_costs_one_question_to_the_database(client):
    make_laboratory()
    first = client.get(LIST)
    with counted_sql() as statements:
        second = client.get(LIST)
    assert len(statements) == 1
    assert second.data == first.data
    assert dict(second.headers) == dict(first.headers)


def test_page_is_compressed_for_browsers_that_can_read_it(client):
    plain = client.get(LIST)
    # Not through the strict client, which reads pages as they are.
    packed = FlaskClient.open(client, LIST, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert "accept-encoding" in plain.vary.as_set()
    refused = client.get(LIST, headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_page_of_a_person_is_never_kept(client):
    person = make_user(name="Zita Prova")
    client.sign_in(person)
    assert "Zita" in client.get(LIST).get_data(as_text=True)
    client.sign_out()
    client.delete_cookie("portal")
    assert "Zita" not in client.get(LIST).get_data(as_text=True)


def test_only_so_many_pages_are_kept(app):
    with app.test_request_context():
        pages = KeptPages()
        for number in range(MOST_PAGES + 1):
            assert pages.keep(str(number), Response(f"page {number}"))
        assert pages.find("0") is None
        assert pages.find("1").body == b"page 1"
        with_cookie = Response("mine")
        with_cookie.set_cookie("a", "b")
        assert pages.keep("mine", with_cookie) is None
        assert pages.keep("large", Response("x" * 200_000)) is None
