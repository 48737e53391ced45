"""Requests to be included, claims, representatives."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "association_representative",
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
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "manager",
                "editor",
                name="representative_role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("capacity", sa.String(length=100), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "until_on IS NULL OR until_on >= since_on",
            name=op.f("ck_association_representative_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_association_representative_association_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_association_representative_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association_representative")),
    )
    op.create_index(
        "ix_association_representative_user_id",
        "association_representative",
        ["user_id", "association_id"],
        unique=False,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_index(
        "uq_association_representative_current",
        "association_representative",
        ["association_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "registry_claim",
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
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "accepted",
                "refused",
                "withdrawn",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applicant_role", sa.String(length=100), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("has_declared", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state <> 'draft'", name=op.f("ck_registry_claim_has_no_draft")),
        sa.CheckConstraint("has_declared", name=op.f("ck_registry_claim_has_declaration")),
        sa.CheckConstraint(
            "length(trim(evidence)) > 0", name=op.f("ck_registry_claim_says_how_it_shows")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["user_account.id"], name=op.f("fk_registry_claim_applicant_id")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_registry_claim_association_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_claim")),
    )
    op.create_index(
        "ix_registry_claim_applicant_id", "registry_claim", ["applicant_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_registry_claim_association_id"), "registry_claim", ["association_id"], unique=False
    )
    op.create_index(
        "uq_registry_claim_open_applicant_association",
        "registry_claim",
        ["applicant_id", "association_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'returned')"),
    )
    op.create_table(
        "registry_request",
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
        sa.Column("applicant_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "accepted",
                "refused",
                "withdrawn",
                name="request_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("acronym", sa.String(length=30), nullable=True),
        sa.Column("tax_code", sa.String(length=16), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "ets_onlus",
                "odv",
                "aps",
                "asd",
                "other",
                name="association_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("municipality_code", sa.String(length=6), nullable=True),
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("areas", postgresql.ARRAY(sa.String(length=30)), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("is_email_public", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("is_phone_public", sa.Boolean(), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=True),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("is_address_public", sa.Boolean(), nullable=False),
        sa.Column("applicant_role", sa.String(length=100), nullable=True),
        sa.Column("has_declared", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(state = 'accepted') = (association_id IS NOT NULL)",
            name=op.f("ck_registry_request_accepted_has_association"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (name IS NOT NULL AND tax_code IS NOT NULL AND kind IS NOT NULL AND municipality_code IS NOT NULL AND description IS NOT NULL AND cardinality(areas) > 0 AND email IS NOT NULL AND applicant_role IS NOT NULL AND has_declared AND submitted_at IS NOT NULL)",
            name=op.f("ck_registry_request_submitted_is_complete"),
        ),
        sa.CheckConstraint(
            "tax_code ~ '^([0-9]{11}|[A-Z0-9]{16})$'",
            name=op.f("ck_registry_request_tax_code_has_shape"),
        ),
        sa.CheckConstraint(
            "website ~* '^https?://'", name=op.f("ck_registry_request_website_is_address")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["user_account.id"], name=op.f("fk_registry_request_applicant_id")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_registry_request_association_id")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_registry_request_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.istat_code"],
            name=op.f("fk_registry_request_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_request")),
    )
    op.create_index(
        "ix_registry_request_applicant_id", "registry_request", ["applicant_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_registry_request_association_id"),
        "registry_request",
        ["association_id"],
        unique=False,
    )
    op.create_index(
        "uq_registry_request_open_applicant",
        "registry_request",
        ["applicant_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned')"),
    )
    op.create_index(
        "uq_registry_request_open_tax_code",
        "registry_request",
        ["tax_code"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'returned')"),
    )


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
