"""Who came to a meeting: the list, the code, people without an account; and who may know it."""

from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.datastructures import FileStorage

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.files import get_stored_file
from portal.laboratories.models import MeetingAttendee, MeetingPhoto
from portal.laboratories.policies.meetings import MeetingCode
from portal.laboratories.queries.attendance import (
    code_of_meeting,
    find_meeting_by_code,
    list_named,
)
from portal.laboratories.queries.meetings import get_meeting
from portal.laboratories.services import (
    MinutesContent,
    add_attendee,
    add_photo,
    check_in_to_meeting,
    choose_name,
    count_without_name,
    mark_attendance,
    remove_attendee,
    remove_photo,
    write_minutes,
)
from portal.laboratories.states import AttendanceSource
from portal.permissions import Role
from tests.factories.laboratories import make_laboratory
from tests.factories.meetings import picture, plan, register_user
from tests.factories.people import actor_of, make_user

NOW = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Ufficio", roles=(Role.STAFF,))


def names_of(meeting):
    db.session.expire_all()
    rows = db.session.scalars(
        db.select(MeetingAttendee)
        .where(MeetingAttendee.meeting_id == meeting.id)
        .order_by(MeetingAttendee.id)
    )
    return [row.full_name or row.user_id for row in rows]


def add(clerk, meeting, name="Gino Prova", **given):
    facts = {"contact": None, "on_behalf_of": None, **given}
    made = add_attendee(actor=actor_of(clerk), meeting_id=meeting.id, full_name=name, **facts)
    db.session.commit()
    return made


def page_of(meeting):
    return f"/laboratori/{meeting.laboratory.slug}/incontri/{meeting.id}"


def desk_of(meeting):
    return f"/gestione/laboratori/{meeting.laboratory.slug}/incontri/{meeting.id}"


def test_list_writes_down_who_came_and_takes_back_who_did_not(clerk):
    meeting = plan(in_hours=-1)
    first, second = register_user(meeting), register_user(meeting)
    stranger = make_user()
    shown = [first.id, second.id, stranger.id]
    mark = {"actor": actor_of(clerk), "meeting_id": meeting.id, "shown": shown}
    assert mark_attendance(**mark, present=[first.id, second.id, stranger.id]) == 2
    assert names_of(meeting) == [first.id, second.id]
    assert mark_attendance(**mark, present=[first.id]) == 1
    assert mark_attendance(**mark, present=[first.id]) == 0
    assert names_of(meeting) == [first.id]


def test_list_leaves_alone_who_said_so_by_the_code(clerk):
    meeting = plan(in_hours=-1)
    person = register_user(meeting)
    check_in_to_meeting(actor=actor_of(person), meeting_id=meeting.id)
    mark_attendance(actor=actor_of(clerk), meeting_id=meeting.id, shown=[person.id], present=[])
    assert names_of(meeting) == [person.id]


def test_nobody_is_written_down_hours_ahead(clerk):
    meeting = plan(in_hours=1)
    with pytest.raises(ForbiddenStepError):
        add(clerk, meeting)
    with pytest.raises(ForbiddenStepError):
        count_without_name(actor=actor_of(clerk), meeting_id=meeting.id, people=3)
    assert check_in_to_meeting(actor=actor_of(clerk), meeting_id=meeting.id) is (
        MeetingCode.TOO_EARLY
    )


def test_same_name_twice_is_one_person_unless_the_contact_differs(clerk):
    meeting = plan(in_hours=-1)
    add(clerk, meeting, contact="0522 1")
    with pytest.raises(RuleBrokenError) as caught:
        add(clerk, meeting, "GINO prova", contact="0522 1")
    assert caught.value.field == "full_name"
    add(clerk, meeting, contact="0522 2")
    assert len(names_of(meeting)) == 2


def test_code_marks_once_whoever_comes_registered_or_not(clerk):
    meeting, person = plan(in_hours=-1), make_user()
    for _ in range(2):
        state = check_in_to_meeting(actor=actor_of(person), meeting_id=meeting.id)
        assert state is MeetingCode.MARKED
    attendee = db.session.scalars(db.select(MeetingAttendee)).one()
    assert attendee.source is AttendanceSource.CODE
    assert not attendee.shows_name


def test_code_is_read_as_people_type_it(clerk):
    meeting = plan(in_hours=-1)
    code = code_of_meeting(meeting.id)
    assert find_meeting_by_code(code.lower().replace("-", " ")) == meeting.id
    assert find_meeting_by_code("AAAA-AAAA") is None
    with frozen(NOW + timedelta(days=9)):
        assert find_meeting_by_code(code) is None


