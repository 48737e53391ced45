"""The version of a programme, so that nobody overwrites rules they have not seen."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "programme", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
