"""My year as numbers, and the page of thanks: exactly what was chosen, gone when it is ended."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import RuleBrokenError
from portal.volunteering.models import HoursEntry, SharedThanks
from portal.volunteering.queries.my_year import load_my_year
from portal.volunteering.services import end_thanks, share_thanks
from portal.volunteering.states import HoursSource, HoursState, Presence, PresenceSource, Sector
from tests.client import parse, texts
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment, make_project, make_shift, make_sign_up
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
CHOICES = list(product((None, "Ada"), (True, False), (True, False)))
YEAR, THANKS = "/area-personale/il-mio-anno", "/area-personale/grazie"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def ada(database):
    person = make_user(name="Ada Prova")
    make_enrolment(person)
    return person


def give(person, project, minutes, on=date(2026, 10, 5), state=HoursState.VERIFIED):
    tutor = make_user()
    is_verified = state is HoursState.VERIFIED
    db.session.add(
        HoursEntry(
            user_id=person.id, project_id=project.id, worked_on=on, minutes=minutes,
            source=HoursSource.DECLARED, state=state,
            verified_at=NOW if is_verified else None,
            verified_by_id=tutor.id if is_verified else None,
        )
    )  # fmt: skip
    db.session.commit()


def come(person, shift):
    """Let somebody have been present in a shift."""
    sign_up, tutor = make_sign_up(shift, person), make_user()
    sign_up.presence, sign_up.presence_source = Presence.PRESENT, PresenceSource.TUTOR
    sign_up.presence_at, sign_up.presence_by_id = NOW, tutor.id
    db.session.commit()


def share(person, **choices):
    facts = {"year": 2026, "shown_name": None, "shows_hours": False, "shows_projects": False}
    made = share_thanks(actor=actor_of(person), **facts | choices)
    db.session.commit()
    return made.key


def test_year_counts_what_was_verified_and_who_was_there(ada):
    school = make_project(title="Compiti", sector=Sector.SCHOOL, place_name="Scuola")
    green = make_project(title="Siepi", place_name="Parco")
    give(ada, school, 120)
    give(ada, school, 60, on=date(2026, 11, 3))
    give(ada, green, 240)
    give(ada, green, 60, on=date(2025, 12, 31))
    give(ada, green, 60, state=HoursState.TO_VERIFY)
    give(make_user(), green, 600)
    first, second = (make_shift(capacity=9, project=school, in_hours=-24 * days) for days in (9, 2))
    friend = make_user()
    for shift in (first, second):
        come(ada, shift)
        come(friend, shift)
    come(make_user(), second)
    make_sign_up(second, make_user())
    mine = load_my_year(ada.id, 2026)
    assert (mine.minutes, mine.shifts, mine.places, mine.people_met) == (420, 2, 1, 2)
    assert (mine.by_month[9], mine.by_month[10], sum(mine.by_month)) == (360, 60, 420)
    assert list(mine.projects) == ["Siepi", "Compiti"]
    assert mine.sectors[0] == (Sector.GREEN, 240)
    assert load_my_year(ada.id, 2025).minutes == 60


def test_page_shows_the_year_and_the_years_before(client, ada):
    project = make_project(title="Siepi")
    give(ada, project, 90)
    give(ada, project, 60, on=date(2025, 3, 1))
    client.sign_in(ada)
    page = client.get(YEAR).text
    assert "1 ora 30 minuti" in texts(parse(page))
    assert f'href="{YEAR}?anno=2025"' in page
    assert "1 ora" in texts(parse(client.get(f"{YEAR}?anno=2025").text))
    for odd in ("anno=1999", "anno=domani", "anno=99999999999999999999", "anno=2027"):
        assert "Il tuo 2026" in client.get(f"{YEAR}?{odd}").text


def test_empty_year_says_where_to_begin(client, ada):
    client.sign_in(ada)
    page = client.get(YEAR).text
    assert 'href="/volontariato/"' in page
    assert '<svg class="months"' not in page


@pytest.mark.parametrize(("name", "hours", "projects"), CHOICES)
def test_page_of_thanks_shows_exactly_what_was_chosen(client, ada, name, hours, projects):
    give(ada, make_project(title="Siepi segrete"), 150)
    key = share(ada, shown_name=name, shows_hours=hours, shows_projects=projects)
    answer = client.get(f"/grazie/{key}")
    said = texts(parse(answer.text))
    assert ("Grazie, Ada" in said) is (name is not None)
    assert ("2 ore 30 minuti" in said) is hours
    assert ("Siepi segrete" in said) is projects
    assert "Ada Prova" not in answer.text
    assert ada.email not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_ended_page_is_dead_and_the_next_has_another_address(client, ada):
    key = share(ada, shows_hours=True)
    client.sign_in(ada)
    assert client.get(f"/grazie/{key}").status_code == 200
    assert client.submit(f"{THANKS}/togli").status_code == 303
    assert client.submit(f"{THANKS}/togli").status_code == 303
    assert client.get(f"/grazie/{key}").status_code == 404
    assert share(ada) != key
    for forged in ("x" * 32, "%00", "a" * 500, "..%2f"):
        assert client.get(f"/grazie/{forged}").status_code == 404


def test_page_is_looked_at_before_it_is_made(client, ada):
    give(ada, make_project(title="Siepi"), 60)
    client.sign_in(ada)
    words = {"year": "2026", "name": "Ada P.", "hours": "y", "projects": "y"}
    preview = client.submit(f"{THANKS}/anteprima", words)
    assert preview.status_code == 200
    assert "Grazie, Ada P." in texts(parse(preview.text))
    assert db.session.query(SharedThanks).count() == 0
    for _ in range(2):
        assert client.submit(THANKS, words).status_code == 303
    made = db.session.scalars(select(SharedThanks)).one()
    assert (made.shown_name, made.shows_name, made.shows_hours) == ("Ada P.", True, True)
    assert f"/grazie/{made.key}" in client.get(THANKS).text
    # Changed choices keep the address that was given to friends.
    client.submit(THANKS, {"year": "2026", "name": ""})
    db.session.expire_all()
    changed = db.session.scalars(select(SharedThanks)).one()
    assert (changed.key, changed.shown_name, changed.shows_hours) == (made.key, None, False)


@pytest.mark.parametrize(
    "words", [{"year": "1999"}, {"year": ""}, {"year": "2026", "name": "A" * 81}]
)
def test_what_cannot_be_shown_is_said_at_the_field(client, ada, words):
    client.sign_in(ada)
    for path in (THANKS, f"{THANKS}/anteprima"):
        assert client.submit(path, words).status_code == 422
    assert db.session.query(SharedThanks).count() == 0


def test_minor_shows_no_name_and_neither_does_who_is_unknown(client):
    minor, unknown = make_user(), make_user()
    make_enrolment(minor, born_on=date(2010, 1, 1))
    for person in (minor, unknown):
        with pytest.raises(RuleBrokenError):
            share(person, shown_name="Nino")
        key = share(person, shows_hours=True)
        assert client.get(f"/grazie/{key}").status_code == 200
    client.sign_in(minor)
    assert client.submit(THANKS, {"year": "2026", "name": "Nino"}).status_code == 422


def test_year_costs_the_same_however_much_was_done(client, ada):
    client.sign_in(ada)
    project = make_project()
    give(ada, project, 60)
    with counted_sql() as few:
        client.get(YEAR)
    for number in range(5):
        give(ada, make_project(), 60, on=date(2026, 1 + number, 1))
        come(ada, make_shift(project=project, in_hours=-24 * (number + 1)))
    with counted_sql() as many:
        client.get(YEAR)
    assert len(few) == len(many) <= 10
    end_thanks(actor=actor_of(ada))
    key = share(ada, shows_hours=True, shows_projects=True)
    client.sign_out()
    with counted_sql() as shared:
        client.get(f"/grazie/{key}")
    assert len(shared) <= 10
