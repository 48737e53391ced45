"""The database: base class, naming of constraints, column types, the session."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from time import monotonic
from typing import Annotated, Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    URL,
    BigInteger,
    DateTime,
    Engine,
    Enum,
    Identity,
    MetaData,
    String,
    event,
    func,
    make_url,
)
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

LONGEST_UNPROVEN_SECONDS = 1.0
FORM_KEY_LENGTH = 32

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that a message can be found by the name (`core/constraints.py`)."""

Id = Annotated[
    int, mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-3)
]
"""Primary key of every table."""

UtcTime = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A moment, stored in UTC; its column name ends in `_at`."""

FormKey = Annotated[str, mapped_column(String(FORM_KEY_LENGTH))]
"""The key of the form something was written with (`core/forms.py`, `FormKeyField`)."""


class Base(DeclarativeBase):
    """Base of all models."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class Timestamped:
    """Adds when a row was made and last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), sort_order=-2
    )
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now(), sort_order=-1
    )


def enum_type(enum_class: type[StrEnum]) -> Enum:
    """Return the column type for `enum_class`: text holding the value, with a named CHECK.

    Not a PostgreSQL enum: a value added or removed is then an ordinary change of a constraint.
    """
    values: Callable[[type[StrEnum]], list[str]] = lambda members: [m.value for m in members]  # noqa: E731 - the shape SQLAlchemy asks for
    return Enum(
        enum_class,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        values_callable=values,
        length=40,
        name=_snake_case(enum_class.__name__),
    )


def _snake_case(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


db = SQLAlchemy(model_class=Base, session_options={"autoflush": True, "expire_on_commit": False})


def psycopg_url(address: str) -> URL:
    """Return the address of a PostgreSQL server as SQLAlchemy takes it, for psycopg 3."""
    return make_url(address).set(drivername="postgresql+psycopg")


def prove_idle_connections(engine: Engine) -> None:
    """Let a connection show that it lives before it is used again, if it was idle for a while.

    `pool_pre_ping` asks every time, one more way to the database and back in every request. What
    breaks within a second fails once, and then takes all connections out of the pool.
    """

    @event.listens_for(engine, "checkin")
    def note_time(_connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401
        record.info["returned_at"] = monotonic()

    @event.listens_for(engine, "checkout")
    def prove(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:  # noqa: ANN401
        if monotonic() - record.info.get("returned_at", monotonic()) < LONGEST_UNPROVEN_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise InvalidatePoolError from error


def session() -> Session:
    """Return the session of this request or job, typed as SQLAlchemy's own."""
    return db.session()


def driver_connection() -> Any:  # noqa: ANN401 - psycopg's connection, typed by nobody here
    """Return psycopg's connection under the current transaction (for the job queue)."""
    return session().connection().connection.driver_connection
