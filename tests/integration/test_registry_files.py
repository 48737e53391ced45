"""The public list as a file, with the parameters of the page."""

import csv
import json
from datetime import date
from io import StringIO

import pytest
from sqlalchemy import text

from portal.core.database import db
from portal.core.spreadsheet import restored
from portal.registry.queries import export
from portal.registry.states import AssociationKind, AssociationState, RuntsSection
from tests.factories.registry import make_association
from tests.integration.test_registry_pages import found
from tests.sql_counter import counted_sql

CORREGGIO = "035020"
HEADER = [
    *("codice_fiscale", "denominazione", "sigla", "codice_comune", "comune", "tipo", "sezione"),
    *("numero_runts", "aree", "sito", "email", "telefono", "indirizzo", "aggiornata_il"),
]


def as_csv(client, **query):
    response = client.get("/registro/elenco.csv", query_string=query)
    assert response.status_code == 200
    content = response.get_data().decode("utf-8")
    assert content.startswith("\ufeff")
    return list(csv.reader(StringIO(content.removeprefix("\ufeff"), newline="")))


def as_json(client, **query):
    response = client.get("/registro/elenco.json", query_string=query)
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    return json.loads(response.get_data())["associazioni"]


def make_told(**fields):
    """Store an association that told everything, in public and not."""
    return make_association(
        **{
            "name": "Coro dei prati",
            "acronym": "CDP",
            "state": AssociationState.ENROLLED,
            "kind": AssociationKind.APS,
            "section": RuntsSection.APS,
            "runts_number": 123,
            "areas": ("cultura", "sociale"),
            "website": "https://coro.example.org/",
            "email": "coro@example.org",
            "phone": "+39 0522 000000",
            "address": "via dei Prati 1",
            "profile_updated_on": date(2026, 11, 12),
            "certified_email": "segreta@pec.example.org",
            "legal_representative": "Fatima Segretissima",
            "officers": [{"name": "Ugo Segretissimo", "role": "tesoriere"}],
            **fields,
        }
    )


def test_a_row_holds_what_the_association_made_public(client):
    made = make_told()
    header, row = as_csv(client)
    assert header == HEADER
    assert row == [
        made.tax_code, "Coro dei prati", "CDP", "035033", "Reggio nell'Emilia", "aps", "aps",
        "123", "Cultura e ricerca; Sociale", "https://coro.example.org/", "coro@example.org",
        "'+39 0522 000000", "via dei Prati 1", "2026-11-12",
    ]  # fmt: skip
    (told,) = as_json(client)
    assert list(told) == HEADER
    assert told["aree"] == ["Cultura e ricerca", "Sociale"]
    assert told["telefono"] == "+39 0522 000000"
    assert told["numero_runts"] == 123


def test_what_is_not_public_stands_in_no_file(client):
    make_told()
    for name in ("elenco.csv", "elenco.json"):
        content = client.get(f"/registro/{name}").get_data(as_text=True)
        for secret in ("segreta@pec", "Segretissim", "tesoriere"):
            assert secret not in content


def test_what_is_unknown_stays_empty(client):
    made = make_association(name="Uno", municipality_code=None)
    assert as_csv(client)[1] == [made.tax_code, "Uno", *[""] * 3, "aps", *[""] * 8]
    (told,) = as_json(client)
    assert [told[name] for name in ("sigla", "comune", "sezione", "email")] == [None] * 4
    assert told["aree"] == []


@pytest.mark.parametrize("name", ["+ Insieme", "=1+1", "- Uno -", "@noi", "'=2"])
def test_names_that_a_spreadsheet_would_run_come_back_whole(client, name):
    make_association(name=name)
    cell = as_csv(client)[1][1]
    assert cell == f"'{name}"
    assert restored(cell) == name
    assert as_json(client)[0]["denominazione"] == name


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": "coro"},
        {"area": "cultura"},
        {"comune": CORREGGIO},
        {"tipo": "asd"},
        {"sezione": "odv"},
        {"q": "coro", "comune": CORREGGIO, "area": "sport"},
        {"q": "crro"},
        {"q": "qwertyuiop"},
        {"q": "???"},
        {"q": "\0", "comune": "boh", "ordina": "recenti", "pagina": "7"},
    ],
)
def test_a_file_holds_what_the_list_finds(client, query):
    make_association(name="Coro uno", areas=("cultura",), section=RuntsSection.ODV)
    make_association(name="Coro due", areas=("sport", "cultura"), municipality_code=CORREGGIO)
    make_association(name="Banda", kind=AssociationKind.ASD, municipality_code=CORREGGIO)
    make_association(name="Coro sciolto", state=AssociationState.REMOVED)
    shown = sorted(found(client, **query))
    assert sorted(row[1] for row in as_csv(client, **query)[1:]) == shown
    assert sorted(told["denominazione"] for told in as_json(client, **query)) == shown


def test_an_empty_registry_is_a_file_with_its_header(client):
    assert as_csv(client) == [HEADER]
    assert as_json(client) == []


def test_a_large_list_comes_whole_in_batches(client, monkeypatch):
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 50)
    db.session.execute(
        text(
            "INSERT INTO association"
            " (slug, name, tax_code, municipality_code, kind, state, version)"
            # Each name three times: a batch ends within bodies of one name.
            " SELECT 'uguale-' || n, 'Circolo ' || n / 3, lpad(n::text, 11, '0'), '035033', 'aps',"
            " 'listed', 1 FROM generate_series(1, 200) AS n"
        )
    )
    db.session.commit()
    with counted_sql() as statements:
        rows = as_csv(client)[1:]
    assert len(rows) == 200
    assert len({row[0] for row in rows}) == 200
    # What can be chosen, and a batch for each fifty: the last one is empty.
    assert len(statements) == 1 + 5


def test_the_page_leads_to_files_with_its_filters(client):
    make_association(name="Coro", areas=("cultura",))
    html = client.get("/registro/?q=coro&area=cultura&pagina=1").get_data(as_text=True)
    assert 'href="/registro/elenco.csv?q=coro&amp;area=cultura"' in html
    assert 'href="/registro/elenco.json?q=coro&amp;area=cultura"' in html
    assert 'href="/registro/mappa?q=coro&amp;area=cultura"' in html


def test_a_file_is_downloaded_under_its_name(client):
    response = client.get("/registro/elenco.csv")
    assert response.headers["Content-Disposition"] == "attachment; filename=associazioni.csv"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert client.head("/registro/elenco.csv").status_code == 200
