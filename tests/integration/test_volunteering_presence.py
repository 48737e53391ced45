"""Who was there: the tutor's page and marks, two tutors at once, walk-ins."""

import re
from datetime import UTC, date, datetime, timedelta

import brotli
import pytest
from sqlalchemy import func, select

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError
from portal.core.history import list_history
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import (
    GuardianAuthorisation,
    HoursEntry,
    RegisterEntry,
    SignUp,
    WalkIn,
)
from portal.volunteering.services import Mark, Person, identify_walk_in, mark_presence
from portal.volunteering.states import (
    Answer,
    GuardianState,
    HoursState,
    Presence,
    PresenceSource,
    RegisterSection,
    ShiftState,
)
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import (
    make_enrolment,
    make_project,
    make_shift,
    make_sign_up,
    make_tutor,
)
from tests.sql_counter import counted_sql

NOW = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
THERE, AWAY = Presence.PRESENT, Presence.ABSENT
TAX_CODE = "RSSMRA85T10A562S"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def project(database):
    return make_project(title="Compiti insieme")


@pytest.fixture
def tutor(project):
    return make_tutor(project, name="Giulia Prova")


@pytest.fixture
def shift(project):
    return make_shift(project=project, in_hours=-0.5, hours=3, capacity=40)


@pytest.fixture
def browser(client, tutor):
    client.sign_in(tutor)
    return client


def path_of(shift, more=""):
    return f"/volontariato/tutor/turni/{shift.id}{more}"


def fresh(sign_up):
    db.session.expire_all()
    return db.session.get(SignUp, sign_up.id)


def hours_of(sign_up):
    db.session.expire_all()
    found = select(HoursEntry.state).where(HoursEntry.sign_up_id == sign_up.id)
    return list(db.session.scalars(found.order_by(HoursEntry.id)))


def mark(user, shift, *marks):
    saved = mark_presence(actor=actor_of(user), shift_id=shift.id, marks=marks)
    db.session.commit()
    return saved


def note_of(html, sign_up):
    found = re.search(rf'id="nota-{sign_up.id}">([^<]*)<', html)
    return found[1].strip() if found else ""


def test_who_is_no_tutor_does_not_know_that_the_page_exists(client, shift, tutor):
    client.sign_in(make_user())
    assert client.get(path_of(shift)).status_code == 404
    assert client.get("/volontariato/tutor/").status_code == 404
    assert client.submit(path_of(shift), {"p1": "present"}).status_code == 404
    client.sign_in(make_tutor(make_project()))
    assert client.get(path_of(shift)).status_code == 404
    assert client.get("/volontariato/tutor/").status_code == 200


def test_the_tutor_reads_what_matters_of_each(browser, project, shift):
    before = make_shift(project=project, in_hours=-200)
    often, first, minor, silent, group, gone = (
        make_user(name=f"{name} Prova")
        for name in ("Marta", "Karim", "Sofia", "Chiara", "Lin", "Ahmed")
    )
    make_sign_up(before, often, presence=THERE, presence_at=NOW, presence_source="tutor")
    rows = {
        "often": make_sign_up(shift, often),
        "first": make_sign_up(shift, first),
        "minor": make_sign_up(shift, minor),
        "silent": make_sign_up(shift, silent, asked_at=NOW - timedelta(hours=40)),
        "group": make_sign_up(
            shift, group, people=4, group_name="Famiglia", group_members="Li\nMo"
        ),
        "gone": make_sign_up(
            shift, gone, SignUpState.LEFT, answer=Answer.NO, answered_at=NOW - timedelta(hours=5)
        ),
    }
    enrolment = make_enrolment(minor)
    enrolment.born_on = date(2010, 5, 1)
    db.session.add(
        GuardianAuthorisation(
            enrolment_id=enrolment.id,
            state=GuardianState.GIVEN,
            full_name="Nadia Prova",
            email="nadia@example.org",
            answered_at=NOW,
        )
    )
    db.session.commit()
    html = browser.get(path_of(shift)).get_data(as_text=True)
    notes = {who: note_of(html, row) for who, row in rows.items()}
    assert notes["often"] == "2ª volta con te"
    assert notes["first"] == "Prima volta: fai vedere la sala"
    assert "16 anni, con l’autorizzazione" in notes["minor"]
    assert "Non ha risposto al promemoria" in notes["silent"]
    assert notes["group"] == "Gruppo «Famiglia», 4 persone"
    assert notes["gone"] == "Ha risposto «non posso» oggi alle 10:30"
    assert "Marta P." in html
    assert "Marta Prova" not in html
    assert "Chi viene: 8 persone" in html


