"""What the database refuses about imports, whoever writes."""

import pytest
from sqlalchemy.exc import IntegrityError

from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.errors import constraint_name
from portal.registry.models import ImportProgress, ImportRun
from portal.registry.states import ImportState
from portal.territory.models import MunicipalityAlias
from tests.factories.people import make_user


def make_run(**values):
    facts = {"file_name": "x.csv", "size": 1, "content": b"x"} | values
    run = ImportRun(uploaded_by_id=make_user().id, **facts)
    db.session.add(run)
    db.session.flush()
    return run


def refused_by(write):
    with pytest.raises(IntegrityError) as caught:
        write()
    db.session.rollback()
    return constraint_name(caught.value)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"content": None}, "keeps_file_while_open"),
        ({"state": ImportState.DISCARDED}, "keeps_file_while_open"),
        ({"state": ImportState.CHECKED}, "checked_has_report"),
        ({"state": ImportState.FAILED, "content": None}, "failed_says_why"),
        ({"problem": "perché sì"}, "failed_says_why"),
        ({"applied_at": utc_now()}, "applied_has_time"),
    ],
)
def test_impossible_import_is_refused(database, values, rule):
    assert refused_by(lambda: make_run(**values)) == f"ck_import_run_{rule}"


def test_two_lists_are_never_applied_at_once(database):
    make_run(state=ImportState.APPLYING, report={})
    second = refused_by(lambda: make_run(state=ImportState.APPLYING, report={}))
    assert second == "uq_import_run_applying"


@pytest.mark.parametrize(("done", "total"), [(2, 1), (-1, 0)])
def test_nobody_has_done_more_than_there_is(database, done, total):
    run = make_run()

    def write():
        db.session.add(ImportProgress(run_id=run.id, done=done, total=total, at=utc_now()))
        db.session.flush()

    assert refused_by(write) == "ck_import_progress_done_of_total"


def test_an_alias_leads_to_a_municipality_and_to_one_only(database):
    def write(*codes):
        for code in codes:
            db.session.execute(
                db.insert(MunicipalityAlias).values(spelling="ALTROVE", istat_code=code)
            )

    assert refused_by(lambda: write("999999")) == "fk_municipality_alias_istat_code"
    assert refused_by(lambda: write("035033", "035020")) == "pk_municipality_alias"
