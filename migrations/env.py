"""Alembic's entry; Flask-Migrate's generated one uses what SQLAlchemy has deprecated."""

from alembic import context
from flask import current_app

from portal.core import files, history, mail  # noqa: F401 - their tables
from portal.core.database import db

configure_args = current_app.extensions["migrate"].configure_args


def run() -> None:
    if context.is_offline_mode():
        raise SystemExit("Migrations run on a database: there is no offline mode.")
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            **configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
