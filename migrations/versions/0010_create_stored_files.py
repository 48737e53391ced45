"""Uploaded documents, and those the portal makes."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stored_file",
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
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "media_type",
            sa.Enum(
                "application/pdf",
                "image/jpeg",
                "image/png",
                name="media_type",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_stored_file_sha256_is_hexadecimal")
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_stored_file_has_name")),
        sa.CheckConstraint(
            "octet_length(content) = size", name=op.f("ck_stored_file_size_is_of_content")
        ),
        sa.CheckConstraint(
            "size BETWEEN 1 AND 10485760", name=op.f("ck_stored_file_size_is_allowed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
    )


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
