"""Tie volunteering projects to the project sheets they come from."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "sheet_project",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_project")),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["project_sheet.id"], name=op.f("fk_sheet_project_sheet_id_project_sheet")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["volunteering_project.id"],
            name=op.f("fk_sheet_project_project_id_volunteering_project"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["user_account.id"],
            name=op.f("fk_sheet_project_opened_by_id_user_account"),
        ),
        sa.UniqueConstraint("project_id", name=op.f("uq_sheet_project_project_id")),
        sa.UniqueConstraint(
            "opened_by_id", "form_key", name=op.f("uq_sheet_project_opened_by_id_form_key")
        ),
    )
    op.create_index(op.f("ix_sheet_project_sheet_id_id"), "sheet_project", ["sheet_id", "id"])
    op.execute("SELECT watch_public_table('sheet_project')")


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
