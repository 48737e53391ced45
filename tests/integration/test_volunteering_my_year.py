"""My year as numbers, and the page of thanks: exactly what was chosen, gone when it is ended."""

from datetime import UTC, date, datetime
from itertools import product

import pytest
from sqlalchemy import select

from portal.core.clock import ROME, frozen
from portal.core.database import db
from portal.core.errors import RuleBrokenError
from portal.volunteering.models import HoursEntry, SharedThanks
from portal.volunteering.queries.my_year import load_my_year
from portal.volunteering.services import (
    ThanksContent,
    end_thanks,
    leave_enrolment,
    share_thanks,
)
from portal.volunteering.states import HoursSource, HoursState, Presence, PresenceSource, Sector
from tests.client import parse, texts
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment, make_project, make_shift, make_sign_up
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
YES_OR_NO = (True, False)
CHOICES = list(product((None, "Ada"), YES_OR_NO, YES_OR_NO, YES_OR_NO))
REASONED = (HoursState.REFUSED, HoursState.CORRECTED)
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


def give(
    person, project, minutes, *, on=date(2026, 10, 5), state=HoursState.VERIFIED, sign_up=None
):
    tutor = make_user()
    is_verified = state is HoursState.VERIFIED
    db.session.add(
        HoursEntry(
            user_id=person.id, project_id=project.id, worked_on=on, minutes=minutes,
            source=HoursSource.PRESENCE if sign_up else HoursSource.DECLARED, state=state,
            sign_up_id=sign_up.id if sign_up else None,
            reason="Un doppione." if state in REASONED else None,
            verified_at=NOW if is_verified else None,
            verified_by_id=tutor.id if is_verified else None,
        )
    )  # fmt: skip
    db.session.commit()


