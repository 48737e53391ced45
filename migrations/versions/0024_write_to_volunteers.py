"""Messages, searches that tell, what goes along with a mail, people without an address."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "calendar_key",
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
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_calendar_key_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_calendar_key")),
        sa.UniqueConstraint("key", name=op.f("uq_calendar_key_key")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
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
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("filters", sa.String(length=1000), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_search_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("user_id", "filters", name=op.f("uq_saved_search_user_id_filters")),
    )
    op.create_table(
        "volunteer_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
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
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("shift_id", sa.BigInteger(), nullable=True),
        sa.Column("sender_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=150), nullable=False),
        sa.Column("body", sa.String(length=5000), nullable=False),
        sa.CheckConstraint("length(trim(body)) > 0", name=op.f("ck_volunteer_message_has_body")),
        sa.CheckConstraint(
            "length(trim(subject)) > 0", name=op.f("ck_volunteer_message_has_subject")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["volunteering_project.id"],
            name=op.f("fk_volunteer_message_project_id"),
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["user_account.id"], name=op.f("fk_volunteer_message_sender_id")
        ),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shift.id"], name=op.f("fk_volunteer_message_shift_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer_message")),
    )
    op.create_table(
        "message_recipient",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["volunteer_message.id"], name=op.f("fk_message_recipient_message_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_message_recipient_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_recipient")),
        sa.UniqueConstraint("event_key", name=op.f("uq_message_recipient_event_key")),
        sa.UniqueConstraint(
            "message_id", "user_id", name=op.f("uq_message_recipient_message_id_user_id")
        ),
    )
    op.add_column("mail_message", sa.Column("reply_to", sa.String(length=320), nullable=True))
    op.add_column(
        "mail_message", sa.Column("unsubscribe_url", sa.String(length=1000), nullable=True)
    )
    op.add_column("mail_message", sa.Column("calendar", sa.Text(), nullable=True))
    op.alter_column("user_account", "email", existing_type=sa.VARCHAR(length=320), nullable=True)
    op.create_index(
        op.f("ix_volunteer_message_project_id"), "volunteer_message", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_volunteer_message_shift_id"), "volunteer_message", ["shift_id"], unique=False
    )
    op.create_index(
        op.f("ix_message_recipient_user_id"), "message_recipient", ["user_id"], unique=False
    )
    op.create_check_constraint(
        op.f("ck_user_account_sign_in_has_email"),
        "user_account",
        "email IS NOT NULL OR password IS NULL",
    )


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