@pytest.mark.parametrize(
    ("in_hours", "is_seen"), [(24.5, False), (23.5, True), (-26, True), (-27.1, False)]
)
def test_numbers_are_read_only_around_the_shift(browser, project, in_hours, is_seen):
    shift = make_shift(project=project, in_hours=in_hours, hours=3)
    person = make_user()
    make_enrolment(person)
    make_sign_up(shift, person)
    with counted_sql() as statements:
        html = browser.get(path_of(shift)).get_data(as_text=True)
    assert ("tel:0522000000" in html) is is_seen
    assert any("enrolment.phone" in str(s) for s in statements) is is_seen


def test_marks_save_as_one_form_and_hours_follow(browser, shift):
    present, absent, open_ = (make_sign_up(shift) for _ in range(3))
    answer = browser.submit(
        path_of(shift), {f"p{present.id}": "present", f"p{absent.id}": "absent", "shown": ""}
    )
    assert answer.status_code == 303
    assert fresh(present).presence is THERE
    assert present.presence_source is PresenceSource.TUTOR
    assert fresh(absent).presence is AWAY
    assert fresh(open_).presence is None
    assert hours_of(present) == [HoursState.TO_VERIFY]
    assert hours_of(absent) == []
    html = browser.get(path_of(shift)).get_data(as_text=True)
    assert "1 c’è" in html
    assert "1 non c’è, 1 da segnare" in html


def test_the_same_form_twice_changes_nothing(browser, shift):
    row = make_sign_up(shift)
    for _ in range(2):
        browser.submit(path_of(shift), {f"p{row.id}": "present"})
    steps = list_history(subject_kind="sign_up", subject_id=row.id)
    assert [step.action for step in steps] == ["mark_present"]
    assert hours_of(row) == [HoursState.TO_VERIFY]


def test_what_was_only_shown_does_not_undo_another_tutor(browser, project, shift):
    row = make_sign_up(shift)
    other = make_tutor(project)
    mark(other, shift, Mark(row.id, THERE))
    shown = f"{row.id}:present:"
    with frozen(NOW + timedelta(minutes=5)):
        mark(other, shift, Mark(row.id, AWAY))
    with frozen(NOW + timedelta(minutes=9)):
        browser.submit(path_of(shift), {"shown": shown, f"p{row.id}": "present"})
    assert fresh(row).presence is AWAY


def test_of_two_tutors_the_later_mark_wins_by_its_moment(tutor, project, shift):
    row, other = make_sign_up(shift), make_tutor(project)
    with frozen(NOW + timedelta(minutes=10)):
        mark(other, shift, Mark(row.id, AWAY, at=NOW + timedelta(minutes=8)))
        # The first tutor's phone was without network: its mark is older.
        mark(tutor, shift, Mark(row.id, THERE, at=NOW + timedelta(minutes=2)))
        assert fresh(row).presence is AWAY
        mark(tutor, shift, Mark(row.id, THERE, at=NOW + timedelta(minutes=9)))
        assert fresh(row).presence is THERE
        # A clock that is ahead wins no longer than until now.
        mark(tutor, shift, Mark(row.id, AWAY, at=NOW + timedelta(days=300)))
    assert fresh(row).presence_at == NOW + timedelta(minutes=10)
    actions = [s.action for s in list_history(subject_kind="sign_up", subject_id=row.id)]
    assert actions == ["mark_absent", "mark_present", "mark_absent"]


