"""An address given at the front desk is nobody's until its owner has confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

CHECK = "ck_user_account_given_email_waits"


def upgrade() -> None:
    """Keep it apart until then."""
    op.add_column("user_account", sa.Column("given_email", sa.String(length=320), nullable=True))
    op.create_check_constraint(op.f(CHECK), "user_account", "given_email IS NULL OR email IS NULL")


def downgrade() -> None:
    """Forget what nobody has confirmed."""
    op.drop_constraint(op.f(CHECK), "user_account")
    op.drop_column("user_account", "given_email")
