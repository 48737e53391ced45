"""`/readyz`: database, migrations and worker."""

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from portal.app import create_app
from portal.core.database import db


def beat(seconds_ago: int) -> None:
    db.session.execute(
        text(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => :ago))"
        ),
        {"ago": seconds_ago},
    )
    db.session.commit()


def test_ready_when_database_migrations_and_worker_are_well(client):
    beat(5)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": True, "migrations": True, "worker": True}
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("ago", [None, 61, 3_600])
def test_not_ready_without_a_living_worker(client, ago):
    if ago:
        beat(ago)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "unavailable", "database": True, "migrations": True, "worker": False,
    }  # fmt: skip


def test_not_ready_on_an_older_schema(client):
    beat(5)
    version = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    try:
        db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
        answer = client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json["migrations"] is False
    finally:
        db.session.execute(text("UPDATE alembic_version SET version_num = :v"), {"v": version})
        db.session.commit()


def test_not_ready_without_database_and_still_alive(settings):
    nowhere = make_url("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    lonely = create_app(settings, database_url=nowhere).test_client()
    answer = lonely.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["database"] is False
    assert lonely.get("/healthz").status_code == 200
