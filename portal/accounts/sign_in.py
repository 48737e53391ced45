"""Flask-Security, set up for the portal."""

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore

from portal.accounts.models import User
from portal.core.database import db


def install_sign_in(app: Flask) -> None:
    """Give `app` accounts: sessions, passwords, codes by e-mail."""
    app.config.from_mapping(
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_JOIN_USER_ROLES=False,
    )
    datastore = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type] # no role table
    app.extensions["portal_security"] = Security(app, datastore, register_blueprint=False)
