"""Initiatives of places: written, published, counted, cancelled, and what everybody reads."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.erasure import Leaver, forget_everywhere
from portal.core.clock import frozen, local_today, to_local, utc_now
from portal.core.database import db
from portal.core.errors import (
    ForbiddenStepError,
    RuleBrokenError,
    constraint_name,
    explain_constraint,
)
from portal.core.history import list_history
from portal.permissions import Role
from portal.places.models import Initiative, Occurrence
from portal.places.services import (
    CannotPublishError,
    InitiativeChangedError,
    add_occurrences,
    cancel_initiative,
    create_initiative,
    publish_initiative,
    update_initiative,
)
from portal.places.services.occurrences import MOST_OCCURRENCES
from portal.places.states import InitiativeState, OccurrenceState
from portal.registry.ties import reassign
from tests.client import fields_of, parse, texts
from tests.factories.agreements import make_clerk
from tests.factories.initiatives import in_hours, let_come, make_initiative, said, times_of
from tests.factories.laboratories import district_id_of
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of, make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql


@pytest.fixture
def clerk(database):
    return make_clerk()


@pytest.fixture
def association(database):
    return make_association(name="Circolo del rione")


@pytest.fixture
def place(association):
    return make_place(
        "Casa del rione",
        address="Via del Forno 8",
        district_code="h",
        managing_association_id=association.id,
        managing_body=association.name,
    )


@pytest.fixture
def runner(association):
    """Return who speaks for the association that runs the place."""
    person = make_user(name="Rita Reggente")
    make_representative(person, association)
    return person


def page_of(initiative, more=""):
    return f"/luoghi/{initiative.place.slug}/iniziative/{initiative.id}{more}"


def desk_of(initiative, more=""):
    return f"/luoghi/{initiative.place.slug}/cura/{initiative.id}{more}"


def written_time(day, starts="18:00", ends="20:00", until=""):
    return {
        "day": day.isoformat(),
        "starts_time": starts,
        "ends_time": ends,
        "weekly_until": until and until.isoformat(),
    }


# --- written and published


def test_who_runs_the_place_writes_says_when_and_publishes(client, place, runner):
    client.sign_in(runner)
    assert "Cura le sue iniziative" in client.get(f"/luoghi/{place.slug}").text
    care = f"/luoghi/{place.slug}/cura/"
    fields = fields_of(client.get(f"{care}nuova"))
    assert fields["organiser_name"] == "Circolo del rione"
    fields |= {"title": "Cena di via", "summary": "Si cena in strada.", "cost": "Gratis"}
    answer = client.submit(f"{care}nuova", fields)
    assert answer.status_code == 303
    initiative = db.session.scalars(db.select(Initiative)).one()
    assert initiative.state is InitiativeState.DRAFT
    assert initiative.organiser_association_id == place.managing_association_id
    assert client.get(page_of(initiative)).status_code == 404
    assert "Cena di via" not in client.get(f"/luoghi/{place.slug}").text

    desk = client.get(desk_of(initiative))
    assert 'data-reason="no_occurrence"' in desk.text
    day = local_today() + timedelta(days=5)
    assert client.submit(desk_of(initiative, "/appuntamenti"), written_time(day)).status_code == 303
    version = fields_of(client.get(desk_of(initiative)), "/pubblica")
    assert client.submit(desk_of(initiative, "/pubblica"), version).status_code == 303

    client.sign_out()
    page = client.get(page_of(initiative)).text
    for words in (
        "Cena di via",
        "ore 18:00–20:00",
        "Via del Forno 8",
        "Circolo del rione",
        "Gratis",
    ):
        assert words in page
    assert "Cura questa iniziativa" not in page
    assert "Cena di via" in client.get(f"/luoghi/{place.slug}").text
    steps = list_history(subject_kind="initiative", subject_id=initiative.id)
    assert [step.action for step in steps] == ["publish", "add_times", "create"]
    assert {step.on_behalf_of for step in steps} == {"Circolo del rione"}


def test_the_office_acts_for_nobody(client, place):
    client.sign_in(make_user(roles=(Role.STAFF,)))
    fields = fields_of(client.get(f"/luoghi/{place.slug}/cura/nuova"))
    client.submit(
        f"/luoghi/{place.slug}/cura/nuova", fields | {"title": "Festa", "summary": "Si balla."}
    )
    initiative = db.session.scalars(db.select(Initiative)).one()
    [step] = list_history(subject_kind="initiative", subject_id=initiative.id)
    assert step.on_behalf_of is None


def test_what_is_missing_is_said_and_what_was_typed_stays(client, place, runner):
    client.sign_in(runner)
    answer = client.submit(
        f"/luoghi/{place.slug}/cura/nuova", {"title": "Cena", "cost": "Cinque euro"}
    )
    assert answer.status_code == 422
    assert "Di’ in una frase" in answer.text
    assert "Scrivi chi la organizza." in answer.text
    assert fields_of(answer)["cost"] == "Cinque euro"
    assert db.session.scalar(db.select(db.func.count(Initiative.id))) == 0


def test_pressing_twice_writes_one(client, place, runner):
    client.sign_in(runner)
    care = f"/luoghi/{place.slug}/cura/nuova"
    fields = fields_of(client.get(care)) | {"title": "Cena", "summary": "Si cena."}
    for _ in range(2):
        assert client.submit(care, fields).status_code == 303
    assert db.session.scalar(db.select(db.func.count(Initiative.id))) == 1


def test_pressing_twice_at_once_writes_one(app, clerk):
    place_id, form_key, made = make_place().id, key(), []
    db.session.commit()
    same = {"actor": clerk, "place_id": place_id, "form_key": form_key, "content": said()}
    first = create_initiative(**same)

    def press():
        with app.test_request_context():
            made.append(create_initiative(**same).id)
            db.session.commit()
            db.session.remove()

    second = threading.Thread(target=press)
    second.start()
    wait_until_somebody_waits()
    db.session.commit()
    second.join(20)
    assert made == [first.id]


def wait_until_somebody_waits():
    """Return once another connection waits for a lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + 20
    while not db.session.scalar(waiting):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_association_that_left_the_registry_is_not_offered(client, place, runner, clerk):
    other = make_association(name="Altra che resta")
    initiative = make_initiative(clerk, place, organiser_association_id=other.id)
    client.sign_in(runner)
    page = client.get(desk_of(initiative, "/modifica"))
    assert "Altra che resta" in page.text
    assert fields_of(page)["organiser_association_id"] == str(other.id)
    answer = client.submit(
        desk_of(initiative, "/modifica"), fields_of(page) | {"organiser_association_id": "999999"}
    )
    assert answer.status_code == 422


