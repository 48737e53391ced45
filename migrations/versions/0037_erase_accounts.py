"""Erase accounts: an empty shell stays, and mail that is not kept."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("user_account", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_user_account_erased_is_empty"),
        "user_account",
        "erased_at IS NULL OR (num_nonnulls(email, given_email, password, us_totp_secrets,"
        " last_code_counter, confirmed_at) = 0 AND display_name = '—' AND NOT active)",
    )
    op.add_column(
        "mail_message",
        sa.Column(
            "is_dropped_once_sent", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
