"""What is handed in says its purposes and who signs for the association."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

NAME = "ck_registry_request_submitted_is_complete"
RULE = (
    "state = 'draft' OR (name IS NOT NULL AND tax_code IS NOT NULL AND kind IS NOT NULL"
    " AND municipality_code IS NOT NULL AND description IS NOT NULL"
    " AND cardinality(areas) > 0 AND email IS NOT NULL AND applicant_role IS NOT NULL"
    " AND has_declared AND submitted_at IS NOT NULL"
    " AND purposes IS NOT NULL AND legal_representative IS NOT NULL)"
)
# Requests of before were not asked: the page says so instead of inventing an answer.
NOT_ASKED = "(non chiesto a chi ha fatto richiesta prima)"


def upgrade():
    for column in ("purposes", "legal_representative"):
        op.execute(
            f"UPDATE registry_request SET {column} = '{NOT_ASKED}'"
            f" WHERE state <> 'draft' AND {column} IS NULL"
        )
    op.drop_constraint(op.f(NAME), "registry_request", type_="check")
    op.create_check_constraint(op.f(NAME), "registry_request", RULE)


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
