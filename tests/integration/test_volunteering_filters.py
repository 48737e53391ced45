"""Serve aiuto: the filters, the week, the files, projects without shifts, the pages."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from werkzeug.datastructures import MultiDict

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.sign_ups import SignUpState
from portal.territory.queries import list_districts
from portal.volunteering.models import HoursEntry, ProjectDistrict
from portal.volunteering.queries import ShiftFilters, count_without_each, list_shifts
from portal.volunteering.shift_filters import FilterName, read_filters, read_query
from portal.volunteering.states import (
    DayPart,
    HoursSource,
    HoursState,
    Presence,
    PresenceSource,
    ProjectState,
    Sector,
    ShiftState,
    Skill,
    TimeKind,
    Weekday,
)
from tests.client import parse, texts
from tests.factories.people import make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up
from tests.sql_counter import counted_sql

LIST, WEEK = "/volontariato/", "/volontariato/settimana"
MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""At ten in the morning in the city."""
EVERYTHING = ShiftFilters(
    text="orto scuola",
    sectors=frozenset(Sector),
    district_code="b",
    weekdays=frozenset(Weekday),
    day_parts=frozenset(DayPart),
    skills=frozenset(Skill),
    time_kinds=frozenset(TimeKind),
    until_on=date(2026, 12, 24),
    is_takeable=True,
)


@pytest.fixture
def on_monday():
    with frozen(MONDAY):
        yield


def document_of(client, path, **query):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 200
    return parse(answer.get_data(as_text=True))


def by_id(document, name):
    return next(e for e in document.iter() if e.get("id") == name)


def ids_on(document):
    return [int(e.get("data-id")) for e in document.iter("article") if e.get("data-id")]


# Words of the address


def test_address_says_the_filters_and_is_read_back():
    read = read_query(EVERYTHING.query, district_codes={"b"})
    assert read == EVERYTHING
    assert read.query == EVERYTHING.query
    assert EVERYTHING.query.startswith("q=orto+scuola&giorno=mon&giorno=tue")
    assert EVERYTHING.count == len(FilterName)
    assert len(EVERYTHING.query) <= 1_000
    assert ShiftFilters().query == ""
    assert "posso" not in EVERYTHING.for_mail.query


@pytest.mark.parametrize(
    "query",
    [
        {"fino": "2026-13-01"},
        {"fino": "domani"},
        {"fino": "٢٠٢٦-١٢-٠١"},
        {"giorno": "never", "parte": "notte", "settore": "x", "capacita": "y", "tempo": "z"},
        {"ambito": "zz"},
        {"posso": "si"},
        {"q": "  \0 "},
    ],
)
def test_what_nobody_knows_is_ignored(query):
    found = read_filters(MultiDict(query), district_codes={"b"}, is_signed_in=True)
    assert found == ShiftFilters()


def test_visitor_has_nothing_of_their_own_to_take():
    query = MultiDict({"posso": "1"})
    assert not read_filters(query, district_codes=(), is_signed_in=False).is_takeable
    assert read_filters(query, district_codes=(), is_signed_in=True).is_takeable


# The list


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"capacita": "gardening"}, {"verde"}),
        ({"capacita": ["gardening", "teaching"]}, {"verde", "libri"}),
        ({"capacita": "driving"}, set()),
        ({"tempo": "shifts"}, {"verde"}),
        ({"tempo": ["shifts", "flexible"]}, {"verde", "libri"}),
        ({"fino": "2026-12-01"}, {"verde"}),
        ({"fino": "2026-12-05"}, {"verde", "libri"}),
        ({"fino": "2026-11-30"}, set()),
        ({"ambito": "e"}, {"verde"}),
        ({"ambito": "d"}, {"verde"}),  # a further district
        ({"capacita": "gardening", "ambito": "b"}, set()),
        ({"posso": "1"}, {"verde", "libri"}),  # of a visitor nothing is known
    ],
)
def test_filters_narrow_the_list(client, on_monday, query, found):
    green = make_project(title="Siepi", district_code="e")
    books = make_project(title="Scaffali", sector=Sector.LIBRARY, district_code="b")
    green.skills, books.skills = [Skill.GARDENING, Skill.MANUAL], [Skill.TEACHING]
    books.time_kind, books.starts_on, books.ends_on = TimeKind.FLEXIBLE, date(2026, 1, 1), None
    books.ends_on = date(2027, 1, 1)
    further = next(d for d in list_districts() if d.code == "d")
    db.session.add(ProjectDistrict(project_id=green.id, district_id=further.id))
    db.session.commit()
    shifts = {
        make_shift(project=green, in_hours=25).id: "verde",
        # On Saturday at the last minute of the day.
        make_shift(project=books, starts_at=datetime(2026, 12, 5, 22, 59, tzinfo=UTC)).id: "libri",
    }
    assert {shifts[i] for i in ids_on(document_of(client, LIST, **query))} == found


