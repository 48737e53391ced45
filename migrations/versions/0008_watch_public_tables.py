"""A version of what visitors see, so that an unchanged page need not be made again (ADR 0017)."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Tables whose rows stand on public pages; tests/integration/test_caching.py asks about each table.
PUBLIC_TABLES = (
    "district",
    "municipality",
    "neighbourhood",
    "activity_area",
    "association",
    "association_activity_area",
    "association_representative",
    "moderation_case",
    "place",
    "programme",
    "volunteering_project",
    "shift",
    "sign_up",
    "laboratory",
    "laboratory_district",
    "proposal",
)

FUNCTIONS = (
    # Each transaction raises the number of a slot that no other transaction is using, so nobody
    # waits; the advisory lock keeps the slot until the change is visible. Once a transaction.
    """
    CREATE FUNCTION note_public_change() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        free integer := 0;
        this text := pg_current_xact_id()::text;
    BEGIN
        IF current_setting('portal.noted_in', true) IS NOT DISTINCT FROM this THEN
            RETURN NULL;
        END IF;
        WHILE NOT pg_try_advisory_xact_lock(7301020, free) LOOP
            free := free + 1;
        END LOOP;
        INSERT INTO public_change (slot, number, changed_at) VALUES (free, 1, clock_timestamp())
            ON CONFLICT (slot) DO UPDATE
            SET number = public_change.number + 1, changed_at = excluded.changed_at;
        PERFORM set_config('portal.noted_in', this, true);
        RETURN NULL;
    END $$
    """,
    # For the migrations of later tables: SELECT watch_public_table('agreement').
    """
    CREATE FUNCTION watch_public_table(watched regclass) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format(
            'CREATE TRIGGER note_public_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION note_public_change()', watched);
    END $$
    """,
)


def upgrade():
    op.create_table(
        "public_change",
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_public_change")),
    )
    for function in FUNCTIONS:
        op.execute(function)
    for table in PUBLIC_TABLES:
        op.execute(f"SELECT watch_public_table('{table}')")
    # Of people only the name is ever public; each sign-in writes here too.
    op.execute(
        "CREATE TRIGGER note_public_change"
        " AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF display_name ON user_account"
        " FOR EACH STATEMENT EXECUTE FUNCTION note_public_change()"
    )


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