def test_numbers_are_public_and_names_only_of_who_chose_so(client, clerk):
    meeting = plan(in_hours=-30)
    open_person, private = make_user(name="Anna Aperta"), make_user(name="Rosa Riservata")
    with frozen(meeting.starts_at):
        for person in (open_person, private):
            check_in_to_meeting(actor=actor_of(person), meeting_id=meeting.id)
        add(clerk, meeting, "Gino Segreto", contact="0522 777", on_behalf_of="Comitato")
        add(clerk, meeting, "Ida Volentieri", on_behalf_of="Scuola", shows_name=True)
        count_without_name(actor=actor_of(clerk), meeting_id=meeting.id, people=5)
    choose_name(actor=actor_of(open_person), meeting_id=meeting.id, shows_name=True)
    db.session.commit()
    assert list_named(meeting.id) == ["Anna A.", "Ida V. (Scuola)"]
    html = client.get(page_of(meeting)).text
    assert "9 persone" in html
    assert "Anna A." in html
    for hidden in ("Aperta", "Rosa", "Riservata", "Gino", "Segreto", "0522 777", "Comitato"):
        assert hidden not in html
    choose_name(actor=actor_of(open_person), meeting_id=meeting.id, shows_name=False)
    db.session.commit()
    assert "Anna A." not in client.get(page_of(meeting)).text


def test_who_did_not_come_has_nothing_to_choose(client, clerk):
    meeting, person = plan(in_hours=-1), make_user()
    with pytest.raises(NotFoundError):
        choose_name(actor=actor_of(person), meeting_id=meeting.id, shows_name=True)
    client.sign_in(person)
    assert "C’eri anche tu" not in client.get(page_of(meeting)).text


def test_person_chooses_on_the_page_and_may_change_it(client, clerk):
    meeting, person = plan(in_hours=-30), make_user(name="Anna Aperta")
    with frozen(meeting.starts_at):
        check_in_to_meeting(actor=actor_of(person), meeting_id=meeting.id)
    db.session.commit()
    client.sign_in(person)
    assert "C’eri anche tu" in client.get(page_of(meeting)).text
    assert client.submit(f"{page_of(meeting)}/nome", {"shows_name": "y"}).status_code == 303
    assert "Anna A." in client.get(page_of(meeting)).text
    client.submit(f"{page_of(meeting)}/nome")
    assert "Anna A." not in client.get(page_of(meeting)).text


def test_day_of_a_meeting_without_a_script(client, clerk):
    meeting = plan(in_hours=-1)
    person = register_user(meeting, make_user(name="Iscritta Prova"))
    code = code_of_meeting(meeting.id)
    client.sign_in(clerk)
    page = client.get(f"{desk_of(meeting)}/presenze")
    assert "Iscritta Prova" in page.text
    client.submit(f"{desk_of(meeting)}/presenze", {"shown": [person.id], "present": [person.id]})
    refused = client.submit(f"{desk_of(meeting)}/presenze/persona", {"contact": "0522 5"})
    assert refused.status_code == 422
    assert 'value="0522 5"' in refused.text
    client.submit(f"{desk_of(meeting)}/presenze/persona", {"full_name": "Gino Prova"})
    again = client.submit(f"{desk_of(meeting)}/presenze/persona", {"full_name": "Gino Prova"})
    assert again.status_code == 422
    assert (
        client.submit(
            f"{desk_of(meeting)}/presenze/senza-nome", {"people_without_name": "-1"}
        ).status_code
        == 422
    )
    client.submit(f"{desk_of(meeting)}/presenze/senza-nome", {"people_without_name": "12"})
    assert code in client.get(f"{desk_of(meeting)}/codice").text
    assert "Finora 14 persone." in client.get(f"{desk_of(meeting)}/presenze").text

    visitor = make_user(name="Passante Prova")
    client.sign_in(visitor)
    assert client.get("/incontri/qui?codice=xxxx").status_code == 422
    found = client.get("/incontri/qui", query_string={"codice": code.lower()})
    assert found.headers["Location"].endswith(f"/incontri/qui/{code}")
    assert "Ci sei? Un tocco" in client.get(f"/incontri/qui/{code}").text
    assert names_of(meeting) == [person.id, "Gino Prova"]
    client.submit(f"/incontri/qui/{code}")
    assert names_of(meeting) == [person.id, "Gino Prova", visitor.id]
    assert "La tua presenza è segnata" in client.get(f"/incontri/qui/{code}").text


