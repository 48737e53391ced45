"""Let people be absent: the rule about groups refused every mark that is not "present"."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NAME = "ck_sign_up_present_people_are_of_group"


def upgrade() -> None:
    """Ask how many came only where it is said."""
    op.drop_constraint(op.f(NAME), "sign_up", type_="check")
    op.create_check_constraint(
        op.f(NAME),
        "sign_up",
        "present_people IS NULL"
        " OR (present_people BETWEEN 1 AND people AND (presence = 'present') IS TRUE)",
    )


def downgrade() -> None:
    """Refuse absent people again."""
    op.drop_constraint(op.f(NAME), "sign_up", type_="check")
    op.create_check_constraint(
        op.f(NAME),
        "sign_up",
        "present_people BETWEEN 1 AND people AND (presence = 'present')",
    )
