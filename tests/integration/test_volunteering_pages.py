"""The pages of R+ as a visitor and a citizen meet them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import from_local, frozen, utc_now
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import SignUp
from portal.volunteering.states import EnrolmentState, Sector, ShiftState
from tests.client import parse, texts
from tests.factories.people import make_user
from tests.factories.volunteering import (
    make_enrolment,
    make_programme,
    make_project,
    make_shift,
    make_sign_up,
)
from tests.sql_counter import counted_sql

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
LIST = "/volontariato/"


def shift_path(shift, step=""):
    return f"/volontariato/turni/{shift.id}{step}"


def ids_on(page):
    document = parse(page.get_data(as_text=True))
    return [int(e.get("data-id")) for e in document.iter("article") if e.get("data-id")]


def results(page):
    document = parse(page.get_data(as_text=True))
    return next(e for e in document.iter() if e.get("id") == "results")


def reason_on(page):
    document = parse(page.get_data(as_text=True))
    bar = next(e for e in document.iter("aside") if e.get("id") == "shift-action")
    return next((e.get("data-reason") for e in bar.iter() if e.get("data-reason")), None)


def signed_in(client, **traits):
    user = make_user(**traits)
    client.sign_in(user)
    return user


# The list


def test_list_shows_what_is_to_come_soonest_first(client):
    later, soon = make_shift(in_hours=50), make_shift(in_hours=5)
    make_shift(in_hours=-5)
    cancelled = make_shift(in_hours=8)
    cancelled.state, cancelled.cancelled_reason = ShiftState.CANCELLED, "Piove."
    db.session.commit()
    page = client.get(LIST)
    assert ids_on(page) == [soon.id, later.id]
    assert results(page).get("data-total") == "2"


def test_list_says_how_many_people_are_missing_in_number(client):
    make_shift(capacity=1)
    make_shift(capacity=3)
    full = make_shift(capacity=1, waiting_capacity=4)
    make_sign_up(full)
    make_sign_up(full, state=SignUpState.WAITING)
    said = texts(results(client.get(LIST)))
    for words in ("Manca 1 persona", "Mancano 3 persone", "Completo", "1 persona in attesa"):
        assert words in said


def test_list_has_a_heading_a_day(client):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        make_shift(in_hours=26)
        make_shift(in_hours=28)
        make_shift(in_hours=72)
        document = parse(client.get(LIST).get_data(as_text=True))
    headings = [texts(e) for e in document.iter("h2") if e.get("class") == "day"]
    assert headings == ["Martedì 1 dicembre domani", "Giovedì 3 dicembre"]


def test_day_of_a_shift_just_after_midnight_is_the_city_s(client):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        make_shift(starts_at=from_local(datetime(2026, 12, 2, 0, 30)))  # noqa: DTZ001 - wall clock of the city
        document = parse(client.get(LIST).get_data(as_text=True))
        assert "Mercoledì 2 dicembre" in texts(document)
        wednesday = client.get(LIST, query_string={"giorno": "wed"})
        tuesday = client.get(LIST, query_string={"giorno": "tue"})
    assert results(wednesday).get("data-total") == "1"
    assert results(tuesday).get("data-total") == "0"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"settore": "green"}, {"verde"}),
        ({"settore": ["green", "library"]}, {"verde", "libri"}),
        ({"ambito": "b"}, {"libri"}),
        ({"parte": "mattina"}, {"verde"}),
        ({"parte": ["mattina", "sera"]}, {"verde", "libri"}),
        ({"giorno": "sat"}, {"libri"}),
        ({"q": "scaffale"}, {"libri"}),
        ({"q": "scaff"}, {"libri"}),
        ({"q": "siepi", "giorno": "sat"}, set()),
        ({"settore": "nonsense", "giorno": "never", "parte": "notte", "ambito": "zz"}, None),
        ({"pagina": "999"}, None),
        ({"pagina": "-1", "altro": "x"}, None),
        ({"q": "' & | ! ( <b>"}, {"verde"}),  # "bulbi" begins so
    ],
)
def test_filters_narrow_the_list(client, query, found):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        green = make_project(title="Siepi e bulbi", sector=Sector.GREEN, district_code="e")
        books = make_project(title="Gli scaffali", sector=Sector.LIBRARY, district_code="b")
        shifts = {
            "verde": make_shift(project=green, in_hours=25),  # Tuesday, 11 in the city
            "libri": make_shift(project=books, in_hours=24 * 5 + 10),  # Saturday, 20 in the city
        }
        page = client.get(LIST, query_string=query)
    names = {name for name, shift in shifts.items() if shift.id in ids_on(page)}
    assert page.status_code == 200
    assert names == (set(shifts) if found is None else found)


def test_htmx_gets_the_results_alone(client):
    make_shift()
    page = client.get(LIST, headers=HTMX)
    html = page.get_data(as_text=True)
    assert html.lstrip().startswith('<section id="results"')
    assert "<main" not in html
    assert "HX-Request" in page.headers["Vary"]


def test_empty_list_says_what_to_change(client):
    for title in ("Siepi", "Siepi e bulbi"):
        make_shift(project=make_project(title=title, sector=Sector.GREEN))
    page = client.get(LIST, query_string={"q": "siepi", "settore": "museum"})
    assert results(page).get("data-total") == "0"
    said = texts(results(page))
    assert "È un filtro solo a svuotare l’elenco. Senza quello: Senza musei2 turni" in said
    assert "Senza “siepi”" not in said
    assert "Tutti i turni2 turni" in said
    both = texts(results(client.get(LIST, query_string={"q": "bulbi", "ambito": "b"})))
    assert "Senza Ambito B" in both
    assert "Senza “bulbi”" not in both
    neither = texts(results(client.get(LIST, query_string={"q": "zzz", "settore": "museum"})))
    assert "togliere un filtro solo non basta" in neither


def test_list_without_any_shift_leads_to_the_register(client):
    assert "/volontariato/iscrizione" in client.get(LIST).get_data(as_text=True)


def test_pages_follow_each_other(client):
    project = make_project()
    shifts = [make_shift(project=project, in_hours=5 + i) for i in range(23)]
    first, second = client.get(LIST), client.get(LIST, query_string={"pagina": "2"})
    assert ids_on(first) == [s.id for s in shifts[:20]]
    assert ids_on(second) == [s.id for s in shifts[20:]]


def test_list_costs_the_same_with_three_rows_and_with_twenty(client):
    project = make_project()
    for _ in range(3):
        make_shift(project=project)
    with counted_sql() as few:
        client.get(LIST)
    for i in range(30):
        make_shift(project=make_project() if i < 3 else project)
    with counted_sql() as many:
        client.get(LIST)
    assert len(few) == len(many) <= 6


def test_list_costs_the_same_for_who_is_signed_in(client):
    user = signed_in(client)
    project = make_project(requires_enrolment=True)
    make_sign_up(make_shift(project=project), user)
    with counted_sql() as few:
        client.get(LIST)
    for i in range(20):
        make_sign_up(make_shift(project=project, in_hours=60 + 3 * i), user)
    with counted_sql() as many:
        client.get(LIST)
    assert len(few) == len(many) <= 9


def test_project_page_costs_the_same_with_one_shift_and_with_twenty(client):
    signed_in(client)
    project = make_project()
    make_shift(project=project)
    path = f"/volontariato/progetti/{project.slug}"
    with counted_sql() as few:
        client.get(path)
    for i in range(25):
        make_shift(project=project, in_hours=60 + i)
    with counted_sql() as many:
        client.get(path)
    assert len(few) == len(many) <= 10


def test_detail_keeps_within_its_budget(client):
    shift = make_shift()
    with counted_sql() as visitor:
        client.get(shift_path(shift))
    signed_in(client)
    with counted_sql() as citizen:
        client.get(shift_path(shift))
    assert len(visitor) <= 4
    assert len(citizen) <= 10


# One shift


def test_visitor_sees_everything_but_names_and_is_led_to_sign_in_and_back(client):
    shift = make_shift()
    page = client.get(shift_path(shift))
    html = page.get_data(as_text=True)
    assert "via delle Prove 1" in html
    assert "Mancano 3 persone" in html
    assert "Tea Tutora" not in html
    assert reason_on(page) == "not_signed_in"
    assert f"/accedi?next=/volontariato/turni/{shift.id}" in html
    assert "Set-Cookie" not in page.headers


def test_list_and_project_set_no_cookie_for_visitors(client):
    project = make_project()
    make_shift(project=project)
    for path in (LIST, f"/volontariato/progetti/{project.slug}", "/volontariato/iscrizione"):
        page = client.get(path)
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers
        assert "Tea Tutora" not in page.get_data(as_text=True)


def test_citizen_sees_who_the_tutor_is(client):
    shift = make_shift()
    signed_in(client)
    assert "Ti accoglie Tea Tutora" in client.get(shift_path(shift)).get_data(as_text=True)


def test_names_are_shown_as_they_are_written(client):
    title = '+Siepi "e" <b>bulbi</b> & co. ' + "x" * 110
    project = make_project(title=title, tutor_name="-Àda O’Prova")
    shift = make_shift(project=project)
    signed_in(client)
    document = parse(client.get(shift_path(shift)).get_data(as_text=True))
    assert texts(next(document.iter("h1"))) == title
    assert "-Àda O’Prova" in texts(document)


@pytest.mark.parametrize(
    "path",
    [
        "/volontariato/turni/99",
        "/volontariato/turni/9223372036854775808",
        "/volontariato/turni/99999999999999999999999",
        "/volontariato/turni/x",
        "/volontariato/progetti/nessuno",
        "/volontariato/progetti/%00",
    ],
)
def test_what_is_not_there_is_404(client, path):
    assert client.get(path).status_code == 404


def test_unknown_shift_cannot_be_taken(client):
    signed_in(client)
    assert client.submit("/volontariato/turni/99/partecipo").status_code == 404
    assert client.submit("/volontariato/turni/99999999999999999999/lascio").status_code == 404


def test_button_takes_the_place_and_leads_back(client):
    shift, user = make_shift(), signed_in(client)
    answer = client.submit(shift_path(shift, "/partecipo"))
    assert (answer.status_code, answer.headers["Location"]) == (303, shift_path(shift))
    page = client.get(shift_path(shift))
    assert reason_on(page) == "already_signed_up"
    assert "Il tuo posto è confermato" in page.get_data(as_text=True)
    assert db.session.scalar(select(SignUp.state).where(SignUp.user_id == user.id)) == "confirmed"


def test_second_tap_answers_like_the_first(client):
    shift = make_shift()
    signed_in(client)
    answers = [client.submit(shift_path(shift, "/partecipo")) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert len(list(db.session.scalars(select(SignUp.id)))) == 1
    assert len(list(db.session.scalars(select(MailMessage.id)))) == 1


def test_htmx_gets_the_changed_action_alone(client):
    shift = make_shift(capacity=1)
    signed_in(client)
    answer = client.submit(shift_path(shift, "/partecipo"), headers=HTMX)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert html.lstrip().startswith("<aside")
    assert 'id="shift-action"' in html
    assert 'data-announce="Il tuo posto è confermato"' in html
    assert "Completo" in html
    left = client.submit(shift_path(shift, "/lascio"), headers=HTMX)
    assert "Manca 1 persona" in left.get_data(as_text=True)


def test_full_shift_offers_the_waiting_list_with_the_position(client):
    shift = make_shift(capacity=1, waiting_capacity=5)
    make_sign_up(shift)
    make_sign_up(shift, state=SignUpState.WAITING)
    signed_in(client)
    html = client.get(shift_path(shift)).get_data(as_text=True)
    assert "Mi metto in lista" in html
    assert "Saresti al numero 2 della lista" in html
    client.submit(shift_path(shift, "/partecipo"))
    assert "Sei al numero 2 della lista d’attesa" in client.get(shift_path(shift)).get_data(
        as_text=True
    )


def test_refusal_is_a_page_with_its_reason(client):
    shift = make_shift(capacity=1, waiting_capacity=0)
    make_sign_up(shift)
    signed_in(client)
    answer = client.submit(shift_path(shift, "/partecipo"))
    assert answer.status_code == 409
    assert reason_on(answer) == "full_waiting_list_full"
    partial = client.submit(shift_path(shift, "/partecipo"), headers=HTMX)
    assert partial.status_code == 409
    assert 'data-reason="full_waiting_list_full"' in partial.get_data(as_text=True)


def set_scene(reason, user):
    if reason == "not_open_yet":
        return make_shift(opens_at=utc_now() + timedelta(hours=1))
    if reason == "closed":
        return make_shift(closes_at=utc_now() - timedelta(hours=1))
    if reason == "in_the_past":
        return make_shift(in_hours=-1)
    shift = make_shift(capacity=1, waiting_capacity=0)
    if reason == "shift_cancelled":
        shift.state, shift.cancelled_reason = ShiftState.CANCELLED, "Piove."
        db.session.commit()
    elif reason == "full_waiting_list_full":
        make_sign_up(shift)
    elif reason == "already_signed_up":
        make_sign_up(shift, user)
    elif reason == "overlaps":
        make_sign_up(make_shift(project=make_project(title="Turno di prima")), user)
    else:
        if reason == "enrolment_pending":
            make_enrolment(user, EnrolmentState.SUBMITTED)
        return make_shift(project=make_project(requires_enrolment=True))
    return shift


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("not_open_yet", "Si apre"),
        ("closed", "Iscrizioni chiuse"),
        ("in_the_past", "è già iniziato"),
        ("shift_cancelled", "è stato annullato"),
        ("full_waiting_list_full", "Tutti i posti sono presi"),
        ("already_signed_up", "Il tuo posto è confermato"),
        ("overlaps", "Si sovrappone a un tuo impegno"),
        ("not_enrolled", "Prima iscriviti al registro"),
        ("enrolment_pending", "è in esame"),
    ],
)
def test_every_reason_has_its_sentence_and_a_way_on(client, reason, words):
    shift = set_scene(reason, signed_in(client))
    page = client.get(shift_path(shift))
    html = page.get_data(as_text=True)
    assert reason_on(page) == reason
    assert words in html
    assert (reason == "overlaps") == ("Turno di prima" in html)
    if reason not in ("in_the_past", "shift_cancelled"):
        assert f'data-reason="{reason}"' in client.get(LIST).get_data(as_text=True)


def test_leaving_by_button_says_so(client):
    shift, user = make_shift(), signed_in(client)
    make_sign_up(shift, user)
    answer = client.submit(shift_path(shift, "/lascio"))
    assert answer.status_code == 303
    html = client.get(shift_path(shift)).get_data(as_text=True)
    assert "Hai lasciato il posto" in html
    assert "Partecipo" in html


def test_leaving_a_started_shift_is_refused_with_a_sentence(client):
    shift, user = make_shift(in_hours=-1), signed_in(client)
    make_sign_up(shift, user)
    answer = client.submit(shift_path(shift, "/lascio"))
    assert answer.status_code == 409
    assert "Il turno è già iniziato" in answer.get_data(as_text=True)


def test_visitor_cannot_take_a_place(client):
    shift = make_shift()
    answer = client.submit(shift_path(shift, "/partecipo"))
    assert answer.status_code in (302, 303)
    assert "/accedi" in answer.headers["Location"]
    assert list(db.session.scalars(select(SignUp.id))) == []


def test_htmx_without_account_is_sent_to_sign_in_as_a_page(client):
    shift = make_shift()
    answer = client.submit(shift_path(shift, "/partecipo"), headers=HTMX)
    assert answer.status_code == 204
    assert "/accedi" in answer.headers["HX-Redirect"]


def test_button_without_token_is_refused(client):
    shift = make_shift()
    signed_in(client)
    assert client.post(shift_path(shift, "/partecipo")).status_code == 400


def test_address_of_a_button_opened_by_hand_leads_to_the_shift(client):
    shift = make_shift()
    answer = client.get(shift_path(shift, "/partecipo"))
    assert (answer.status_code, answer.headers["Location"]) == (303, shift_path(shift))


def test_project_shows_its_own_shifts(client):
    programme = make_programme()
    project, other = make_project(programme=programme), make_project(programme=programme)
    mine = make_shift(project=project)
    make_shift(project=other)
    page = client.get(f"/volontariato/progetti/{project.slug}")
    assert ids_on(page) == [mine.id]
    partial = client.get(f"/volontariato/progetti/{project.slug}", headers=HTMX)
    assert partial.get_data(as_text=True).lstrip().startswith('<div id="project-shifts"')


def test_pages_speak_english_too(client):
    make_shift(capacity=1)
    signed_in(client, locale="en")
    html = client.get(LIST).get_data(as_text=True)
    assert "1 person is missing" in html
    assert "Manca" not in html
