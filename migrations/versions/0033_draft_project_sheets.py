"""Draft project sheets together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

WATCHED = (
    "project_sheet",
    "sheet_party",
    "budget_line",
    "sheet_indicator",
    "sheet_proposal",
    "sheet_place",
)


def upgrade():
    op.create_table(
        "project_sheet",
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
        sa.Column("agreement_id", sa.BigInteger(), nullable=True),
        sa.Column("carried_from_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column(
            "family",
            sa.Enum(
                "community_care",
                "city_care",
                name="sheet_family",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "shared",
                "agreed",
                "withdrawn",
                name="sheet_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("contents", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("aims", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("actions", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("times", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("spaces", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "state <> 'agreed' OR agreement_id IS NOT NULL",
            name=op.f("ck_project_sheet_agreed_is_of_one"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR length(trim(contents)) > 0",
            name=op.f("ck_project_sheet_shared_has_contents"),
        ),
        sa.CheckConstraint(
            "carried_from_id <> id", name=op.f("ck_project_sheet_carries_over_another")
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_project_sheet_has_title")),
        sa.ForeignKeyConstraint(
            ["carried_from_id"], ["project_sheet.id"], name=op.f("fk_project_sheet_carried_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_project_sheet_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["laboratory.id"], name=op.f("fk_project_sheet_laboratory_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_sheet")),
        sa.UniqueConstraint(
            "created_by_id", "form_key", name=op.f("uq_project_sheet_created_by_id_form_key")
        ),
    )
    op.create_index(
        op.f("ix_project_sheet_agreement_id_position_id"),
        "project_sheet",
        ["agreement_id", "position", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_project_sheet_carried_from_id"), "project_sheet", ["carried_from_id"], unique=False
    )
    op.create_index(
        op.f("ix_project_sheet_laboratory_id_position_id"),
        "project_sheet",
        ["laboratory_id", "position", "id"],
        unique=False,
    )
    op.create_table(
        "budget_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "municipality",
                "region",
                "partners",
                "sponsors",
                "volunteer_work",
                "other",
                name="budget_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("planned_cents", sa.BigInteger(), nullable=False),
        sa.Column("spent_cents", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("length(trim(words)) > 0", name=op.f("ck_budget_line_says_for_what")),
        sa.CheckConstraint(
            "planned_cents BETWEEN 0 AND 1000000000",
            name=op.f("ck_budget_line_planned_is_plausible"),
        ),
        sa.CheckConstraint(
            "spent_cents BETWEEN 0 AND 1000000000", name=op.f("ck_budget_line_spent_is_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["project_sheet.id"],
            name=op.f("fk_budget_line_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_line")),
    )
    op.create_index(
        op.f("ix_budget_line_sheet_id_position_id"),
        "budget_line",
        ["sheet_id", "position", "id"],
        unique=False,
    )
    op.create_table(
        "sheet_editor",
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_sheet_editor_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["project_sheet.id"],
            name=op.f("fk_sheet_editor_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sheet_editor_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sheet_id", "user_id", name=op.f("pk_sheet_editor")),
    )
    op.create_index(op.f("ix_sheet_editor_user_id"), "sheet_editor", ["user_id"], unique=False)
    op.create_table(
        "sheet_indicator",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("target", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("reached", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_sheet_indicator_has_name")),
        sa.CheckConstraint(
            "reached BETWEEN 0 AND 1000000000", name=op.f("ck_sheet_indicator_reached_is_plausible")
        ),
        sa.CheckConstraint(
            "target BETWEEN 0 AND 1000000000", name=op.f("ck_sheet_indicator_target_is_plausible")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["project_sheet.id"],
            name=op.f("fk_sheet_indicator_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_indicator")),
    )
    op.create_index(
        op.f("ix_sheet_indicator_sheet_id_position_id"),
        "sheet_indicator",
        ["sheet_id", "position", "id"],
        unique=False,
    )
    op.create_table(
        "sheet_party",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "municipality",
                "association",
                "school",
                "body",
                "group",
                "person",
                name="party_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("does", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'association') = (association_id IS NOT NULL)",
            name=op.f("ck_sheet_party_association_is_listed"),
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_sheet_party_has_name")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_sheet_party_association_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["project_sheet.id"],
            name=op.f("fk_sheet_party_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_party")),
    )
    op.create_index(
        op.f("ix_sheet_party_association_id"), "sheet_party", ["association_id"], unique=False
    )
    op.create_index(
        op.f("ix_sheet_party_sheet_id_position_id"),
        "sheet_party",
        ["sheet_id", "position", "id"],
        unique=False,
    )
    op.create_table(
        "sheet_place",
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_sheet_place_place_id")),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["project_sheet.id"],
            name=op.f("fk_sheet_place_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sheet_id", "place_id", name=op.f("pk_sheet_place")),
    )
    op.create_index(op.f("ix_sheet_place_place_id"), "sheet_place", ["place_id"], unique=False)
    op.create_table(
        "sheet_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("saved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["user_account.id"], name=op.f("fk_sheet_version_saved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["project_sheet.id"],
            name=op.f("fk_sheet_version_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_version")),
        sa.UniqueConstraint("sheet_id", "number", name=op.f("uq_sheet_version_sheet_id_number")),
    )
    op.create_table(
        "sheet_proposal",
        sa.Column("sheet_id", sa.BigInteger(), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_sheet_proposal_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"],
            ["project_sheet.id"],
            name=op.f("fk_sheet_proposal_sheet_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("sheet_id", "proposal_id", name=op.f("pk_sheet_proposal")),
    )
    op.create_index(
        op.f("ix_sheet_proposal_proposal_id"), "sheet_proposal", ["proposal_id"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_laboratory_comment_sheet_id"),
        "laboratory_comment",
        "project_sheet",
        ["sheet_id"],
        ["id"],
    )
    for table in WATCHED:
        op.execute(f"SELECT watch_public_table('{table}')")


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
