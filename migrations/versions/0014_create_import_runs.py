"""Imports that staff makes in the browser."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "import_run",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("uploaded_by_id", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "uploaded",
                "checked",
                "applying",
                "applied",
                "failed",
                "discarded",
                name="import_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("layout", sa.String(length=40), nullable=True),
        sa.Column("encoding", sa.String(length=20), nullable=True),
        sa.Column("separator", sa.String(length=1), nullable=True),
        sa.Column("new", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=True),
        sa.Column("unchanged", sa.Integer(), nullable=True),
        sa.Column("rejected", sa.Integer(), nullable=True),
        sa.Column("report", postgresql.JSONB(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'applied') = (applied_at IS NOT NULL)",
            name=op.f("ck_import_run_applied_has_time"),
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (problem IS NOT NULL)", name=op.f("ck_import_run_failed_says_why")
        ),
        sa.CheckConstraint(
            "(state IN ('uploaded', 'checked', 'applying')) = (content IS NOT NULL)",
            name=op.f("ck_import_run_keeps_file_while_open"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('checked', 'applying', 'applied') OR report IS NOT NULL",
            name=op.f("ck_import_run_checked_has_report"),
        ),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["user_account.id"], name=op.f("fk_import_run_applied_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["user_account.id"], name=op.f("fk_import_run_uploaded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_index(
        "uq_import_run_applying",
        "import_run",
        [sa.literal_column("(state = 'applying')")],
        unique=True,
        postgresql_where=sa.text("state = 'applying'"),
    )
    op.create_table(
        "import_progress",
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "done BETWEEN 0 AND total", name=op.f("ck_import_progress_done_of_total")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_progress_run_id")
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_import_progress")),
    )


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