def test_marks_change_until_the_hours_are_verified(browser, tutor, shift):
    row = make_sign_up(shift)
    mark(tutor, shift, Mark(row.id, THERE))
    mark(tutor, shift, Mark(row.id, AWAY))
    assert hours_of(row) == [HoursState.REFUSED]
    mark(tutor, shift, Mark(row.id, THERE))
    entry = db.session.scalar(select(HoursEntry).where(HoursEntry.state == HoursState.TO_VERIFY))
    entry.state, entry.verified_at, entry.verified_by_id = HoursState.VERIFIED, NOW, tutor.id
    db.session.commit()
    saved = mark(tutor, shift, Mark(row.id, AWAY))
    assert saved.kept == {row.id}
    assert fresh(row).presence is THERE
    html = browser.get(path_of(shift)).get_data(as_text=True)
    assert f'name="p{row.id}"' not in html
    assert "Ore verificate" in html


def test_of_a_group_it_is_said_how_many_came(browser, shift):
    row = make_sign_up(shift, people=5, group_name="Classe")
    answer = browser.submit(path_of(shift), {f"p{row.id}": "present", f"n{row.id}": "9"})
    assert answer.status_code == 422
    assert 'value="9"' in answer.get_data(as_text=True)
    browser.submit(path_of(shift), {f"p{row.id}": "present", f"n{row.id}": "3"})
    assert fresh(row).present_people == 3
    browser.submit(path_of(shift), {f"p{row.id}": "present", f"n{row.id}": "5"})
    assert fresh(row).present_people is None


def test_too_early_and_cancelled_nobody_is_marked(browser, tutor, project):
    early = make_shift(project=project, in_hours=1)
    row = make_sign_up(early)
    html = browser.get(path_of(early)).get_data(as_text=True)
    assert "È presto" in html
    assert f'name="p{row.id}"' not in html
    with pytest.raises(ForbiddenStepError):
        mark(tutor, early, Mark(row.id, THERE))
    db.session.rollback()
    early.state, early.cancelled_reason = ShiftState.CANCELLED, "Piove."
    db.session.commit()
    with frozen(early.starts_at):
        html = browser.get(path_of(early)).get_data(as_text=True)
        assert "Il turno è annullato" in html
        assert "Piove." in html
        assert browser.submit(path_of(early), {f"p{row.id}": "present"}).status_code == 409


def test_the_script_sends_marks_with_their_moment(browser, shift):
    row, other = make_sign_up(shift), make_sign_up(shift)
    moment = int((NOW - timedelta(minutes=20)).timestamp() * 1000)
    answer = browser.submit(
        path_of(shift, "/segni"), {f"p{row.id}": "present", f"t{row.id}": str(moment)}
    )
    assert answer.json == {"marks": {str(row.id): "present", str(other.id): None}}
    assert fresh(row).presence_at == NOW - timedelta(minutes=20)
    group = make_sign_up(shift, people=2, group_name="Due")
    answer = browser.submit(
        path_of(shift, "/segni"), {f"p{group.id}": "present", f"n{group.id}": "7"}
    )
    assert answer.status_code == 422


def test_page_of_thirty_people_is_light(browser, shift):
    for n in range(30):
        person = make_user(name=f"Persona{n} Prova")
        make_enrolment(person)
        make_sign_up(shift, person)
    html = browser.get(path_of(shift)).data
    assert len(brotli.compress(html, quality=5)) <= 10_000


@pytest.mark.parametrize("path", ["turno", "banco", "ore", "persone"])
def test_pages_ask_the_same_number_of_questions_however_long(browser, tutor, project, shift, path):
    address = {
        "turno": path_of(shift),
        "banco": "/volontariato/tutor/",
        "ore": "/volontariato/tutor/ore",
        "persone": f"/volontariato/tutor/progetti/{project.id}/persone",
    }[path]

    def grow(number):
        for _ in range(number):
            row = make_sign_up(shift)
            mark(tutor, shift, Mark(row.id, THERE))
            make_shift(project=project)
            db.session.add(WalkIn(shift_id=shift.id, full_name=f"W{row.id}", recorded_by_id=1))
        db.session.commit()

    grow(1)
    with counted_sql() as few:
        assert browser.get(address).status_code == 200
    grow(2)
    with counted_sql() as many:
        browser.get(address)
    assert len(few) == len(many) <= 12


def test_who_came_besides_is_one_person_however_often_it_is_sent(browser, shift):
    for name in ("Rosa Prova", "rosa  prova", "Rosa Prova"):
        answer = browser.submit(path_of(shift, "/arrivi"), {"full_name": name, "contact": ""})
        assert answer.status_code == 303
    assert db.session.scalar(select(func.count(WalkIn.id))) == 1
    refused = browser.submit(path_of(shift, "/arrivi"), {"full_name": " "})
    assert refused.status_code == 422
    assert "Scrivi il nome di chi è venuto." in refused.get_data(as_text=True)


