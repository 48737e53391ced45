"""The national list and our own, row by row: what each may change."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.core.access import PORTAL
from portal.core.database import db
from portal.core.spreadsheet import csv_lines
from portal.registry.import_file import OWN_COLUMNS, read_import_data
from portal.registry.models import Association
from portal.registry.services import RowOutcome, import_associations
from portal.registry.states import AssociationKind, AssociationState, RuntsSection
from portal.territory.spelling import normalised_spelling
from tests.factories.import_files import RUNTS_NAME, make_csv, runts_row
from tests.factories.registry import make_association, tax_code_of
from tests.integration.test_registry_import import everything, outcomes, reasons, source
from tests.integration.test_registry_import import run as run_5x1000
from tests.sql_counter import counted_sql

REPEATED = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def run(*rows, name=RUNTS_NAME):
    file = read_import_data(make_csv(rows), file_name=name)
    report = import_associations(actor=PORTAL, file=file, is_applied=True)
    db.session.commit()
    return report


def the_association():
    db.session.expire_all()
    return db.session.scalars(select(Association)).one()


def test_the_national_list_brings_section_number_and_day(database):
    assert outcomes(run(runts_row(1, network="Si"))) == ["new"]
    found = the_association()
    assert (found.kind, found.section) == (AssociationKind.APS, RuntsSection.APS)
    assert (found.runts_number, found.runts_enrolled_on) == (10_001, date(2022, 11, 7))
    assert (found.is_network, found.source, found.source_year) == (True, "RUNTS", 2026)
    assert (found.municipality_code, found.runts_list_on) == ("035033", date(2026, 8, 4))


def test_own_words_stay_while_the_place_in_the_national_register_follows(database):
    make_association(
        tax_code=tax_code_of(1),
        name="Coro",
        state=AssociationState.ENROLLED,
        kind=AssociationKind.ODV,
    )
    [row] = run(runts_row(1, name="CORO APS", municipality="CORREGGIO")).rows
    found = the_association()
    assert row.outcome is RowOutcome.CHANGED
    assert row.keeps_own_words
    assert (found.name, found.municipality_code, found.kind) == (
        "Coro",
        "035033",
        AssociationKind.ODV,
    )
    assert (found.section, found.runts_number, found.source) == (RuntsSection.APS, 10_001, None)


def test_what_is_merged_or_removed_stays_as_it_is(database):
    kept = make_association(name="Resta", tax_code=tax_code_of(900_001))
    make_association(
        tax_code=tax_code_of(1), state=AssociationState.REMOVED, merged_into_id=kept.id
    )
    make_association(tax_code=tax_code_of(2), state=AssociationState.REMOVED)
    before = everything()
    report = run(runts_row(1), runts_row(2))
    assert outcomes(report) == ["unchanged", "unchanged"]
    assert "unita" in reasons(report)[0]
    assert "tolta" in reasons(report)[1] or "rimossa" in reasons(report)[1]
    assert everything() == before


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("REGGIO EMILIA", "035033"),
        ("Reggio  nell’Emilia", "035033"),
        ("CASTELNOVO NE'MONTI", "035016"),
        ("CASTELNOVO NE' MONTI", "035016"),
        ("BUSANA", "035046"),
        ("RAMISETO", "035046"),
    ],
)
def test_municipalities_are_found_as_the_list_spells_them(database, written, code):
    run(runts_row(1, municipality=written))
    assert the_association().municipality_code == code


def test_spellings_are_compared_without_accents_and_cut():
    assert normalised_spelling(" Forlì  d’Ovunque e di tutte le altre parti") == (
        "FORLI D'OVUNQUE E DI TUTTE LE"
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"province": "NA"}, "Ha sede in un’altra provincia: NA."),
        ({"municipality": "ATLANTIDE"}, "Nessun comune della provincia si chiama ATLANTIDE."),
        ({"section": "?"}, "La sezione"),
        ({"tax_code": "1"}, "codice fiscale"),
    ],
)
def test_a_row_that_cannot_go_in_says_why(database, values, words):
    report = run(runts_row(1, **values), runts_row(2))
    assert outcomes(report) == ["rejected", "new"]
    assert words in reasons(report)[0]


def test_nothing_is_kept_of_bodies_of_other_provinces(database):
    [row] = run(runts_row(1, province="PR", name="ALTROVE")).rows
    assert (row.name, row.tax_code, row.other_province) == ("", "", "PR")


def test_an_older_national_list_changes_nothing_also_within_a_year(database):
    run(runts_row(1, name="NUOVO", section="ENTI FILANTROPICI"))
    before = everything()
    report = run(runts_row(1, name="VECCHIO"), name="20260301_iscritti.csv")
    assert outcomes(report) == ["unchanged"]
    assert everything() == before


def test_of_one_year_the_national_list_knows_better_whichever_comes_first(database):
    run(runts_row(1, name="RUNTS"))
    run_5x1000(source(1, "CINQUE PER MILLE"), year=2026)
    assert the_association().name == "RUNTS"
    run_5x1000(source(1, "CINQUE PER MILLE"), year=2027)
    found = the_association()
    assert (found.name, found.kind) == ("CINQUE PER MILLE", AssociationKind.APS)
    run_5x1000(source(2, "ALTRA"), year=2026)
    run(runts_row(2, name="ALTRA DEL RUNTS"))
    names = set(db.session.scalars(select(Association.name)))
    assert names == {"CINQUE PER MILLE", "ALTRA DEL RUNTS"}


def test_a_newer_list_that_says_the_same_is_where_it_is_from(database):
    run(runts_row(1), name="20250101_iscritti.csv")
    assert outcomes(run(runts_row(1))) == ["unchanged"]
    found = the_association()
    assert (found.source_year, found.runts_list_on) == (2026, date(2026, 8, 4))


def test_of_several_rows_of_one_body_the_newest_counts(database):
    rows = [
        runts_row(1, name="PRIMA", since="01/01/2022"),
        runts_row(1, name="DOPO", since="01/01/2024", section="ENTI FILANTROPICI"),
    ]
    report = run(*rows)
    assert outcomes(report) == ["rejected", "new"]
    assert reasons(report)[0] == "Questo codice fiscale è già alla riga 3."
    assert the_association().name == "DOPO"


def test_statements_grow_by_batches_and_not_by_rows(database):
    file = read_import_data(make_csv([runts_row(n) for n in range(1, 2_001)]), file_name=RUNTS_NAME)
    with counted_sql() as statements:
        import_associations(actor=PORTAL, file=file, is_applied=True)
    assert len(statements) <= 5 + 2 * 6
    db.session.commit()
    changed = read_import_data(
        make_csv([runts_row(n, name=f"NUOVO {n}") for n in range(1, 2_001)]), file_name=RUNTS_NAME
    )
    with counted_sql() as statements:
        report = import_associations(actor=PORTAL, file=changed, is_applied=True)
    assert report.count(RowOutcome.CHANGED) == 2_000
    assert len(statements) <= 5 + 2 * 6


def clear():
    db.session.execute(db.text("TRUNCATE association CASCADE"))
    db.session.commit()


def registry():
    """Return what the registry says, without what depends on when."""
    names = (
        *("tax_code", "slug", "name", "municipality_code", "kind", "section"),
        *("runts_number", "runts_enrolled_on", "is_network", "source", "source_year"),
    )
    db.session.expire_all()
    columns = [getattr(Association, name) for name in names]
    return db.session.execute(select(*columns).order_by(Association.tax_code)).all()


LISTED = st.lists(
    st.builds(
        lambda number, name, section, town, since: runts_row(
            number, name=name, section=section, municipality=town, since=since
        ),
        st.integers(1, 5),
        st.sampled_from(["CORO", "CORO APS", "+ CORO", "1909", ""]),
        st.sampled_from(["ENTI FILANTROPICI", "IMPRESE SOCIALI", "?"]),
        st.sampled_from(["REGGIO EMILIA", "CORREGGIO", "ATLANTIDE"]),
        st.sampled_from(["01/01/2022", "01/01/2023"]),
    ),
    min_size=1,
    max_size=8,
)


@REPEATED
@given(LISTED, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(database, rows, chance):
    clear()
    run(*rows)
    first = registry()
    clear()
    shuffled = list(rows)
    chance.shuffle(shuffled)
    run(*shuffled)
    assert registry() == first


@REPEATED
@given(LISTED)
def test_the_national_list_imported_twice_changes_nothing(database, rows):
    clear()
    run(*rows)
    before = everything()
    report = run(*rows)
    assert everything() == before
    assert report.count(RowOutcome.NEW) == report.count(RowOutcome.CHANGED) == 0


NAMES = st.builds(
    lambda start, rest: f"{start}{rest}".strip(),
    st.sampled_from(["+", "-", "=", "@", "'", "''=", '"', "x, ", "Ελπίδα ", "日本 ", "è "]),
    st.text(
        st.characters(exclude_categories=("C", "Z"), exclude_characters="ÃÂ\ufffd"), max_size=20
    ),
).filter(lambda name: any(c.isalnum() for c in name))


@REPEATED
@given(
    st.lists(
        st.tuples(
            NAMES,
            st.sampled_from(list(AssociationKind)),
            st.sampled_from([None, *RuntsSection]),
            st.sampled_from([None, "035033", "035020"]),
            st.sampled_from([AssociationState.LISTED, AssociationState.ENROLLED]),
        ),
        max_size=5,
    )
)
def test_our_own_list_read_back_changes_nothing(database, bodies):
    clear()
    for number, (name, kind, section, town, state) in enumerate(bodies, start=1):
        make_association(
            name=name, kind=kind, section=section, municipality_code=town, state=state,
            tax_code=tax_code_of(number), runts_number=number if section else None,
        )  # fmt: skip
    before = everything()
    rows = [
        (
            a.tax_code,
            a.name,
            a.municipality_code,
            a.kind.value,
            a.section and a.section.value,
            a.runts_number,
        )
        for a in db.session.scalars(select(Association))
    ]
    text = "".join(csv_lines(rows, header=OWN_COLUMNS))
    if not rows:
        return
    file = read_import_data(text.encode(), file_name="associazioni.csv")
    report = import_associations(actor=PORTAL, file=file, is_applied=True)
    db.session.commit()
    assert report.count(RowOutcome.UNCHANGED) == len(bodies)
    assert everything() == before
