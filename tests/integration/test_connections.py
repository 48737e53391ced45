"""A connection that died while idle is replaced before anybody notices."""

import psycopg
import pytest

from portal.core import database as core_database


@pytest.fixture
def _always_idle(monkeypatch):
    monkeypatch.setattr(core_database, "LONGEST_UNPROVEN_SECONDS", 0)


@pytest.mark.usefixtures("_always_idle")
def test_connections_cut_while_idle_are_replaced_unseen(client, server):
    assert client.get("/luoghi/").status_code == 200
    with psycopg.connect(server.database_url("postgres")) as other:
        cut = other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'portal'"
        ).fetchall()
    assert cut
    assert client.get("/luoghi/").status_code == 200
