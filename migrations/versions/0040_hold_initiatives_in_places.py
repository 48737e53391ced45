"""Let places say what happens in them, and sheets open it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

# As PostgreSQL writes it back.
SEARCH_DOCUMENT = (
    "(setweight(to_tsvector('it'::regconfig, (title)::text), 'A'::\"char\")"
    " || setweight(to_tsvector('it'::regconfig, (((summary)::text || ' '::text)"
    " || (organiser_name)::text)), 'B'::\"char\"))"
)


def _stamps():
    return [
        sa.Column(name, sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
        for name in ("created_at", "updated_at")
    ]


def upgrade():
    op.create_table(
        "initiative",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_stamps(),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("for_whom", sa.String(length=200), nullable=True),
        sa.Column("cost", sa.String(length=200), nullable=True),
        sa.Column("how_to_join", sa.String(length=200), nullable=True),
        sa.Column("organiser_name", sa.String(length=200), nullable=False),
        sa.Column("organiser_association_id", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_reason", sa.String(length=500), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "search_document", postgresql.TSVECTOR(), sa.Computed(SEARCH_DOCUMENT, persisted=True)
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative")),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_initiative_place_id_place")
        ),
        sa.ForeignKeyConstraint(
            ["organiser_association_id"],
            ["association.id"],
            name=op.f("fk_initiative_organiser_association_id_association"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_initiative_created_by_id_user_account"),
        ),
        sa.UniqueConstraint(
            "created_by_id", "form_key", name=op.f("uq_initiative_created_by_id_form_key")
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'published', 'cancelled')",
            name=op.f("ck_initiative_initiative_state"),
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_initiative_has_title")),
        sa.CheckConstraint("length(trim(summary)) > 0", name=op.f("ck_initiative_has_summary")),
        sa.CheckConstraint(
            "length(trim(organiser_name)) > 0", name=op.f("ck_initiative_has_organiser")
        ),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_reason IS NOT NULL)",
            name=op.f("ck_initiative_cancelled_says_why"),
        ),
        sa.CheckConstraint(
            "CASE state WHEN 'draft' THEN published_at IS NULL"
            " WHEN 'published' THEN published_at IS NOT NULL ELSE true END",
            name=op.f("ck_initiative_published_has_time"),
        ),
    )
    op.create_index(op.f("ix_initiative_place_id_id"), "initiative", ["place_id", "id"])
    op.create_index(
        op.f("ix_initiative_organiser_association_id"), "initiative", ["organiser_association_id"]
    )
    op.create_index(
        "ix_initiative_search", "initiative", ["search_document"], postgresql_using="gin"
    )
    op.create_table(
        "initiative_occurrence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_stamps(),
        sa.Column("initiative_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attendance", sa.Integer(), nullable=True),
        sa.Column("counted_by_id", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_initiative_occurrence")),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_initiative_occurrence_initiative_id_initiative"),
        ),
        sa.ForeignKeyConstraint(
            ["counted_by_id"],
            ["user_account.id"],
            name=op.f("fk_initiative_occurrence_counted_by_id_user_account"),
        ),
        postgresql.ExcludeConstraint(
            (sa.column("initiative_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_initiative_occurrence_no_overlap",
            where=sa.text("state = 'planned'"),
            using="gist",
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'cancelled')",
            name=op.f("ck_initiative_occurrence_occurrence_state"),
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_initiative_occurrence_ends_after_start")
        ),
        sa.CheckConstraint(
            "ends_at <= starts_at + interval '24 hours'",
            name=op.f("ck_initiative_occurrence_ends_within_a_day"),
        ),
        sa.CheckConstraint(
            "attendance BETWEEN 0 AND 10000",
            name=op.f("ck_initiative_occurrence_attendance_is_plausible"),
        ),
        sa.CheckConstraint(
            "(attendance IS NULL) = (counted_at IS NULL)"
            " AND (attendance IS NULL) = (counted_by_id IS NULL)",
            name=op.f("ck_initiative_occurrence_counted_by_somebody"),
        ),
        sa.CheckConstraint(
            "counted_at >= starts_at", name=op.f("ck_initiative_occurrence_counted_once_begun")
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' OR attendance IS NULL",
            name=op.f("ck_initiative_occurrence_cancelled_has_no_attendance"),
        ),
    )
    op.create_index(
        op.f("ix_initiative_occurrence_initiative_id_starts_at_id"),
        "initiative_occurrence",
        ["initiative_id", "starts_at", "id"],
    )
    op.create_table(
        "sheet_initiative",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("initiative_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_initiative")),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["project_sheet.id"],
            name=op.f("fk_sheet_initiative_sheet_id_project_sheet"),
        ),
        sa.ForeignKeyConstraint(
            ["initiative_id"],
            ["initiative.id"],
            name=op.f("fk_sheet_initiative_initiative_id_initiative"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["user_account.id"],
            name=op.f("fk_sheet_initiative_opened_by_id_user_account"),
        ),
        sa.UniqueConstraint("initiative_id", name=op.f("uq_sheet_initiative_initiative_id")),
    )
    op.create_index(op.f("ix_sheet_initiative_sheet_id_id"), "sheet_initiative", ["sheet_id", "id"])
    for table in ("initiative", "initiative_occurrence", "sheet_initiative"):
        op.execute(f"SELECT watch_public_table('{table}')")


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
