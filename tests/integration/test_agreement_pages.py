"""What the public pages of agreements cost, however large an agreement is."""

import pytest

from portal.core.clock import local_today
from portal.core.database import db
from portal.laboratories.services import signing
from tests.factories.agreements import make_clerk, make_in_force, make_open, wish
from tests.factories.laboratory_rows import make_commitment
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql


@pytest.fixture
def agreement(database):
    return make_in_force(make_clerk(), actor_of(make_user()))


def statements(client, path):
    db.session.commit()
    with counted_sql() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_page_takes_as_many_statements_with_many_commitments(client, agreement):
    path = f"/accordi/{agreement.slug}"
    few = statements(client, path)
    for n in range(5):
        make_commitment(agreement, title=f"Impegno {n}", due_on=local_today(), position=n)
    assert statements(client, path) == few <= 10


def test_list_takes_as_many_statements_with_many_agreements(client, agreement):
    few = statements(client, "/accordi/")
    for _n in range(3):
        signed = make_open(make_clerk())
        signing.sign_agreement(
            actor=actor_of(make_user()), agreement_id=signed.id, content=wish(signed)
        )
    assert statements(client, "/accordi/") == few <= 6
