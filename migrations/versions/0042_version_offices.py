"""The version of an office, so that nobody overwrites a change they have not seen."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "municipal_office",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )


def downgrade():
    op.drop_column("municipal_office", "version")
