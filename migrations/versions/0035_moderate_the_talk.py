"""Moderate the talk: cases nobody asked for by name, who was told of a comment, taking down."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("moderation_case", "applicant_id", nullable=True)
    op.create_check_constraint(
        op.f("ck_moderation_case_somebody_asks"),
        "moderation_case",
        "applicant_id IS NOT NULL OR kind = 'content_report'",
    )
    op.add_column(
        "laboratory_comment", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_laboratory_comment_untold",
        "laboratory_comment",
        ["published_at"],
        postgresql_where=sa.text("told_at IS NULL AND state = 'published'"),
    )
    op.drop_constraint("ck_proposal_time_of_publishing_means_published", "proposal")
    op.create_check_constraint(
        op.f("ck_proposal_time_of_publishing_means_published"),
        "proposal",
        "published_at IS NULL OR state IN ('published', 'withdrawn', 'refused')",
    )


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