def come(person, shift, state=HoursState.VERIFIED):
    """Let somebody have been present in a shift, and its hours be verified or not."""
    sign_up, tutor = make_sign_up(shift, person), make_user()
    sign_up.presence, sign_up.presence_source = Presence.PRESENT, PresenceSource.TUTOR
    sign_up.presence_at, sign_up.presence_by_id = NOW, tutor.id
    db.session.commit()
    minutes = int((shift.ends_at - shift.starts_at).total_seconds() // 60)
    on = shift.starts_at.astimezone(ROME).date()
    give(person, shift.project, minutes, on=on, state=state, sign_up=sign_up)
    return minutes


def share(person, **choices):
    made = share_thanks(actor=actor_of(person), content=ThanksContent(2026, **choices))
    db.session.commit()
    return made.key


def test_year_counts_what_was_verified_and_who_was_there(ada):
    school = make_project(title="Compiti", sector=Sector.SCHOOL, place_name="Scuola")
    green = make_project(title="Siepi", place_name="Parco")
    give(ada, school, 60, on=date(2026, 3, 1))
    give(ada, green, 700, on=date(2026, 11, 3))
    give(ada, green, 60, on=date(2025, 12, 31))
    give(ada, green, 50, state=HoursState.TO_VERIFY)
    for state in REASONED:
        give(ada, green, 40, state=state)
    give(make_user(), green, 600)
    first, second, third = (
        make_shift(capacity=9, project=school, in_hours=-24 * days) for days in (9, 2, 1)
    )
    first.place_name = "Biblioteca"
    friend = make_user()
    in_shifts = 0
    for shift in (first, second):
        in_shifts += come(ada, shift)
        come(friend, shift, HoursState.TO_VERIFY)
    come(make_user(), second)
    make_sign_up(second, make_user())
    # Nobody has verified that Ada was there: neither the shift nor its company counts yet.
    waiting = come(ada, third, HoursState.TO_VERIFY)
    come(make_user(), third)
    mine = load_my_year(ada.id, 2026)
    given = mine.given
    assert (given.minutes, given.shifts, mine.people_met) == (760 + in_shifts, 2, 2)
    assert mine.waiting_minutes == 50 + waiting
    assert (given.first_on, given.last_on) == (date(2026, 3, 1), date(2026, 11, 28))
    assert (given.by_month[2], given.by_month[10]) == (60, 700 + in_shifts)
    assert sum(given.by_month) == given.minutes
    assert [(row.title, row.minutes) for row in given.projects] == [
        ("Siepi", 700),
        ("Compiti", 60 + in_shifts),
    ]
    assert given.places[0] == "Parco"
    assert set(given.places) == {"Parco", "Biblioteca", "Scuola"}
    before = load_my_year(ada.id, 2025)
    assert (before.given.minutes, before.given.shifts, before.people_met) == (60, 0, 0)
    assert before.given.first_on == before.given.last_on == date(2025, 12, 31)


def test_page_shows_the_year_and_the_years_before(client, ada):
    project = make_project(title="Siepi")
    give(ada, project, 90)
    give(ada, project, 60, on=date(2025, 3, 1))
    client.sign_in(ada)
    page = client.get(YEAR).text
    said = texts(parse(page))
    assert "1 ora 30 minuti" in said
    assert "Era lunedì 5 ottobre. Grazie." in said
    assert "Siepi" in said
    assert f'href="{YEAR}?anno=2025"' in page
    assert "1 ora" in texts(parse(client.get(f"{YEAR}?anno=2025").text))
    for odd in ("anno=1999", "anno=domani", "anno=99999999999999999999", "anno=2027"):
        assert "Il tuo 2026" in client.get(f"{YEAR}?{odd}").text


def test_year_says_nothing_of_others(client, ada):
    friend = make_user(name="Berta Privata")
    shift = make_shift(capacity=9, in_hours=-48)
    come(ada, shift)
    come(friend, shift)
    client.sign_in(ada)
    page = client.get(YEAR).text
    assert "1 persona incontrata" in figures_of(page)
    assert "Berta" not in page
    key = share(ada, shows_hours=True, shows_projects=True, shows_places=True)
    assert "Berta" not in client.get(f"/grazie/{key}").text


def figures_of(page):
    """Return the figures as they are read: number, then words."""
    pairs = parse(page).findall(".//dl[@class='figures figures-row figures-year']/div")
    return [f"{texts(pair.find('dd'))} {texts(pair.find('dt'))}" for pair in pairs]


def test_empty_year_says_where_to_begin(client, ada):
    client.sign_in(ada)
    page = client.get(YEAR).text
    assert 'href="/volontariato/"' in page
    assert "comincia quando vuoi tu" in page
    assert '<svg class="months"' not in page


def test_year_that_waits_says_so_and_shares_nothing(client, ada):
    give(ada, make_project(), 120, state=HoursState.TO_VERIFY)
    client.sign_in(ada)
    page = client.get(YEAR).text
    assert "Da confermare: 2 ore." in texts(parse(page))
    assert 'href="/area-personale/ore?anno=2026"' in page
    form = client.get(THANKS).text
    assert "Non c’è ancora un anno da raccontare" in form
    assert f'action="{THANKS}"' not in form
    assert client.submit(THANKS, {"year": "2026", "hours": "y"}).status_code == 422
    assert db.session.query(SharedThanks).count() == 0


@pytest.mark.parametrize("chosen", CHOICES)
def test_page_of_thanks_shows_exactly_what_was_chosen(client, ada, chosen):
    name, hours, projects, places = chosen
    give(ada, make_project(title="Siepi segrete", place_name="Parco segreto"), 150)
    give(ada, make_project(title="Altro anno"), 150, on=date(2025, 10, 5))
    key = share(
        ada, shown_name=name, shows_hours=hours, shows_projects=projects, shows_places=places
    )
    answer = client.get(f"/grazie/{key}")
    # All of it: also what others read of an address that is sent to them.
    html = answer.text
    assert ("Grazie, Ada" in html) is (name is not None)
    assert ("Grazie a una persona volontaria" in html) is (name is None)
    assert ("2 ore 30 minuti" in html) is hours
    assert ("Siepi segrete" in html) is projects
    assert ("Parco segreto" in html) is places
    for hidden in ("Ada Prova", ada.email, "Altro anno"):
        assert hidden not in html
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in html
    assert "ETag" not in answer.headers
    previews = {
        meta.get("property"): meta.get("content")
        for meta in parse(html).iter("meta")
        if (meta.get("property") or "").startswith("og:")
    }
    assert previews["og:title"] == ("Grazie, Ada" if name else "Grazie a una persona volontaria")
    assert previews["og:description"] == (
        "2 ore 30 minuti per la città nel 2026." if hours
        else "Un grazie a chi dà tempo alla città."
    )  # fmt: skip


def test_page_of_thanks_speaks_english_too(client, ada):
    give(ada, make_project(title="Siepi"), 150)
    key = share(ada, shows_hours=True, shows_projects=True, shows_places=True)
    client.get("/lingua/en")
    said = texts(parse(client.get(f"/grazie/{key}").text))
    for words in ("Thank you to a volunteer", "2 hours 30 minutes", "The projects", "Siepi"):
        assert words in said
    assert "Grazie" not in said


def test_ended_page_is_dead_and_the_next_has_another_address(client, ada):
    key = share(ada, shows_hours=True)
    client.sign_in(ada)
    assert client.get(f"/grazie/{key}").status_code == 200
    assert client.submit(f"{THANKS}/togli").status_code == 303
    assert client.submit(f"{THANKS}/togli").status_code == 303
    assert client.get(f"/grazie/{key}").status_code == 404
    gone = client.get(f"/grazie/{key}", headers={"If-None-Match": "*"})
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, "no-store")
    newer = share(ada)
    assert newer != key
    assert client.get(f"/grazie/{key}").status_code == 404
    upper_case = newer.swapcase()
    for forged in ("x" * 32, "%00", "a" * 500, "..%2f", newer[:-1], f"{newer}x", upper_case, "%25"):
        assert client.get(f"/grazie/{forged}").status_code == 404


