"""What a person without e-mail has to be told by telephone."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of calls."""
    op.create_table(
        "phone_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("reader_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("text_body", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(told_at IS NULL) = (told_by_id IS NULL)",
            name=op.f("ck_phone_message_told_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["user_account.id"], name=op.f("fk_phone_message_reader_id")
        ),
        sa.ForeignKeyConstraint(
            ["told_by_id"], ["user_account.id"], name=op.f("fk_phone_message_told_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_message")),
        sa.UniqueConstraint("event_key", name=op.f("uq_phone_message_event_key")),
    )
    op.create_index("ix_phone_message_reader_id", "phone_message", ["reader_id"])
    op.create_index(
        "ix_phone_message_untold",
        "phone_message",
        ["id"],
        postgresql_where=sa.text("told_at IS NULL"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("phone_message")
