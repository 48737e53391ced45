"""The registry in numbers, the list of all entries, what the council is given."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from portal.core.clock import frozen, local_today
from portal.core.database import db
from portal.moderation.models import Case, Suspension
from portal.moderation.states import CaseKind, CaseState, SuspensionReason
from portal.permissions import Role
from portal.registry.models import RemovalNotice
from portal.registry.queries.figures import Period, load_figures
from portal.registry.states import AssociationState, RemovalCause, RuntsSection
from portal.territory.queries import list_municipalities
from tests.factories.people import make_user
from tests.factories.registry import make_association, tax_code_of
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
DESK, FIGURES, ENTRIES = "/gestione/", "/gestione/registro/", "/gestione/registro/elenco"


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


@pytest.fixture
def applicant(database):
    return make_user(name="Ivo Prova")


def make_request_case(clerk, applicant, *, received, days=None, pauses=(), state=None, due=30):
    """Store the case of a request; `days` after its receipt it ended (None: still open)."""
    number = db.session.query(Case).count() + 1
    is_ended = days is not None
    case = Case(
        kind=CaseKind.REGISTRY_REQUEST, subject_id=number, title=f"Caso {number}",
        applicant_id=applicant.id, received_on=received,
        due_on=received + timedelta(days=due),
        state=state or (CaseState.ACCEPTED if is_ended else CaseState.WAITING),
    )  # fmt: skip
    if case.state in (CaseState.IN_CHARGE, CaseState.SUSPENDED, CaseState.NOTICED):
        case.officer_id = clerk.id
    if is_ended:
        day = received + timedelta(days=days)
        case.decided_at = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        case.decided_by_id, case.reason, case.officer_id = clerk.id, "Va bene così.", clerk.id
    db.session.add(case)
    db.session.flush()
    for reason, first, length in pauses:
        starts = received + timedelta(days=first)
        db.session.add(
            Suspension(
                case_id=case.id, reason=reason, starts_on=starts,
                latest_end_on=starts + timedelta(days=30), asked="Manca lo statuto.",
                resumes_on=starts + timedelta(days=length) if length else None,
            )
        )  # fmt: skip
    db.session.commit()
    return case


def rows_of(answer):
    assert answer.mimetype == "text/csv"
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig"))))


def test_days_in_which_the_term_stood_still_do_not_count(clerk, applicant):
    received = date(2026, 3, 2)
    make_request_case(clerk, applicant, received=received, days=10)
    make_request_case(
        clerk, applicant, received=received, days=50,
        pauses=[(SuspensionReason.INTEGRATION, 5, 20), (SuspensionReason.REFUSAL_NOTICE, 30, 10)],
    )  # fmt: skip
    times = load_figures(YEAR).times
    assert (times.ended, times.mean_days, times.longest_days, times.late) == (2, 16.0, 22, 1)
    assert times.ninth_days == pytest.approx(20.8)


def test_a_pause_that_never_ended_counts_until_the_decision(clerk, applicant):
    make_request_case(
        clerk, applicant, received=date(2026, 3, 2), days=25,
        pauses=[(SuspensionReason.INTEGRATION, 5, None)],
    )  # fmt: skip
    assert load_figures(YEAR).times.longest_days == 5


def test_nine_in_ten_and_not_the_longest(clerk, applicant):
    for days in (*range(1, 11), 100):
        make_request_case(clerk, applicant, received=date(2026, 2, 2), days=days)
    times = load_figures(YEAR).times
    assert (times.ended, times.ninth_days, times.longest_days) == (11, 10.0, 100)


def test_a_request_counts_in_the_period_of_its_own_day(clerk, applicant):
    make_request_case(clerk, applicant, received=date(2025, 12, 20), days=20)
    # 23:30 UTC in summer is the next day in the city.
    case = make_request_case(clerk, applicant, received=date(2026, 6, 1), days=10)
    case.decided_at = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    db.session.commit()
    january = load_figures(Period(date(2026, 1, 1), date(2026, 1, 31)))
    assert (january.received, january.times.ended) == (0, 1)
    assert load_figures(Period(date(2026, 6, 1), date(2026, 6, 30))).times.ended == 0
    july = load_figures(Period(date(2026, 7, 1), date(2026, 7, 1))).times
    assert (july.ended, july.longest_days) == (1, 30)


def test_what_waits_today_is_counted_by_what_it_waits_for(clerk, applicant):
    today = local_today()
    make_request_case(clerk, applicant, received=today - timedelta(days=40))
    make_request_case(clerk, applicant, received=today)
    for state, reason in (
        (CaseState.SUSPENDED, SuspensionReason.INTEGRATION),
        (CaseState.NOTICED, SuspensionReason.REFUSAL_NOTICE),
    ):
        case = make_request_case(
            clerk, applicant, received=today - timedelta(days=40), state=state,
            pauses=[(reason, 5, None)],
        )  # fmt: skip
        case.noticed_on = today if state is CaseState.NOTICED else None
    association = make_association()
    db.session.add(
        RemovalNotice(
            association_id=association.id, cause=RemovalCause.STALE, reason="Nessuno risponde.",
            given_on=today, effective_on=today + timedelta(days=45),
        )
    )  # fmt: skip
    db.session.commit()
    figures = load_figures(YEAR)
    now = figures.now
    assert (now.requests_late, now.requests_suspended, now.requests_noticed) == (1, 1, 1)
    assert (now.removals, now.next_removal_on) == (1, today + timedelta(days=45))
    assert figures.requests[CaseState.WAITING] == 2


def test_freshness_is_of_enrolled_ones_and_by_the_rule(clerk):
    with frozen(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        for day in (date(2026, 11, 1), date(2025, 11, 10), date(2025, 10, 24), None):
            make_association(state=AssociationState.ENROLLED, profile_updated_on=day)
        make_association(profile_updated_on=date(2020, 1, 1))
        counts = load_figures(YEAR).freshness
    assert {str(state): number for state, number in counts.items()} == {
        "fresh": 1, "due": 1, "stale": 1, "unknown": 1,
    }  # fmt: skip


def test_page_and_file_say_the_same(client, clerk, applicant):
    make_association(state=AssociationState.ENROLLED)
    make_request_case(clerk, applicant, received=date(2026, 3, 2), days=7)
    page = client.get(f"{FIGURES}?dal=2026-01-01&al=2026-12-31").text
    assert 'value="2026-01-01"' in page
    assert "1 richiesta arrivata" in page
    assert "dal 1 gennaio 2026 al 31 dicembre 2026" in page
    answer = client.get("/gestione/registro/cifre.csv?dal=2026-01-01&al=2026-12-31")
    assert "registro-cifre-2026-01-01-2026-12-31.csv" in answer.headers["Content-Disposition"]
    header, *rows = rows_of(answer)
    assert header == ["Cifra", "Valore", "Che cosa conta"]
    values = {row[0]: row[1] for row in rows}
    assert (values["Associazioni iscritte"], values["Giorni in media"]) == ("1", "7")
    assert all(len(row) == 3 and row[2] for row in rows)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("dal=boh", "Scegli un giorno dal calendario."),
        ("dal=2026-13-45&al=%00", "Scegli un giorno dal calendario."),
        ("dal=2026-12-31&al=2026-01-01", "dal 1 gennaio 2026 al 31 dicembre 2026"),
        ("dal=0001-01-01&al=9999-12-31", "al 31 dicembre 9999"),
        ("al=0001-01-01", "al 1 gennaio 1990"),
        ("", "Non aggiornate"),
    ],
)
def test_any_period_is_a_page(client, clerk, query, words):
    answer = client.get(f"{FIGURES}?{query}")
    assert answer.status_code == 200
    assert words in answer.text
    assert client.get(f"/gestione/registro/cifre.csv?{query}").status_code == 200


def test_figures_need_few_queries_whatever_there_is(client, clerk, applicant):
    make_association()
    with counted_sql() as few:
        client.get(FIGURES)
    for number, place in enumerate(list_municipalities()[:12]):
        make_association(
            municipality_code=place.istat_code, state=AssociationState.ENROLLED,
            areas=("sport", "cultura"),
        )  # fmt: skip
        make_request_case(clerk, applicant, received=date(2026, 3, 2), days=number)
    with counted_sql() as many:
        client.get(FIGURES)
    assert len(few) == len(many) <= 12


def test_the_council_gets_enrolled_ones_without_personal_data(client, clerk):
    made = make_association(
        name="=1+1", state=AssociationState.ENROLLED, section=RuntsSection.APS, runts_number=12,
        legal_representative="Ada Segretissima", email="ada@example.org", phone="0522 999",
        certified_email="pec@example.org", officers=[{"name": "Bea Riservata", "role": "socia"}],
        areas=("sport", "cultura"), tax_code=tax_code_of(123_456),
    )  # fmt: skip
    make_representative(make_user(name="Carlo Nascosto"), made)
    make_association(name="Solo elencata")
    header, *rows = rows_of(client.get("/gestione/registro/consiglio.csv"))
    assert header[:3] == ["Nome", "Sigla", "Codice fiscale"]
    assert [row[0] for row in rows] == ["'=1+1"]
    assert rows[0][2] == tax_code_of(123_456)
    assert rows[0][8] == "Cultura e ricerca, Sport e tempo libero"
    by_place = rows_of(client.get("/gestione/registro/consiglio.csv?parte=comuni"))
    assert by_place[1] == ["Reggio nell'Emilia", "1", "1", "2"]
    by_area = rows_of(client.get("/gestione/registro/consiglio.csv?parte=aree"))
    assert ["Cultura e ricerca", "1", "0", "1"] in by_area
    assert len(by_area) == 13
    answer = client.get("/gestione/registro/consiglio.xlsx")
    book = load_workbook(BytesIO(answer.data))
    assert book.sheetnames == ["Iscritte", "Comuni", "Ambiti di attività"]
    cell = book["Iscritte"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    everything = answer.data + client.get("/gestione/registro/consiglio.csv").data
    texts = str([[c.value for c in row] for sheet in book for row in sheet]) + str(everything)
    for secret in ("Segretissima", "ada@", "0522 999", "pec@", "Riservata", "Nascosto"):
        assert secret not in texts


def test_entries_are_found_by_name_and_code_also_removed_ones(client, clerk):
    make_association(name="Circolo inventato")
    gone = make_association(
        name="Circolo sparito", slug="sparito", state=AssociationState.REMOVED,
        tax_code=tax_code_of(555_555),
    )  # fmt: skip
    for query, total in (
        ("", 2), ("q=circolo", 2), ("q=sparit", 1), (f"q={gone.tax_code[:6]}", 1),
        ("stato=cancellate", 1), ("stato=elencate&q=sparito", 0), ("stato=boh", 2),
        ("q=%25_%27%3B--", 0), ("stato=avvisate", 0), ("stato=da-confermare", 0),
        ("stato=iscritte", 0), ("pagina=99999", 2),
    ):  # fmt: skip
        answer = client.get(f"{ENTRIES}?{query}")
        assert answer.status_code == 200
        assert f'data-total="{total}"' in answer.text, query
    partial = client.get(f"{ENTRIES}?q=sparito", headers={"HX-Request": "true"})
    assert partial.text.lstrip().startswith('<div id="results"')
    page = client.get("/gestione/registro/associazioni/sparito").text
    assert "Cancellata il 1 giugno 2026" in page
    assert 'href="/registro/sparito"' not in page
    assert client.get("/gestione/registro/associazioni/nessuna").status_code == 404


def test_the_list_of_entries_needs_few_queries(client, clerk):
    for _number in range(3):
        make_association()
    with counted_sql() as few:
        client.get(ENTRIES)
    for _number in range(30):
        make_association()
    with counted_sql() as many:
        client.get(ENTRIES)
    assert len(few) == len(many) <= 6


def test_one_entry_is_a_page_of_few_queries(client, clerk):
    made = make_association(slug="una", state=AssociationState.ENROLLED)
    for _number in range(4):
        make_representative(make_user(), made)
    with counted_sql() as asked:
        page = client.get("/gestione/registro/associazioni/una").text
    assert len(asked) <= 12
    assert "Chi la rappresenta" in page


def test_the_desk_leads_to_what_one_may_do(client, database):
    for roles, shown, hidden in (
        ((Role.STAFF,), (ENTRIES, FIGURES, "/gestione/coda"), ("/gestione/persone",)),
        ((Role.ADMINISTRATOR,), ("/gestione/persone", FIGURES), ()),
        ((Role.ARCHITECT,), ("/gestione/coda",), (ENTRIES, FIGURES, "/gestione/persone")),
    ):
        district = 1 if Role.ARCHITECT in roles else None
        client.sign_in(make_user(roles=roles, district_id=district))
        page = client.get(DESK).text
        links = {address: f'href="{address}"' in page for address in (*shown, *hidden)}
        assert links == dict.fromkeys(shown, True) | dict.fromkeys(hidden, False)
        assert "Scrivania" in client.get("/").text
    client.sign_in(make_user())
    assert client.get(DESK).status_code == 403
    assert client.get(FIGURES).status_code == 403