def test_keys_cannot_be_guessed(ada):
    keys = set()
    for _ in range(20):
        keys.add(share(ada))
        end_thanks(actor=actor_of(ada))
    assert len(keys) == 20
    # 24 bytes of the system's randomness.
    assert {len(key) for key in keys} == {32}


def test_closed_account_ends_its_page(client, ada):
    key = share(ada, shows_hours=True)
    ada.active = False
    db.session.commit()
    assert client.get(f"/grazie/{key}").status_code == 404


def test_who_has_left_keeps_their_year_and_can_still_end_the_page(client, ada):
    give(ada, make_project(title="Siepi"), 150)
    key = share(ada, shows_hours=True)
    leave_enrolment(actor=actor_of(ada))
    db.session.commit()
    assert "2 ore 30 minuti" in client.get(f"/grazie/{key}").text
    client.sign_in(ada)
    assert "2 ore 30 minuti" in texts(parse(client.get(YEAR).text))
    client.submit(f"{THANKS}/togli")
    assert client.get(f"/grazie/{key}").status_code == 404


def test_page_follows_what_is_corrected_later(client, ada):
    give(ada, make_project(title="Siepi"), 150)
    key = share(ada, shows_hours=True, shows_projects=True)
    entry = db.session.scalars(select(HoursEntry)).one()
    entry.state, entry.reason = HoursState.CORRECTED, "Un doppione."
    db.session.commit()
    page = client.get(f"/grazie/{key}").text
    assert "Siepi" not in page
    assert "ore" not in texts(parse(page).find(".//div[@class='thanks']")).split()
    client.sign_in(ada)
    assert f"{THANKS}/togli" in client.get(THANKS).text


def test_address_is_there_to_copy_and_send_without_help_of_others(client, ada):
    give(ada, make_project(), 60)
    client.sign_in(ada)
    assert "/grazie/" not in client.get(THANKS).text.replace(THANKS, "")
    key = share(ada)
    document = parse(client.get(THANKS).text)
    address = document.find(".//textarea[@id='indirizzo']").text
    assert address.endswith(f"/grazie/{key}")
    mailto = [a.get("href") for a in document.iter("a") if a.get("href").startswith("mailto:")]
    assert f"grazie/{key}" in mailto[0]
    assert all((s.get("src") or "").startswith("/static/") for s in document.iter("script"))
    # Buttons of scripts alone are shown by the script.
    assert {b.get("hidden") for b in document.iter("button") if b.get("type") == "button"} == {""}