def test_person_sees_only_what_they_can_take(client, on_monday):
    user = make_user()
    mine, other = make_shift(in_hours=30), make_shift(in_hours=90)
    make_sign_up(mine, user)
    make_shift(project=make_project(requires_enrolment=True), in_hours=60)
    client.sign_in(user)
    page = document_of(client, LIST)
    assert len(ids_on(page)) == 3
    assert "Solo quelli che posso prendere" in texts(by_id(page, "results"))
    only = document_of(client, LIST, posso="1")
    assert ids_on(only) == [other.id]
    assert by_id(only, "results").get("data-total") == "1"


def test_what_an_empty_list_would_hold_is_counted_by_one_statement(database, on_monday):
    make_shift(project=make_project(title="Siepi", sector=Sector.GREEN), in_hours=25)
    filters = ShiftFilters(
        text="siepi", sectors=frozenset({Sector.MUSEUM}), weekdays=frozenset({Weekday.TUE})
    )
    with counted_sql() as statements:
        counts = count_without_each(filters)
    assert len(statements) == 1
    assert counts.total == 1
    assert counts.without == {
        FilterName.TEXT: 0,
        FilterName.WEEKDAYS: 0,
        FilterName.SECTORS: 1,
    }
    assert counts.helping == {FilterName.SECTORS}


def test_every_filter_can_be_left_out_of_the_count(database, on_monday):
    make_shift()
    assert set(count_without_each(EVERYTHING).without) == set(FilterName)


def test_empty_list_offers_the_alert(client, on_monday):
    make_shift()
    client.sign_in(make_user())
    page = by_id(document_of(client, LIST, q="zzz"), "results")
    assert "Avvisami se ne arriva uno" in texts(page)
    assert any(f.get("action") == "/volontariato/avvisami" for f in page.iter("form"))


def test_empty_and_further_pages_keep_the_budget(client, on_monday):
    project = make_project()
    for hours in range(45):
        make_shift(project=project, in_hours=24 + hours)
    for path in ("?q=zzz&settore=museum&ambito=b", "?pagina=2", "?pagine=3", "?pagina=99"):
        with counted_sql() as statements:
            client.get(LIST + path)
        assert len(statements) <= 6, path


def test_next_page_takes_the_place_of_its_link(client, on_monday):
    project = make_project()
    shifts = [make_shift(project=project, in_hours=1 + hours).id for hours in range(45)]
    first = document_of(client, LIST, settore="green")
    link = next(by_id(first, "altri-turni").iter("a"))
    assert texts(link) == "Mostra altri 20 turni"
    assert link.get("href") == link.get("hx-get") == f"{LIST}?settore=green&pagina=2"
    assert link.get("hx-select") == "#pagina-2"
    assert link.get("hx-replace-url") == f"{LIST}?settore=green&pagine=2"
    second = document_of(client, LIST, settore="green", pagina="2")
    part = by_id(second, "pagina-2")
    assert ids_on(part) == shifts[20:40]
    focused = [e for e in part.iter() if e.get("data-focus") is not None]
    assert ids_on(focused[0]) == [shifts[20]]
    assert len(focused) == 1
    assert part.get("data-announce") == "20 turni in più"
    assert texts(by_id(second, "altri-turni")) == "Mostra altri 5 turni"
    both = document_of(client, LIST, settore="green", pagine="2")
    assert ids_on(both) == shifts[:40]
    assert (
        next(by_id(both, "altri-turni").iter("a")).get("href").endswith("?settore=green&pagina=3")
    )
    last = document_of(client, LIST, pagine="99")
    assert ids_on(last) == shifts
    assert all(e.get("id") != "altri-turni" for e in last.iter())


def test_day_that_goes_on_says_so(client, on_monday):
    project = make_project()
    for minutes in range(25):
        make_shift(project=project, in_hours=24 + minutes / 60)
    days = [texts(e) for e in document_of(client, LIST, pagina="2").iter("h2")]
    assert "Martedì 1 dicembre continua" in days
    assert list_shifts(ShiftFilters(), page=2).follows_day == date(2026, 12, 1)
    assert list_shifts(ShiftFilters(), page=1).follows_day is None
    assert len(list_shifts(ShiftFilters(), page=2, from_first=True).rows) == 25


# Projects without shifts


