"""When a claimant typed the code that was sent to the association's certified e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "registry_claim", sa.Column("certified_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade():
    op.drop_column("registry_claim", "certified_at")
