"""Laboratories and proposals."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "laboratory",
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
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "listening",
                "feasibility",
                "sharing",
                "approval",
                "signature",
                "implementation",
                "evaluation",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("proposals_open_from", sa.Date(), nullable=True),
        sa.Column("proposals_until", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "(setweight(to_tsvector('it'::regconfig, (title)::text), 'A'::\"char\") || setweight(to_tsvector('it'::regconfig, description), 'B'::\"char\"))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_laboratory_slug_fits_an_address")
        ),
        sa.CheckConstraint(
            "(proposals_open_from IS NULL) = (proposals_until IS NULL)",
            name=op.f("ck_laboratory_window_is_whole"),
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_laboratory_has_title")),
        sa.CheckConstraint(
            "proposals_until >= proposals_open_from",
            name=op.f("ck_laboratory_window_ends_after_start"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laboratory")),
        sa.UniqueConstraint("slug", name=op.f("uq_laboratory_slug")),
    )
    op.create_index(
        op.f("ix_laboratory_search"), "laboratory", ["search"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "laboratory_district",
        sa.Column("laboratory_id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_laboratory_district_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"],
            ["laboratory.id"],
            name=op.f("fk_laboratory_district_laboratory_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "laboratory_id", "district_id", name=op.f("pk_laboratory_district")
        ),
    )
    op.create_index(
        op.f("ix_laboratory_district_district_id"),
        "laboratory_district",
        ["district_id"],
        unique=False,
    )
    op.create_table(
        "proposal",
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
        sa.Column("laboratory_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("what_i_offer", sa.Text(), nullable=True),
        sa.Column("place_words", sa.String(length=200), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("association_name", sa.String(length=250), nullable=True),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "published",
                "returned",
                "refused",
                "withdrawn",
                name="proposal_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "(setweight(to_tsvector('it'::regconfig, (title)::text), 'A'::\"char\") || setweight(to_tsvector('it'::regconfig, text), 'B'::\"char\"))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "published_at IS NULL OR state IN ('published', 'withdrawn')",
            name=op.f("ck_proposal_time_of_publishing_means_published"),
        ),
        sa.CheckConstraint(
            "state <> 'draft' OR submitted_at IS NULL", name=op.f("ck_proposal_draft_was_not_sent")
        ),
        sa.CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL",
            name=op.f("ck_proposal_published_has_time"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR length(trim(text)) > 0",
            name=op.f("ck_proposal_sent_has_text"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL",
            name=op.f("ck_proposal_sent_has_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'refused') OR (reason IS NOT NULL AND length(trim(reason)) > 0)",
            name=op.f("ck_proposal_returned_or_refused_says_why"),
        ),
        sa.CheckConstraint(
            "(association_id IS NULL) = (association_name IS NULL)",
            name=op.f("ck_proposal_association_has_name"),
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_proposal_has_title")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_proposal_association_id")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_proposal_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["laboratory.id"], name=op.f("fk_proposal_laboratory_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("author_id", "form_key", name=op.f("uq_proposal_author_id_form_key")),
    )
    op.create_index(
        op.f("ix_proposal_association_id"), "proposal", ["association_id"], unique=False
    )
    op.create_index(op.f("ix_proposal_author_id"), "proposal", ["author_id"], unique=False)
    op.create_index(
        op.f("ix_proposal_laboratory_id_state_published_at_id"),
        "proposal",
        ["laboratory_id", "state", "published_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_proposal_search"), "proposal", ["search"], unique=False, postgresql_using="gin"
    )


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