def make_open(**traits):
    project = make_project(title=traits.pop("title", "Racconti al telefono"))
    project.time_kind = TimeKind.OPEN_ENDED
    for name, value in traits.items():
        setattr(project, name, value)
    db.session.commit()
    return project


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, True),
        ({"q": "racconti"}, True),
        ({"q": "zzz"}, False),
        ({"giorno": "sat", "parte": "sera"}, True),  # one comes when one likes
        ({"settore": "museum"}, False),
        ({"tempo": "shifts"}, False),
        ({"tempo": "open_ended"}, True),
        ({"tempo": "flexible"}, False),
        ({"fino": "2026-12-01"}, True),
        ({"pagina": "2"}, True),  # there is one page only
    ],
)
def test_projects_without_shifts_have_their_own_section(client, on_monday, query, found):
    project = make_open(people_wanted=5)
    make_shift(project=make_project(title="Siepi"))
    page = document_of(client, LIST, **query)
    shown = [e.get("data-project") for e in page.iter("article") if e.get("data-project")]
    assert shown == ([str(project.id)] if found else [])
    if found:
        assert "Quando puoi tu" in texts(page)
        assert "Si cercano 5 persone" in texts(page)


def test_projects_that_are_over_or_closed_are_not_listed(client, on_monday):
    make_open(title="Finito", ends_on=date(2026, 11, 29))
    make_open(title="Chiuso", state=ProjectState.CLOSED, closed_reason="Basta così.")
    make_open(title="Bozza", state=ProjectState.DRAFT)
    make_open(title="Ultimo giorno", ends_on=date(2026, 11, 30))
    shown = [e for e in document_of(client, LIST).iter("article") if e.get("data-project")]
    assert [texts(next(e.iter("h3"))) for e in shown] == ["Ultimo giorno"]


# The week


def test_week_has_seven_days_with_their_shifts(client, on_monday):
    project = make_project(title="Siepi")
    today, sunday = (
        make_shift(project=project, in_hours=3),
        make_shift(project=project, starts_at=datetime(2026, 12, 6, 22, 30, tzinfo=UTC)),
    )
    after = make_shift(project=project, starts_at=datetime(2026, 12, 6, 23, 30, tzinfo=UTC))
    page = document_of(client, WEEK)
    days = [e for e in page.iter("h3") if e.get("class") == "day"]
    assert [texts(e) for e in days][:2] == ["Lun 30 nov oggi", "Mar 1 dic"]
    assert len(days) == 7
    assert ids_on(page) == [today.id, sunday.id]
    assert by_id(page, "week-results").get("data-total") == "2"
    assert "Da lunedì 30 novembre a domenica 6 dicembre" in texts(page)
    links = {e.get("rel"): e.get("href") for e in page.iter("a") if e.get("rel")}
    assert links["next"] == f"{WEEK}?dal=2026-12-07"
    assert "prev" not in links
    following = document_of(client, WEEK, dal="2026-12-09", settore="green")
    assert ids_on(following) == [after.id]
    links = {e.get("rel"): e.get("href") for e in following.iter("a") if e.get("rel")}
    assert links["prev"] == f"{WEEK}?dal=2026-11-30&settore=green" or (
        links["prev"] == f"{WEEK}?settore=green&dal=2026-11-30"
    )


def test_week_begins_today(client):
    with frozen(datetime(2026, 12, 4, 9, 0, tzinfo=UTC)):
        shift = make_shift(in_hours=3)
        page = document_of(client, WEEK)
    days = [texts(e) for e in page.iter("h3") if e.get("class") == "day"]
    assert days == ["Ven 4 dic oggi", "Sab 5 dic", "Dom 6 dic"]
    assert ids_on(page) == [shift.id]


@pytest.mark.parametrize("day", ["1999-01-01", "9999-12-31", "domani", "2026-02-30", ""])
def test_week_bears_any_day(client, on_monday, day):
    assert client.get(WEEK, query_string={"dal": day}).status_code == 200


def test_week_costs_the_same_with_one_shift_and_with_thirty(client, on_monday):
    project = make_project()
    make_shift(project=project)
    with counted_sql() as few:
        client.get(WEEK)
    for hours in range(30):
        make_shift(project=project, in_hours=24 + hours)
    with counted_sql() as many:
        client.get(WEEK)
    assert len(few) == len(many) <= 6


