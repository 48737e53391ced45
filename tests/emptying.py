"""Empties the database between two tests, quickly.

TRUNCATE makes a new file for every table and index, and every connection then forgets its plans:
a tenth of a second for tables most of which no test has touched. A table without a page was not
touched since it was truncated; the few rows of the others are deleted.
"""

from sqlalchemy import Connection, text

REFERENCE_TABLES = {
    "alembic_version",
    "municipality",
    "municipality_alias",
    "district",
    "neighbourhood",
    "activity_area",
}
"""Filled once with the city's territory and the areas of activity, and kept between tests."""

BLOATED_BYTES = 256 * 1024
"""A table of this size is truncated after all: deleted rows would still have to be skipped."""

_EMPTY = text("""
DO $$
DECLARE
    kept text[] := string_to_array(current_setting('tests.kept_tables'), ',');
    one record;
    truncated text;
BEGIN
    SELECT string_agg(format('%I', relname), ', ') INTO truncated
        FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND relname <> ALL (kept)
        HAVING max(pg_table_size(oid)) > current_setting('tests.bloated_bytes')::bigint;
    IF truncated IS NOT NULL THEN
        EXECUTE 'TRUNCATE ' || truncated || ' CASCADE';
    ELSE
        FOR one IN
            SELECT oid::regclass AS name FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
                AND relname <> ALL (kept) AND pg_relation_size(oid) > 0
        LOOP
            EXECUTE 'DELETE FROM ' || one.name;
        END LOOP;
    END IF;
    -- Numbers begin anew, as after TRUNCATE … RESTART IDENTITY.
    FOR one IN
        SELECT seqrelid::regclass AS name, seqstart AS first
        FROM pg_sequence
            JOIN pg_depend ON objid = seqrelid AND pg_depend.classid = 'pg_class'::regclass
                AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
            JOIN pg_class ON pg_class.oid = refobjid
        WHERE relnamespace = 'public'::regnamespace AND relname <> ALL (kept)
            AND pg_sequence_last_value(seqrelid) IS NOT NULL
    LOOP
        PERFORM setval(one.name, one.first, false);
    END LOOP;
    -- What the triggers would have said: pages kept by what they are made of are others now.
    INSERT INTO public_change (slot, number, changed_at) VALUES (0, 1, clock_timestamp());
END $$
""")


def empty_tables(connection: Connection) -> None:
    """Delete every row of every table but REFERENCE_TABLES, and let numbers begin anew.

    Triggers stay silent: the register refuses to be emptied, and between two tests it has to be;
    keys between tables need no look, since both sides go.
    """
    for name, value in (
        ("session_replication_role", "replica"),
        ("tests.kept_tables", ",".join(sorted(REFERENCE_TABLES))),
        ("tests.bloated_bytes", str(BLOATED_BYTES)),
    ):
        connection.execute(
            text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value}
        )
    connection.execute(_EMPTY)
