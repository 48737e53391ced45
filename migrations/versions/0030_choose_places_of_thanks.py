"""Whether a page of thanks shows places; the page goes with its person."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

PERSON = "fk_shared_thanks_user_id"


def upgrade() -> None:
    """Show none on the pages there are: nobody chose them."""
    op.add_column(
        "shared_thanks",
        sa.Column("shows_places", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    _name_person(ondelete="CASCADE")


def downgrade() -> None:
    """Forget who chose to show places."""
    _name_person(ondelete=None)
    op.drop_column("shared_thanks", "shows_places")


def _name_person(*, ondelete: str | None) -> None:
    op.drop_constraint(op.f(PERSON), "shared_thanks", type_="foreignkey")
    op.create_foreign_key(
        op.f(PERSON), "shared_thanks", "user_account", ["user_id"], ["id"], ondelete=ondelete
    )