def test_two_who_write_at_once_lose_nothing(client, clerk):
    initiative = make_initiative(clerk)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    fields = fields_of(client.get(desk_of(initiative, "/modifica")))
    update_initiative(
        actor=clerk,
        initiative_id=initiative.id,
        seen_version=initiative.version,
        content=said("Un altro titolo"),
    )
    db.session.commit()
    answer = client.submit(desk_of(initiative, "/modifica"), fields | {"title": "Il mio titolo"})
    assert answer.status_code == 409
    assert fields_of(answer)["title"] == "Il mio titolo"
    assert client.submit(desk_of(initiative, "/modifica"), fields_of(answer)).status_code == 303
    db.session.refresh(initiative)
    assert initiative.title == "Il mio titolo"


def test_publishing_needs_a_time_and_happens_once(clerk):
    initiative = make_initiative(clerk, hours=(), is_public=False)
    seen = {"actor": clerk, "initiative_id": initiative.id}
    with pytest.raises(CannotPublishError):
        publish_initiative(**seen, seen_version=initiative.version)
    add_occurrences(**seen, times=[in_hours(5)])
    publish_initiative(**seen, seen_version=initiative.version)
    with pytest.raises(ForbiddenStepError):
        publish_initiative(**seen, seen_version=initiative.version)
    with pytest.raises(InitiativeChangedError):
        publish_initiative(**seen, seen_version=initiative.version - 1)


def test_two_who_publish_at_once_are_told_apart(app, clerk):
    initiative = make_initiative(clerk, is_public=False)
    seen, version, outcomes = initiative.id, initiative.version, []

    def press():
        with app.test_request_context():
            try:
                publish_initiative(actor=clerk, initiative_id=seen, seen_version=version)
                db.session.commit()
                outcomes.append("published")
            except InitiativeChangedError:
                db.session.rollback()
                outcomes.append("changed")

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed", "published"]


# --- when


