"""The world made once and put back, row by row, for each test that begins with it."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from portal.accounts.models import User
from portal.core.clock import local_today, utc_now
from portal.core.database import db
from tests.emptying import REFERENCE_TABLES
from tests.factories.world import World, make_world

LASTS = timedelta(minutes=3)
"""Some of it is "in an hour" or "today": it is made anew before that is another time."""

_KEEP = text("""
DO $$
DECLARE
    one record;
    has_rows boolean;
BEGIN
    DROP SCHEMA IF EXISTS kept_world CASCADE;
    CREATE SCHEMA kept_world;
    FOR one IN
        SELECT relname AS name,
            (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
             WHERE attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
                 AND attgenerated = '') AS columns
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname <> ALL (string_to_array(current_setting('tests.kept_tables'), ','))
            AND relname <> 'public_change'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.name) INTO has_rows;
        IF has_rows THEN
            EXECUTE format('CREATE TABLE kept_world.%I AS SELECT %s FROM public.%I',
                one.name, one.columns, one.name);
        END IF;
    END LOOP;
    -- Of a table without rows too: who puts two in and takes them out again has used 1 and 2.
    CREATE TABLE kept_world."next numbers" AS
        SELECT seqrelid::regclass AS name, pg_sequence_last_value(seqrelid) AS number
        FROM pg_sequence JOIN pg_class ON pg_class.oid = seqrelid
        WHERE relnamespace = 'public'::regnamespace
            AND pg_sequence_last_value(seqrelid) IS NOT NULL;
END $$
""")

_PUT_BACK = text("""
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT relname AS name,
            (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
             WHERE attrelid = pg_class.oid AND attnum > 0) AS columns
        FROM pg_class
        WHERE relnamespace = 'kept_world'::regnamespace AND relkind = 'r'
            AND relname <> 'next numbers'
    LOOP
        EXECUTE format(
            'INSERT INTO public.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM kept_world.%I',
            one.name, one.columns, one.columns, one.name);
    END LOOP;
    PERFORM setval(name, number) FROM kept_world."next numbers";
    INSERT INTO public_change (slot, number, changed_at) VALUES (0, 1, clock_timestamp())
        ON CONFLICT (slot) DO UPDATE
        SET number = public_change.number + 1, changed_at = excluded.changed_at;
END $$
""")


@dataclass(frozen=True)
class _Kept:
    """What is to be known of the rows that `kept_world` holds."""

    words: str
    made_at: datetime
    made_on: date
    user_ids: dict[str, int]
    arguments: dict[str, dict[str, Any]]

    def is_still(self, words: str) -> bool:
        is_fresh = abs(utc_now() - self.made_at) < LASTS and local_today() == self.made_on
        return words == self.words and is_fresh


_kept: dict[str, _Kept] = {}
"""By the address of the database."""


def put_back_world(*, words: str = "") -> World:
    """Give what `make_world` makes, in an empty database; the rows and numbers are the same."""
    address = str(db.engine.url)
    kept = _kept.get(address)
    if kept is None or not kept.is_still(words):
        world = make_world(words=words)
        _keep_rows()
        _kept[address] = _Kept(
            words,
            utc_now(),
            local_today(),
            {who: person.id for who, person in world.people.items()},
            deepcopy(world.arguments),
        )
        return world
    assert db.session.scalar(text("SELECT count(*) FROM user_account")) == 0, "begin with it"
    db.session.commit()
    with db.engine.begin() as connection:
        # Triggers have had their say when the rows were made, keys point to what is there.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(_PUT_BACK)
    people = {who: db.session.get_one(User, user_id) for who, user_id in kept.user_ids.items()}
    return World(people, deepcopy(kept.arguments))


def _keep_rows() -> None:
    db.session.commit()
    with db.engine.begin() as connection:
        _say_reference_tables(connection)
        connection.execute(_KEEP)


def _say_reference_tables(connection: Connection) -> None:
    names = ",".join(sorted(REFERENCE_TABLES))
    connection.execute(
        text("SELECT set_config('tests.kept_tables', :names, true)"), {"names": names}
    )