def add_walk_in(browser, shift):
    browser.submit(path_of(shift, "/arrivi"), {"full_name": "Rosa Prova"})
    return db.session.scalar(select(WalkIn.id))


def test_identity_enters_the_register_of_the_day_once(browser, shift):
    walk_in = add_walk_in(browser, shift)
    address = path_of(shift, f"/arrivi/{walk_in}")
    assert browser.submit(address, {}).status_code == 422
    assert browser.submit(address, {"tax_code": TAX_CODE[:-1] + "X"}).status_code == 422
    for _ in range(2):
        assert browser.submit(address, {"tax_code": TAX_CODE.lower()}).status_code == 303
    (line,) = db.session.scalars(select(RegisterEntry))
    assert (line.section, line.full_name) == (RegisterSection.OCCASIONAL, "Rosa Prova")
    assert (line.starts_on, line.ends_on) == (date(2026, 12, 1), date(2026, 12, 1))
    assert browser.submit(f"{address}/togli").status_code == 409
    assert db.session.get(WalkIn, walk_in) is not None


def test_day_and_place_of_birth_are_enough(browser, shift):
    address = path_of(shift, f"/arrivi/{add_walk_in(browser, shift)}")
    browser.submit(address, {"born_on": "17/05/1990", "birth_place": "Scandiano"})
    (line,) = db.session.scalars(select(RegisterEntry))
    assert (line.born_on, line.birth_place) == (date(1990, 5, 17), "Scandiano")


def test_who_was_added_by_mistake_is_taken_off(browser, shift):
    address = path_of(shift, f"/arrivi/{add_walk_in(browser, shift)}/togli")
    for _ in range(2):
        assert browser.submit(address).status_code == 303
    assert db.session.scalar(select(func.count(WalkIn.id))) == 0


def test_the_next_day_nobody_is_added(browser, tutor, shift):
    walk_in = add_walk_in(browser, shift)
    with frozen(NOW + timedelta(hours=12)):
        with pytest.raises(ForbiddenStepError):
            identify_walk_in(
                actor=actor_of(tutor),
                shift_id=shift.id,
                walk_in_id=walk_in,
                person=Person("", tax_code=TAX_CODE),
            )
        db.session.rollback()
        html = browser.get(path_of(shift)).get_data(as_text=True)
    assert "Non è nel registro: avvisa l’ufficio" in html


def test_a_tutor_who_comes_as_volunteer_is_in_the_list(browser, tutor, shift):
    row = make_sign_up(shift, tutor)
    browser.submit(path_of(shift), {f"p{row.id}": "present"})
    assert fresh(row).presence is THERE
    html = browser.get("/volontariato/tutor/ore").get_data(as_text=True)
    assert 'name="entry"' not in html
    assert "Sono ore tue" in html


def test_the_desk_shows_what_is_to_be_done(browser, tutor, project, shift):
    row = make_sign_up(shift, make_user(name="Ada Prova"))
    yesterday = make_shift(project=project, in_hours=-30)
    make_sign_up(yesterday)
    make_shift(project=project, in_hours=48, capacity=3)
    mark(tutor, shift, Mark(row.id, THERE))
    html = browser.get("/volontariato/tutor/").get_data(as_text=True)
    assert "Ada P." in html
    assert "Una presenza da segnare" in html
    assert "Mancano 3 persone" in html
    assert "Una voce ti aspetta." in html
    assert "I turni che segui" in browser.get("/area-personale/").get_data(as_text=True)


def test_absent_two_times_in_a_row_is_hinted(browser, project, shift):
    person = make_user()
    elsewhere = make_project()
    for hours in (-300, -200):
        make_sign_up(
            make_shift(project=elsewhere, in_hours=hours), person,
            presence=AWAY, presence_at=utc_now(), presence_source="tutor",
        )  # fmt: skip
    row = make_sign_up(shift, person)
    html = browser.get(path_of(shift)).get_data(as_text=True)
    assert "Due assenze di fila" in note_of(html, row)