def test_every_week_at_the_same_hour_of_the_clock(client, clerk):
    with frozen(datetime(2026, 10, 1, 9, tzinfo=UTC)):
        initiative = make_initiative(clerk, hours=(), is_public=False)
        client.sign_in(make_user(roles=(Role.STAFF,)))
        # Summer time ends on 25 October 2026.
        data = {"day": "2026-10-18", "starts_time": "21:00", "ends_time": "01:00"}
        answer = client.submit(
            desk_of(initiative, "/appuntamenti"), data | {"weekly_until": "2026-11-02"}
        )
        assert answer.status_code == 303
        times = times_of(initiative)
    assert [f"{to_local(one.starts_at):%d/%m %H:%M}" for one in times] == [
        "18/10 21:00",
        "25/10 21:00",
        "01/11 21:00",
    ]
    assert {f"{to_local(one.ends_at):%H:%M}" for one in times} == {"01:00"}
    assert times[1].starts_at - times[0].starts_at == timedelta(days=7, hours=1)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"day": ""}, "Scegli il giorno"),
        ({"day": "2026-02-31"}, "calendario"),
        ({"day": "2066-01-01"}, "lontano anni"),
        ({"day": "0001-01-01"}, "lontano anni"),
        ({"starts_time": "24:99"}, "ore e minuti"),
        ({"ends_time": "18:00"}, "Finisce quando comincia"),
        ({"weekly_until": "2020-01-01"}, "viene prima del primo"),
        ({"weekly_until": "2099-01-01"}, "Al massimo 60 settimane"),
    ],
)
def test_a_time_that_cannot_be_is_said_beside_its_field(client, clerk, changed, words):
    initiative = make_initiative(clerk, hours=(), is_public=False)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    data = written_time(local_today() + timedelta(days=3)) | changed
    answer = client.submit(desk_of(initiative, "/appuntamenti"), data)
    assert answer.status_code == 422
    assert words in answer.text
    assert times_of(initiative) == []


def test_the_hour_that_the_clocks_leave_out_is_refused(client, clerk):
    with frozen(datetime(2027, 3, 1, 9, tzinfo=UTC)):
        initiative = make_initiative(clerk, hours=(), is_public=False)
        client.sign_in(make_user(roles=(Role.STAFF,)))
        # On 28 March 2027 there is no 2:30.
        data = {"day": "2027-03-28", "starts_time": "02:30", "ends_time": "03:00"}
        answer = client.submit(desk_of(initiative, "/appuntamenti"), data)
    assert answer.status_code == 422
    assert "cambia l’ora" in answer.text


def test_two_times_never_overlap_and_touching_is_fine(client, clerk):
    initiative = make_initiative(clerk, hours=(), is_public=False)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    day = local_today() + timedelta(days=3)
    address = desk_of(initiative, "/appuntamenti")
    assert client.submit(address, written_time(day)).status_code == 303
    again = client.submit(address, written_time(day, "19:30", "21:00"))
    assert again.status_code == 422
    assert "si svolge già" in again.text
    assert client.submit(address, written_time(day, "20:00", "21:00")).status_code == 303


def test_an_initiative_has_only_so_many_times(clerk):
    initiative = make_initiative(clerk, hours=(), is_public=False)
    times = [in_hours(3 * number) for number in range(MOST_OCCURRENCES)]
    add_occurrences(actor=clerk, initiative_id=initiative.id, times=times)
    with pytest.raises(RuleBrokenError):
        add_occurrences(
            actor=clerk, initiative_id=initiative.id, times=[in_hours(3 * MOST_OCCURRENCES)]
        )


def test_one_time_is_called_off_and_says_so(client, clerk):
    initiative = make_initiative(clerk, hours=(24, 48))
    client.sign_in(make_user(roles=(Role.STAFF,)))
    [first, _second] = times_of(initiative)
    address = desk_of(initiative, f"/appuntamenti/{first.id}/annulla")
    for _ in range(2):
        assert client.submit(address).status_code == 303
    db.session.refresh(first)
    assert first.state is OccurrenceState.CANCELLED
    page = parse(client.get(page_of(initiative)).text)
    rows = [texts(row) for row in page.iter("li") if row.get("data-id")]
    assert [("Annullata" in row) for row in rows] == [True, False]


