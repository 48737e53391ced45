"""Each case keeps the term it began with, whatever the settings say later."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column(
        "moderation_case",
        sa.Column("term_days", sa.SmallInteger(), server_default=sa.text("30"), nullable=False),
    )
    op.add_column(
        "moderation_case",
        sa.Column(
            "term_day_count",
            sa.Enum(
                "calendar",
                "working",
                name="term_day_count",
                native_enum=False,
                create_constraint=False,
                length=40,
            ),
            server_default=sa.text("'calendar'"),
            nullable=False,
        ),
    )
    op.create_check_constraint(
        op.f("ck_moderation_case_day_count"),
        "moderation_case",
        "term_day_count IN ('calendar', 'working')",
    )
    op.create_check_constraint(
        op.f("ck_moderation_case_term_is_sensible"),
        "moderation_case",
        "term_days BETWEEN 1 AND 180",
    )
    # Asked by the daily job.
    op.create_index(
        "ix_case_suspension_latest_end_on",
        "case_suspension",
        ["latest_end_on"],
        postgresql_where=sa.text("resumes_on IS NULL"),
    )


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
