"""Know a laboratory by the form it was opened with."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("laboratory", sa.Column("form_key", sa.String(length=32), nullable=True))
    op.create_unique_constraint(op.f("uq_laboratory_form_key"), "laboratory", ["form_key"])


def downgrade():
    op.drop_constraint(op.f("uq_laboratory_form_key"), "laboratory", type_="unique")
    op.drop_column("laboratory", "form_key")
