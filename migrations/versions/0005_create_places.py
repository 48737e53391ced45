"""Places; a case is decided by somebody else, and has all or nothing of a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DECIDED = "state IN ('accepted', 'returned', 'refused')"


def upgrade():
    _tighten_cases()
    op.create_table(
        "place",
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
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "social_centre",
                "neighbourhood_house",
                "other",
                name="place_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("managing_body", sa.String(length=250), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("accessibility_notes", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=8, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_place_slug_stands_in_an_address")
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_place_has_name")),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)",
            name=op.f("ck_place_coordinates_come_in_pairs"),
        ),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90", name=op.f("ck_place_latitude_is_on_earth")
        ),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180", name=op.f("ck_place_longitude_is_on_earth")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_place_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("slug", name=op.f("uq_place_slug")),
    )
    op.create_index(op.f("ix_place_district_id"), "place", ["district_id"], unique=False)
    op.create_index(
        "ix_place_name", "place", [sa.literal_column("f_unaccent(lower(name))"), "id"], unique=False
    )


def _tighten_cases():
    op.drop_constraint(
        op.f("ck_moderation_case_decided_has_decider_and_reason"), "moderation_case", type_="check"
    )
    op.create_check_constraint(
        op.f("ck_moderation_case_decided_has_decider_and_reason"),
        "moderation_case",
        f"num_nonnulls(decided_at, decided_by_id, reason) = CASE WHEN {DECIDED} THEN 3 ELSE 0 END",
    )
    op.create_check_constraint(
        op.f("ck_moderation_case_decider_is_not_applicant"),
        "moderation_case",
        "decided_by_id <> applicant_id",
    )
    op.create_index(
        op.f("ix_moderation_case_kind_subject_id"), "moderation_case", ["kind", "subject_id"]
    )


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
