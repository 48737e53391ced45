"""Extensions, Italian search, the job queue, mail."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JOB_QUEUE_SCHEMA = Path(__file__).parent.parent / "procrastinate-3.10.sql"


def upgrade():
    op.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    # unaccent() is only STABLE; naming its dictionary makes it safe to call IMMUTABLE, which
    # indexes and generated columns ask for.
    op.execute(
        """
        CREATE FUNCTION f_unaccent(text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN unaccent('unaccent'::regdictionary, $1)
        """
    )
    op.execute("CREATE TEXT SEARCH CONFIGURATION it (COPY = italian)")
    op.execute(
        "ALTER TEXT SEARCH CONFIGURATION it ALTER MAPPING FOR"
        " hword, hword_part, word, asciiword, asciihword, hword_asciipart"
        " WITH unaccent, italian_stem"
    )
    # A text() would read the colons of the schema as parameters.
    op.get_bind().connection.driver_connection.execute(JOB_QUEUE_SCHEMA.read_text(encoding="utf-8"))
    op.create_table(
        "mail_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("event_key", sa.String(200), nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("subject", sa.String(250), nullable=False),
        sa.Column("text_body", sa.Text(), nullable=False),
        sa.Column("html_body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_mail_message"),
        sa.UniqueConstraint("event_key", name="uq_mail_message_event_key"),
        sa.UniqueConstraint("message_id", name="uq_mail_message_message_id"),
        sa.CheckConstraint("status IN ('queued', 'sent')", name="mail_status"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
    )
    op.create_index("ix_mail_message_recipient", "mail_message", ["recipient"])


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
