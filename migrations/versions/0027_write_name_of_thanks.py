"""The name on a thank-you page, as the person writes it there."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("shared_thanks", sa.Column("shown_name", sa.String(length=80), nullable=True))
    op.create_check_constraint(
        op.f("ck_shared_thanks_name_is_written"),
        "shared_thanks",
        "shows_name = (shown_name IS NOT NULL) AND length(trim(shown_name)) > 0",
    )


def downgrade():
    op.drop_constraint(op.f("ck_shared_thanks_name_is_written"), "shared_thanks")
    op.drop_column("shared_thanks", "shown_name")