def test_nothing_is_chosen_beforehand(client, ada):
    give(ada, make_project(), 60)
    client.sign_in(ada)
    document = parse(client.get(THANKS).text)
    chosen = [i for i in document.iter("input") if i.get("checked") is not None]
    assert chosen == []
    assert document.find(".//input[@name='name']").get("value") == ""


def test_page_is_looked_at_before_it_is_made(client, ada):
    give(ada, make_project(title="Siepi"), 60)
    client.sign_in(ada)
    words = {"year": "2026", "name": "Ada P.", "hours": "y", "projects": "y", "places": "y"}
    preview = client.submit(f"{THANKS}/anteprima", words)
    assert preview.status_code == 200
    assert "Grazie, Ada P." in texts(parse(preview.text))
    assert db.session.query(SharedThanks).count() == 0
    for _ in range(2):
        assert client.submit(THANKS, words).status_code == 303
    made = db.session.scalars(select(SharedThanks)).one()
    assert (made.shown_name, made.shows_name, made.shows_hours) == ("Ada P.", True, True)
    assert (made.shows_projects, made.shows_places) == (True, True)
    assert f"/grazie/{made.key}" in client.get(THANKS).text
    # Changed choices keep the address that was given to friends.
    client.submit(THANKS, {"year": "2026", "name": ""})
    db.session.expire_all()
    changed = db.session.scalars(select(SharedThanks)).one()
    assert (changed.key, changed.shown_name, changed.shows_hours) == (made.key, None, False)


NO_NAMES = (
    "A" * 81, "www.esempio.it", "chiama 0522 000000", "<b>Ada</b>", "Ada@esempio", "Ada!", "..",
    "\u202eadA",
)  # fmt: skip


@pytest.mark.parametrize(
    "words", [{"year": "1999"}, {"year": ""}, *({"year": "2026", "name": n} for n in NO_NAMES)]
)
def test_what_cannot_be_shown_is_said_at_the_field(client, ada, words):
    give(ada, make_project(), 60)
    client.sign_in(ada)
    for path in (THANKS, f"{THANKS}/anteprima"):
        assert client.submit(path, words).status_code == 422
    assert db.session.query(SharedThanks).count() == 0


@pytest.mark.parametrize(
    "name", ["Ada", "Ada P.", "A. P. Prova", "Zoë D’Àrco-Šić", "Олена", "李雷"]
)
def test_name_is_written_as_people_are_called(client, ada, name):
    give(ada, make_project(), 60)
    client.sign_in(ada)
    assert client.submit(THANKS, {"year": "2026", "name": name}).status_code == 303
    made = db.session.scalars(select(SharedThanks)).one()
    assert f"Grazie, {name}" in texts(parse(client.get(f"/grazie/{made.key}").text))


def test_minor_shows_no_name_and_neither_does_who_is_unknown(client):
    minor, unknown = make_user(), make_user()
    make_enrolment(minor, born_on=date(2010, 1, 1))
    for person in (minor, unknown):
        with pytest.raises(RuleBrokenError):
            share(person, shown_name="Nino")
        key = share(person, shows_hours=True)
        assert client.get(f"/grazie/{key}").status_code == 200
    give(minor, make_project(), 60)
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
        shift = make_shift(capacity=3, project=project, in_hours=-24 * (number + 1))
        come(ada, shift)
        come(make_user(), shift)
    with counted_sql() as many:
        client.get(YEAR)
    assert len(few) == len(many) <= 10
    end_thanks(actor=actor_of(ada))
    key = share(ada, shown_name="Ada", shows_hours=True, shows_projects=True, shows_places=True)
    with counted_sql() as edited:
        client.get(THANKS)
    assert len(edited) <= 10
    client.sign_out()
    with counted_sql() as shared:
        client.get(f"/grazie/{key}")
    assert len(shared) <= 10