def test_a_time_of_a_draft_simply_goes(client, clerk):
    initiative = make_initiative(clerk, is_public=False)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    [only] = times_of(initiative)
    client.submit(desk_of(initiative, f"/appuntamenti/{only.id}/annulla"))
    assert times_of(initiative) == []


def test_times_of_another_initiative_are_not_there(client, clerk):
    mine, other = make_initiative(clerk, hours=(-3,)), make_initiative(clerk, hours=(-3,))
    client.sign_in(make_user(roles=(Role.STAFF,)))
    [time] = times_of(other)
    for step in ("annulla", "presenze"):
        answer = client.submit(
            desk_of(mine, f"/appuntamenti/{time.id}/{step}"), {"attendance": "3"}
        )
        assert answer.status_code == 404
    assert client.get(f"/luoghi/{mine.place.slug}/iniziative/{other.id}").status_code == 404


# --- who came


def test_people_are_counted_and_the_number_can_be_mended(client, place, runner, clerk):
    initiative = make_initiative(clerk, place, hours=(-3, 24))
    client.sign_in(runner)
    assert "1 data da contare" in client.get(f"/luoghi/{place.slug}/cura/").text
    [past, _coming] = times_of(initiative)
    address = desk_of(initiative, f"/appuntamenti/{past.id}/presenze")
    for number in ("12", "21"):
        assert client.submit(address, {"attendance": number}).status_code == 303
    db.session.refresh(past)
    assert (past.attendance, past.counted_by_id) == (21, runner.id)
    assert "Si è svolta una volta, sono venute 21 persone" in client.get(page_of(initiative)).text
    assert "da contare" not in client.get(f"/luoghi/{place.slug}/cura/").text


@pytest.mark.parametrize("typed", ["", "-1", "10001", "tanti", "1e3", "٣", "9" * 30])
def test_a_number_that_cannot_be_is_refused_and_kept(client, clerk, typed):
    initiative = make_initiative(clerk, hours=(-3,))
    client.sign_in(make_user(roles=(Role.STAFF,)))
    [past] = times_of(initiative)
    answer = client.submit(
        desk_of(initiative, f"/appuntamenti/{past.id}/presenze"), {"attendance": typed}
    )
    assert answer.status_code == 422
    assert fields_of(answer, "/presenze")["attendance"] == typed
    db.session.refresh(past)
    assert past.attendance is None


def test_nobody_is_counted_before_it_begins_or_where_it_was_called_off(client, clerk):
    initiative = make_initiative(clerk, hours=(3, -5))
    client.sign_in(make_user(roles=(Role.STAFF,)))
    gone, coming = times_of(initiative)
    address = desk_of(initiative, f"/appuntamenti/{coming.id}/presenze")
    answer = client.submit(address, {"attendance": "3"})
    assert answer.status_code == 422
    assert "Non è ancora cominciata" in answer.text
    client.submit(desk_of(initiative, f"/appuntamenti/{gone.id}/annulla"))
    address = desk_of(initiative, f"/appuntamenti/{gone.id}/presenze")
    answer = client.submit(address, {"attendance": "3"})
    assert answer.status_code == 422
    assert "Quella data è annullata" in answer.text


def test_a_draft_counts_nobody(client, clerk):
    initiative = make_initiative(clerk, hours=(-3,), is_public=False)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    [past] = times_of(initiative)
    address = desk_of(initiative, f"/appuntamenti/{past.id}/presenze")
    assert client.submit(address, {"attendance": "3"}).status_code == 409


def test_what_was_counted_is_not_called_off(client, clerk):
    initiative = make_initiative(clerk, hours=(-3,))
    let_come(clerk, initiative, 4)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    [past] = times_of(initiative)
    address = desk_of(initiative, f"/appuntamenti/{past.id}/annulla")
    assert client.submit(address).status_code == 409


# --- cancelled