def test_htmx_gets_the_week_alone(client, on_monday):
    answer = client.get(WEEK, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert answer.text.lstrip().startswith('<section id="week-results"')


# Files


def test_files_hold_the_list_with_its_filters_and_no_names(client, on_monday):
    user = make_user(name="Ada Prova")
    project = make_project(title="=1+1", sector=Sector.GREEN)
    shift = make_shift(project=project, in_hours=24, capacity=3)
    make_sign_up(shift, user)
    make_shift(project=make_project(title="Scaffali", sector=Sector.LIBRARY))
    answer = client.get("/volontariato/turni.csv", query_string={"settore": "green"})
    header, row = csv.reader(StringIO(answer.get_data(as_text=True).lstrip("\ufeff")))
    found = dict(zip(header, row, strict=True))
    assert found["titolo"] == "'=1+1"
    assert (found["posti"], found["posti_liberi"]) == ("3", "2")
    assert found["inizio"] == "2026-12-01T09:00:00+00:00"
    rows = json.loads(client.get("/volontariato/turni.json?settore=green").text)["turni"]
    assert [row["id"] for row in rows] == [shift.id]
    for text in (answer.text, json.dumps(rows)):
        assert "Ada" not in text
        assert "Tea Tutora" not in text
    client.sign_in(user)
    mine = client.get("/volontariato/turni.csv?posso=1").get_data(as_text=True)
    assert "Scaffali" in mine
    assert "=1+1" not in mine


# The pages of a shift and of a project


def test_shift_says_what_one_does_learns_and_has_to_know(client, on_monday):
    project = make_project(title="Siepi")
    project.tasks, project.you_learn = "Poti le siepi\n\n Pulisci <b>\n", "A potare."
    project.youngest_age, project.requires_insurance = 16, True
    shift = make_shift(project=project, hours=3)
    shift.note = "Si entra dal cancello."
    db.session.commit()
    page = document_of(client, f"/volontariato/turni/{shift.id}")
    said = texts(page)
    tasks = [texts(e) for e in page.iter("li")]
    assert "Poti le siepi" in tasks
    assert "Pulisci <b>" in tasks
    for words in (
        "A potare.",
        "Questa volta Si entra dal cancello.",
        "Dai 16 anni. Chi ha meno di 18 anni",
        "L’assicurazione ti copre",
        "Le tue 3 ore entrano nell’attestato",
        "Aggiungi al calendario",
        "Puoi lasciare il posto",
    ):
        assert words in said.replace("volta", "volta ").replace("  ", " "), words


def test_cancelled_shift_says_why(client, on_monday):
    shift = make_shift()
    shift.state, shift.cancelled_reason = ShiftState.CANCELLED, "Il centro è chiuso per lavori."
    db.session.commit()
    said = texts(document_of(client, f"/volontariato/turni/{shift.id}"))
    assert "Il centro è chiuso per lavori." in said
    assert "Puoi lasciare il posto" not in said


def test_closed_project_says_thanks_and_what_came_of_it(client, on_monday):
    project, tutor, ada, ugo = make_project(), make_user(), make_user(), make_user()
    with frozen(MONDAY - timedelta(days=9)):
        shift = make_shift(project=project, in_hours=24, capacity=5)
        nobody_came = make_shift(project=project, in_hours=48)
        sign_up = make_sign_up(shift, ada)
        make_sign_up(shift, make_user())
        make_sign_up(nobody_came, make_user(), SignUpState.LEFT)
    sign_up.presence, sign_up.presence_at = Presence.PRESENT, MONDAY
    sign_up.presence_source = PresenceSource.TUTOR
    for person, minutes, state in (
        (ada, 150, HoursState.VERIFIED),
        (ugo, 60, HoursState.VERIFIED),
        (tutor, 600, HoursState.TO_VERIFY),
    ):
        is_verified = state is HoursState.VERIFIED
        db.session.add(
            HoursEntry(
                user_id=person.id,
                project_id=project.id,
                worked_on=date(2026, 11, 22),
                minutes=minutes,
                source=HoursSource.DECLARED,
                state=state,
                verified_at=MONDAY if is_verified else None,
                verified_by_id=tutor.id if is_verified else None,
            )
        )
    project.state, project.closed_reason = ProjectState.CLOSED, "La scuola è finita."
    db.session.commit()
    page = document_of(client, f"/volontariato/progetti/{project.slug}")
    said = texts(page)
    assert "Questo progetto è finito: grazie" in said
    assert "La scuola è finita." in said
    figures = {
        texts(e.find("dt")): texts(e.find("dd"))
        for e in page.iter("div")
        if e.find("dt") is not None
    }
    assert figures["persone hanno partecipato"] == "2"
    assert figures["turno svolto"] == "1"
    assert figures["ore verificate"] == "3"


def test_open_project_says_when_one_can_come_and_what_helps(client, on_monday):
    project = make_open(ends_on=date(2027, 6, 30), starts_on=date(2026, 9, 1), group_cap=20)
    project.time_kind, project.skills = TimeKind.FLEXIBLE, [Skill.ELDERLY, Skill.DRIVING]
    db.session.commit()
    said = texts(document_of(client, f"/volontariato/progetti/{project.slug}"))
    assert "Quando puoi, fino al 30 giugno 2027" in said
    assert "stare con persone anziane, guida" in said
    assert "di al massimo 20 persone" in said
    assert "Prossimi turni" not in said
