"""The schema of the database and how it comes to be the present one.

Apart from the other extensions: Alembic is large, and a web process never needs it.
"""

from flask import current_app
from flask_migrate import Migrate, upgrade

from portal.config import PROJECT_ROOT
from portal.core.database import db

MIGRATIONS = PROJECT_ROOT / "migrations"


def upgrade_schema() -> None:
    """Bring the database of the current app to the present schema, whatever it has now."""
    if "migrate" not in current_app.extensions:
        Migrate().init_app(
            current_app,
            db,
            directory=str(MIGRATIONS),
            include_object=_is_ours,
            render_as_batch=False,
        )
    upgrade()


def _is_ours(_object: object, name: str | None, kind: str, *_rest: object) -> bool:
    """Keep the job queue's own tables out of generated migrations."""
    return not (kind == "table" and (name or "").startswith("procrastinate_"))