def test_a_cancelled_one_says_why_and_keeps_who_came(client, clerk):
    initiative = make_initiative(clerk, hours=(-3, 24))
    let_come(clerk, initiative, 17)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    form = fields_of(client.get(desk_of(initiative, "/annulla")))
    answer = client.submit(desk_of(initiative, "/annulla"), form | {"reason": ""})
    assert answer.status_code == 422
    form |= {"reason": "Il forno è rotto."}
    assert client.submit(desk_of(initiative, "/annulla"), form).status_code == 303
    assert client.submit(desk_of(initiative, "/annulla"), form).status_code == 409
    page = client.get(page_of(initiative)).text
    assert "Il forno è rotto." in page
    assert "sono venute 17 persone" in page
    place = client.get(f"/luoghi/{initiative.place.slug}").text
    assert "Annullata" in place
    calendar = client.get(page_of(initiative, "/calendario.ics")).text
    assert calendar.count("STATUS:CANCELLED") == 2
    day = local_today() + timedelta(days=3)
    answer = client.submit(desk_of(initiative, "/appuntamenti"), written_time(day))
    assert answer.status_code == 409


def test_a_draft_that_was_given_up_was_never_public(client, clerk):
    initiative = make_initiative(clerk, is_public=False)
    cancel_initiative(
        actor=clerk, initiative_id=initiative.id, seen_version=initiative.version, reason="No."
    )
    db.session.commit()
    assert client.get(page_of(initiative)).status_code == 404
    assert initiative.title not in client.get(f"/luoghi/{initiative.place.slug}").text


# --- read


def test_page_of_a_place_tells_what_comes_soonest_first_and_what_was(client, clerk):
    place = make_place()
    for title, hours in (("Dopo", (72,)), ("Prima", (24, 96)), ("Finita", (-30,))):
        initiative = make_initiative(clerk, place, hours=hours, title=title)
    let_come(clerk, initiative, 9)
    make_initiative(clerk, place, title="Bozza nascosta", is_public=False)
    page = client.get(f"/luoghi/{place.slug}")
    titles = [texts(one) for one in parse(page.text).iter("h3") if one.find("a") is not None]
    assert titles == ["Prima", "Dopo", "Finita"]
    assert "e un’altra volta" in page.text
    assert "sono venute 9 persone" in page.text
    assert "Bozza nascosta" not in page.text


def test_what_was_called_off_each_time_has_not_happened(client, clerk):
    initiative = make_initiative(clerk, hours=(-5,), title="Mai tenuta")
    client.sign_in(make_user(roles=(Role.STAFF,)))
    [only] = times_of(initiative)
    client.submit(desk_of(initiative, f"/appuntamenti/{only.id}/annulla"))
    assert "Mai tenuta" not in client.get(f"/luoghi/{initiative.place.slug}").text
    assert client.get(page_of(initiative)).status_code == 200


def test_search_finds_what_is_to_come(client, clerk):
    make_initiative(clerk, title="Ballo liscio in cortile")
    make_initiative(clerk, title="Ballo di ieri", hours=(-30,))
    make_initiative(clerk, title="Ballo in bozza", is_public=False)
    page = client.get("/cerca", query_string={"q": "balli"}).text
    assert "Ballo liscio in cortile" in page
    assert "Ballo di ieri" not in page
    assert "Ballo in bozza" not in page


def test_calendar_holds_every_time_and_no_names(client, clerk, runner, place):
    initiative = make_initiative(clerk, place, hours=(24, 48))
    answer = client.get(page_of(initiative, "/calendario.ics"))
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.text.count("BEGIN:VEVENT") == 2
    assert "Casa del rione\\, Via del Forno 8" in answer.text
    assert "Rita" not in answer.text


def test_pages_cost_the_same_whatever_they_hold(client, clerk):
    place = make_place()
    few = make_initiative(clerk, place)
    address = f"/luoghi/{place.slug}"
    with counted_sql() as before:
        client.get(address)
    with counted_sql() as of_one:
        client.get(page_of(few))
    for number in range(4):
        last = make_initiative(clerk, place, hours=tuple(range(24, 600, 24)), title=f"N {number}")
    with counted_sql() as after:
        client.get(address)
    with counted_sql() as of_many:
        client.get(page_of(last))
    assert len(after) == len(before) <= 4
    assert len(of_many) == len(of_one) <= 5


def test_desk_of_the_municipality_shows_only_ones_own_places(client, clerk):
    near = make_place("Vicino", district_code="h")
    make_place("Lontano", district_code="e")
    make_initiative(clerk, near, is_public=False)
    make_initiative(clerk, near, hours=(-5, 24))
    architect = make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("h"))
    client.sign_in(architect)
    page = client.get("/gestione/luoghi/").text
    assert "Vicino" in page
    assert "Lontano" not in page
    for words in ("1 iniziativa in arrivo", "1 bozza", "1 data da contare"):
        assert words in page
    client.sign_in(make_user(roles=(Role.STAFF,)))
    with counted_sql() as found:
        page = client.get("/gestione/luoghi/").text
    assert "Lontano" in page
    assert len(found) <= 12


