"""Importing a list into the registry."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from portal.core.access import PORTAL
from portal.core.database import db
from portal.core.history import HistoryEntry
from portal.demo.registry_demo import seed_registry
from portal.registry.import_file import REQUIRED_COLUMNS, ImportFile, SourceRow, read_import_file
from portal.registry.models import Association
from portal.registry.services import RowOutcome, import_associations
from portal.registry.states import AssociationKind, AssociationState, RemovalCause
from tests.factories.registry import make_association, tax_code_of

LIST = Path(__file__).parents[2] / "portal" / "demo" / "data" / "5x1000_2022_provincia_RE.csv"
ETS = frozenset({"ets_e_onlus"})


def source(
    number=1, name="Coro dei prati", municipality="035033", flags=ETS, *, row=None, **values
):
    values = {"tax_code": tax_code_of(number), "municipality_code": municipality, **values}
    return SourceRow(row=row or number + 1, name=name, flags=frozenset(flags), **values)


def run(*rows, year=2022, is_applied=True):
    file = ImportFile(rows, (), "utf-8", ",", year)
    report = import_associations(actor=PORTAL, file=file, is_applied=is_applied)
    db.session.commit()
    return report


def outcomes(report):
    return [row.outcome.value for row in report.rows]


def reasons(report):
    return [str(row.reason) for row in report.rows]


def everything():
    db.session.expire_all()
    columns = [c for c in Association.__table__.c if c.name != "updated_at"]
    return db.session.execute(select(*columns).order_by(Association.id)).all()


def test_the_real_list_gives_associations_and_leaves_public_bodies_out(database):
    report = import_associations(actor=PORTAL, file=read_import_file(LIST), is_applied=True)
    assert report.count(RowOutcome.NEW) == 708
    assert report.count(RowOutcome.REJECTED) == 43
    assert {str(r.reason) for r in report.rows if r.outcome is RowOutcome.REJECTED} == {
        "È un ente pubblico, non un’associazione: resta fuori."
    }
    names = set(db.session.scalars(select(Association.name)))
    assert len(names) > 700
    assert not any("AZIENDA UNITA" in n or n == "CORREGGIO" for n in names)
    kinds = dict(
        db.session.execute(select(Association.kind, func.count()).group_by(Association.kind)).all()
    )
    assert kinds == {
        AssociationKind.ETS_ONLUS: 555,
        AssociationKind.ASD: 150,
        AssociationKind.OTHER: 3,
    }


def test_the_second_run_changes_nothing(database):
    seed_registry()
    db.session.commit()
    before = everything()
    report = import_associations(actor=PORTAL, file=read_import_file(LIST), is_applied=True)
    db.session.commit()
    assert report.count(RowOutcome.UNCHANGED) == 708
    assert report.count(RowOutcome.NEW) == report.count(RowOutcome.CHANGED) == 0
    assert everything() == before


def test_a_dry_run_writes_nothing(database):
    make_association(tax_code=tax_code_of(2), name="Vecchio nome")
    report = run(source(1), source(2, "Nome nuovo"), is_applied=False)
    assert outcomes(report) == ["new", "changed"]
    assert db.session.scalars(select(Association.name)).all() == ["Vecchio nome"]
    assert db.session.scalar(select(func.count()).select_from(HistoryEntry)) == 0


def test_a_listed_body_follows_the_list_and_keeps_its_address(database):
    run(source(1, "CORO DEI PRATI"))
    address = db.session.scalar(select(Association.slug))
    report = run(source(1, "CORO DEI PRATI APS", "035020", {"asd"}), year=2023)
    association = db.session.scalar(select(Association))
    assert outcomes(report) == ["changed"]
    assert "CORO DEI PRATI → CORO DEI PRATI APS" in reasons(report)[0]
    assert (association.name, association.municipality_code) == ("CORO DEI PRATI APS", "035020")
    assert (association.kind, association.source_year) == (AssociationKind.ASD, 2023)
    assert association.slug == address == "coro-dei-prati"
    entries = db.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)).all()
    assert [(e.action, e.actor_name) for e in entries] == [("import", "portal")] * 2
    assert "CORO DEI PRATI APS" in entries[1].note


def test_what_an_association_wrote_itself_is_not_overwritten(database):
    make_association(
        tax_code=tax_code_of(1), name="Coro dei Prati", state=AssociationState.ENROLLED
    )
    before = everything()
    report = run(source(1, "CORO DEI PRATI", "035020"))
    assert outcomes(report) == ["unchanged"]
    assert reasons(report) == ["L’associazione cura da sé il suo profilo."]
    assert everything() == before


def test_what_was_removed_does_not_come_back(database):
    make_association(tax_code=tax_code_of(1), name="Sciolta", state=AssociationState.REMOVED)
    report = run(source(1, "SCIOLTA APS"))
    assert outcomes(report) == ["unchanged"]
    assert db.session.scalar(select(Association.state)) is AssociationState.REMOVED


def test_an_older_list_does_not_overwrite_a_newer_one(database):
    run(source(1, "NOME DEL 2023"), year=2023)
    report = run(source(1, "NOME DEL 2021"), year=2021)
    assert outcomes(report) == ["unchanged"]
    assert db.session.scalar(select(Association.name)) == "NOME DEL 2023"


def test_a_newer_list_that_says_the_same_becomes_the_source(database):
    run(source(1), year=2022)
    assert outcomes(run(source(1), year=2024)) == ["unchanged"]
    assert db.session.scalar(select(Association.source_year)) == 2024


def test_a_code_twice_in_a_file_counts_once(database):
    report = run(source(1), source(1, "Un altro nome", row=9))
    assert outcomes(report) == ["new", "rejected"]
    assert reasons(report)[1] == "Questo codice fiscale è già alla riga 2."


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"tax_code": "91075680355"}, "cifra di controllo"),
        ({"tax_code": ""}, "Manca il codice fiscale"),
        ({"municipality": "037006"}, "non è di questa provincia"),
        ({"name": ""}, "Manca il nome"),
        ({"name": "+-*"}, "Manca il nome"),
        ({"name": "x" * 201}, "troppo lungo"),
        ({"flags": {"comuni"}}, "ente pubblico"),
        ({"flags": {"ricerca_sanitaria"}, "name": "AZIENDA USL DI CHISSÀ DOVE"}, "ente pubblico"),
        ({"flags": {"ricerca_sanitaria"}, "name": "A.U.S.L. DI PROVA"}, "ente pubblico"),
    ],
)
def test_a_bad_row_is_rejected_with_its_reason_and_the_others_go_in(database, values, words):
    report = run(source(1, **values), source(2))
    assert outcomes(report) == ["rejected", "new"]
    assert words in reasons(report)[0]


def test_a_foundation_of_health_research_is_no_health_authority(database):
    report = run(source(1, "FONDAZIONE PER LA RICERCA", flags={"ricerca_sanitaria"}))
    assert outcomes(report) == ["new"]


def test_names_are_kept_as_they_are(database):
    names = ["+ENERGIA", "-MENO", '"SHQIPONJA" APS', "1909", "<b>GRASSETTO</b>", "N" * 200]
    run(*(source(n, name) for n, name in enumerate(names, start=1)))
    assert db.session.scalars(select(Association.name).order_by(Association.id)).all() == names


def test_same_names_get_different_addresses(database):
    run(*(source(n, name) for n, name in enumerate(["Coro"] * 3 + ["???1", "Richiesta"], start=1)))
    slugs = db.session.scalars(select(Association.slug).order_by(Association.id)).all()
    assert slugs == ["coro", "coro-2", "coro-3", "1", "richiesta-2"]


def test_counts_follow_every_change(database):
    seed_registry()
    association = db.session.scalars(select(Association).limit(1)).one()
    association.municipality_code = "035020"
    association.areas = []
    make_association(name="Sport e cultura", areas=("sport", "cultura"))
    gone = make_association(name="Se ne va", areas=("sport",))
    gone.state = AssociationState.REMOVED
    gone.removed_on, gone.removal_cause = date(2026, 6, 1), RemovalCause.OTHER
    association.state = AssociationState.REMOVED
    association.removed_on, association.removal_cause = date(2026, 6, 1), RemovalCause.OTHER
    db.session.commit()
    kept = db.session.execute(
        text(
            "SELECT municipality_code, kind, area_code, number FROM association_count"
            " WHERE number <> 0 ORDER BY 1, 2, 3"
        )
    ).all()
    counted = db.session.execute(
        text(
            "SELECT municipality_code, kind, '' AS area_code, count(*) FROM association"
            " WHERE state <> 'removed' GROUP BY 1, 2 UNION ALL"
            " SELECT municipality_code, kind, area_code, count(*) FROM association"
            " JOIN association_activity_area ON association_id = id"
            " WHERE state <> 'removed' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
        )
    ).all()
    assert kept == counted


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=20),
            st.sampled_from(["035033", "035020", "999999"]),
            st.sets(st.sampled_from(REQUIRED_COLUMNS[3:])),
        ),
        max_size=8,
    )
)
def test_any_list_imported_twice_changes_nothing_the_second_time(database, rows):
    made = [source(n, name, m, f, row=i) for i, (n, name, m, f) in enumerate(rows, start=2)]
    first = run(*made)
    before = everything()
    second = run(*made)
    assert everything() == before
    assert len(first.rows) == len(second.rows) == len(rows)
    assert second.count(RowOutcome.NEW) == second.count(RowOutcome.CHANGED) == 0
    assert second.count(RowOutcome.REJECTED) == first.count(RowOutcome.REJECTED)
