"""When who runs a place was reminded of a draft that a project sheet has opened."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "sheet_initiative", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade():
    op.drop_column("sheet_initiative", "reminded_at")
