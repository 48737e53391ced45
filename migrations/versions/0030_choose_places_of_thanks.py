"""Whether a page of thanks shows places."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Show none on the pages there are: nobody chose them."""
    op.add_column(
        "shared_thanks",
        sa.Column("shows_places", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )


def downgrade() -> None:
    """Forget who chose to show places."""
    op.drop_column("shared_thanks", "shows_places")