def test_association_finds_its_places_from_its_desk(client, association, place, runner):
    make_place("Di un altro")
    client.sign_in(runner)
    path = f"/associazione/{association.slug}/"
    assert f'href="{path}luoghi/"' in client.get(path).text
    page = client.get(f"{path}luoghi/").text
    assert f'href="/luoghi/{place.slug}/cura/"' in page
    assert "Di un altro" not in page


# --- people and associations go


def test_erased_account_leaves_initiatives_and_numbers(clerk):
    writer = make_user(roles=(Role.STAFF,))
    actor = actor_of(writer)
    initiative = make_initiative(actor, hours=(-3,))
    let_come(actor, initiative, 5)
    forget_everywhere(Leaver(actor, writer.id, writer.display_name, writer.email))
    db.session.commit()
    [time] = times_of(initiative)
    assert time.attendance == 5


def test_merged_associations_run_it_on(client, clerk, association):
    new = make_association(name="Circolo nuovo")
    initiative = make_initiative(clerk, organiser_association_id=association.id)
    reassign(from_id=association.id, to_id=new.id)
    db.session.commit()
    assert f"/registro/{new.slug}" in client.get(page_of(initiative)).text


# --- the last guard


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("has_title", {"title": "  "}),
        ("has_summary", {"summary": " "}),
        ("has_organiser", {"organiser_name": " "}),
        ("cancelled_says_why", {"cancelled_reason": "Perché sì."}),
        ("cancelled_says_why", {"state": "cancelled"}),
        ("published_has_time", {"published_at": None}),
        ("published_has_time", {"state": "draft"}),
    ],
)
def test_database_refuses_an_initiative(clerk, rule, values):
    initiative = make_initiative(clerk)
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(
            update(Initiative).where(Initiative.id == initiative.id).values(**values)
        )
    assert constraint_name(caught.value) == f"ck_initiative_{rule}"


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("ends_after_start", {"ends_at": utc_now() - timedelta(days=9)}),
        ("ends_within_a_day", {"ends_at": utc_now() + timedelta(days=9)}),
        ("attendance_is_plausible", {"attendance": -1, "counted_at": utc_now()}),
        ("attendance_is_plausible", {"attendance": 10_001, "counted_at": utc_now()}),
        ("counted_by_somebody", {"attendance": 3, "counted_by_id": None}),
        ("counted_by_somebody", {"attendance": None, "counted_at": None}),
        ("counted_once_begun", {"counted_at": utc_now() - timedelta(days=9)}),
        ("cancelled_has_no_attendance", {"state": "cancelled"}),
    ],
)
def test_database_refuses_a_time(clerk, rule, values):
    initiative = make_initiative(clerk, hours=(-5,))
    let_come(clerk, initiative, 3)
    [time] = times_of(initiative)
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(update(Occurrence).where(Occurrence.id == time.id).values(**values))
    assert constraint_name(caught.value) == f"ck_initiative_occurrence_{rule}"


def test_database_refuses_two_times_at_once(clerk):
    initiative = make_initiative(clerk, hours=(24,))
    time = in_hours(25)
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(
            insert(Occurrence).values(
                initiative_id=initiative.id,
                starts_at=time.starts_at,
                ends_at=time.ends_at,
                state=OccurrenceState.PLANNED,
            )
        )
    assert constraint_name(caught.value) == "ex_initiative_occurrence_no_overlap"
    assert explain_constraint(caught.value) is not None


def test_database_refuses_the_same_form_twice(clerk):
    form_key = key()
    place = make_place()
    first = create_initiative(actor=clerk, place_id=place.id, form_key=form_key, content=said())
    again = create_initiative(actor=clerk, place_id=place.id, form_key=form_key, content=said())
    assert first.id == again.id
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(
            insert(Initiative).values(
                place_id=place.id,
                state=InitiativeState.DRAFT,
                created_by_id=clerk.account_id,
                form_key=form_key,
                title="Cena",
                summary="Si cena.",
                organiser_name="Noi",
            )
        )
    assert constraint_name(caught.value) == "uq_initiative_created_by_id_form_key"