def test_who_was_written_down_by_mistake_goes(clerk):
    meeting, other = plan(in_hours=-1), plan(in_hours=-1)
    made = add(clerk, meeting)
    with pytest.raises(NotFoundError):
        remove_attendee(actor=actor_of(clerk), meeting_id=other.id, attendee_id=made.id)
    remove_attendee(actor=actor_of(clerk), meeting_id=meeting.id, attendee_id=made.id)
    assert names_of(meeting) == []


# --- minutes, pictures


def save(clerk, meeting, minutes="Si è parlato.", decisions=None, *, is_published):
    saved = write_minutes(
        actor=actor_of(clerk),
        laboratory_id=meeting.laboratory_id,
        meeting_id=meeting.id,
        version=meeting.version,
        content=MinutesContent(minutes, decisions),
        is_published=is_published,
    )
    db.session.commit()
    return saved


def test_draft_of_the_minutes_is_the_offices_alone(client, clerk):
    meeting = plan(in_hours=-30)
    save(clerk, meeting, "Ancora da rivedere.", "Si fa.", is_published=False)
    html = client.get(page_of(meeting)).text
    assert "Ancora da rivedere." not in html
    assert "Si fa." not in html
    assert "Il verbale non è ancora pronto." in html
    save(clerk, meeting, "Rivisto.", "Si fa.", is_published=True)
    html = client.get(page_of(meeting)).text
    assert "Rivisto." in html
    assert "Si fa." in html
    # Published minutes are corrected, not taken back.
    save(clerk, meeting, "Corretto.", is_published=False)
    assert "Corretto." in client.get(page_of(meeting)).text


def test_minutes_need_a_text_and_a_meeting_that_was_held(clerk):
    meeting = plan(in_hours=-30)
    with pytest.raises(RuleBrokenError) as caught:
        save(clerk, meeting, None, is_published=True)
    assert caught.value.field == "minutes"
    with pytest.raises(ForbiddenStepError):
        save(clerk, plan(in_hours=3), is_published=False)


def test_two_who_write_minutes_lose_nothing(client, clerk):
    meeting = plan(in_hours=-30)
    seen = meeting.version
    save(clerk, meeting, "Di Carla.", is_published=False)
    client.sign_in(clerk)
    answer = client.submit(
        f"{desk_of(meeting)}/verbale",
        {"minutes": "Di Dina.", "version": str(seen), "passo": "bozza"},
    )
    assert answer.status_code == 409
    assert "Di Dina." in answer.text
    assert "Di Carla." in answer.text


def test_picture_loses_where_it_was_taken_and_needs_words(client, clerk):
    meeting = plan(in_hours=-30)
    assert b"Exif" in picture().stream.read()
    photo = add_photo(
        actor=actor_of(clerk),
        laboratory_id=meeting.laboratory_id,
        meeting_id=meeting.id,
        upload=picture(),
        alt_text="Quattro tavoli",
    )
    db.session.commit()
    assert b"Exif" not in get_stored_file(photo.file_id).content
    html = client.get(page_of(meeting)).text
    assert 'alt="Quattro tavoli"' in html
    shown = client.get(f"{page_of(meeting)}/foto/{photo.id}")
    assert shown.mimetype == "image/jpeg"
    client.sign_in(clerk)
    refused = client.submit(f"{desk_of(meeting)}/foto", {"photo": _file()})
    assert refused.status_code == 422
    assert "Scrivi che cosa mostra la foto" in refused.text
    remove_photo(laboratory_id=meeting.laboratory_id, meeting_id=meeting.id, photo_id=photo.id)
    assert db.session.scalars(db.select(MeetingPhoto)).all() == []


def _file() -> tuple[object, str]:
    upload: FileStorage = picture()
    return upload.stream, "tavoli.jpg"


def test_meeting_of_another_laboratory_is_not_there(client, clerk):
    meeting, other = plan(in_hours=-1), make_laboratory(title="Altro")
    db.session.commit()
    client.sign_in(clerk)
    for page in ("", "/modifica", "/presenze", "/verbale", "/materiali", "/codice", "/annulla"):
        address = f"/gestione/laboratori/{other.slug}/incontri/{meeting.id}{page}"
        assert client.get(address).status_code == 404, page
    with pytest.raises(NotFoundError):
        get_meeting(other.slug, meeting.id)
