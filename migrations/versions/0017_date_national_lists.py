"""Of which day the list is that an association's place in the national register is from."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("association", sa.Column("runts_list_on", sa.Date(), nullable=True))


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
