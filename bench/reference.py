"""The page everything is compared with: bare Flask, SQLAlchemy, PostgreSQL and Jinja.

One query of twenty rows of the portal's own table, one small template, no extension of any kind.
Only the named columns are read, as plain rows: the quickest ordinary way.
"""

import os

from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from portal.registry.models import Association

ROWS = 20

TEMPLATE = """<!doctype html>
<html lang="it">
<head><meta charset="utf-8"><title>Associations</title></head>
<body>
<h1>Associations</h1>
<ul>
{% for row in rows %}
<li><a href="/registro/{{ row.slug }}">{{ row.name }}</a> {{ row.kind }} {{ row.tax_code }}</li>
{% endfor %}
</ul>
</body>
</html>
"""


def create_app() -> Flask:
    """Return the app; `DATABASE_URL` names a database the portal has migrated and filled."""
    url = make_url(os.environ["DATABASE_URL"]).set(drivername="postgresql+psycopg")
    engine = create_engine(url, pool_size=5, max_overflow=0)
    statement = (
        select(Association.slug, Association.name, Association.kind, Association.tax_code)
        .order_by(Association.sort_name, Association.id)
        .limit(ROWS)
    )
    app = Flask("reference")
    app.extensions["engine"] = engine
    app.jinja_loader = DictLoader({"rows.html": TEMPLATE})

    @app.get("/")
    def show_rows() -> str:
        with Session(engine) as session:
            return render_template("rows.html", rows=session.execute(statement).all())

    return app
