"""The database as the migrations leave it."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import current_app

from portal.core.database import db

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def test_models_and_migrations_agree(database):
    with db.engine.connect() as connection:
        options = current_app.extensions["migrate"].configure_args
        context = MigrationContext.configure(connection, opts=dict(options))
        assert compare_metadata(context, db.metadata) == []


def test_head_file_names_the_newest_migration(database):
    head = (MIGRATIONS / "HEAD").read_text().strip()
    with db.engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() == head
