"""Nothing that names a person is forgotten when somebody erases their account (ADR 26)."""

import pytest
from sqlalchemy import Table

from portal.accounts.models import User
from portal.core.database import db
from portal.erasure_table import ERASURE_TABLE


@pytest.fixture(scope="module")
def keys(app) -> dict[str, Table]:
    assert app is not None
    return {
        f"{table.name}.{key.parent.name}": table
        for table in db.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == User.__tablename__
    }


def test_every_key_to_a_person_says_what_becomes_of_it(keys):
    said = [name for duty in ERASURE_TABLE for name in (*duty.forgotten, *duty.kept)]
    assert sorted(set(keys) - set(said)) == [], "say in services/erasure.py what becomes of it"
    assert sorted(set(said) - set(keys)) == [], "there is no such column (any more)"
    assert len(said) == len(set(said)), "said twice"


def test_whatever_stays_says_why():
    for duty in ERASURE_TABLE:
        for name, reason in duty.kept.items():
            assert len(reason.split()) > 2, name
