"""Changes of profiles under review, invitations, notices of removal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Asked at the end of the transaction, so that a hand-over may pass through any state.
MANAGER_FUNCTION = """
    CREATE FUNCTION association_keeps_a_manager() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        asked bigint := coalesce(NEW.association_id, OLD.association_id);
    BEGIN
        -- One at a time: two managers who leave at once would each see the other.
        PERFORM pg_advisory_xact_lock(7301030, asked::integer);
        IF EXISTS (
            SELECT FROM association_representative
            WHERE association_id = asked AND until_on IS NULL
        ) AND NOT EXISTS (
            SELECT FROM association_representative
            WHERE association_id = asked AND until_on IS NULL AND role = 'manager'
        ) THEN
            RAISE EXCEPTION 'association % has representatives and no manager', asked
                USING ERRCODE = 'check_violation',
                CONSTRAINT = 'ck_association_representative_has_manager',
                TABLE = 'association_representative';
        END IF;
        RETURN NULL;
    END $$
"""


def upgrade():
    op.create_table(
        "association_change",
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
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "applied",
                "pending",
                "approved",
                "refused",
                "withdrawn",
                name="change_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.Column("restores_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_at IS NOT NULL)",
            name=op.f("ck_association_change_decided_has_time"),
        ),
        sa.CheckConstraint("before <> after", name=op.f("ck_association_change_changes_something")),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_association_change_association_id"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_association_change_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["restores_id"],
            ["association_change.id"],
            name=op.f("fk_association_change_restores_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association_change")),
    )
    op.create_index(
        "ix_association_change_association_id",
        "association_change",
        ["association_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_association_change_pending",
        "association_change",
        ["association_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "removal_notice",
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
        sa.Column(
            "cause",
            sa.Enum(
                "stale",
                "requirements",
                "own_wish",
                "duplicate",
                "other",
                name="removal_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("given_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "withdrawn",
                "done",
                name="notice_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "effective_on > given_on", name=op.f("ck_removal_notice_takes_effect_later")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_removal_notice_says_why")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_removal_notice_association_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["user_account.id"], name=op.f("fk_removal_notice_given_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removal_notice")),
    )
    op.create_index(
        "ix_removal_notice_association_id", "removal_notice", ["association_id", "id"], unique=False
    )
    op.create_index(
        "uq_removal_notice_pending",
        "removal_notice",
        ["association_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "representative_invitation",
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
        sa.Column("email", sa.String(length=320), nullable=False),
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
        sa.Column("invited_by_id", sa.BigInteger(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "accepted",
                "declined",
                "withdrawn",
                name="invitation_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'accepted') = (accepted_by_id IS NOT NULL)",
            name=op.f("ck_representative_invitation_accepted_has_person"),
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (answered_at IS NULL)",
            name=op.f("ck_representative_invitation_answered_has_time"),
        ),
        sa.CheckConstraint(
            "expires_at > invited_at", name=op.f("ck_representative_invitation_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"],
            ["user_account.id"],
            name=op.f("fk_representative_invitation_accepted_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_representative_invitation_association_id"),
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"],
            ["user_account.id"],
            name=op.f("fk_representative_invitation_invited_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representative_invitation")),
    )
    op.create_index(
        "ix_representative_invitation_association_id",
        "representative_invitation",
        ["association_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_representative_invitation_pending",
        "representative_invitation",
        ["association_id", sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )

    op.execute(MANAGER_FUNCTION)
    op.execute(
        "CREATE CONSTRAINT TRIGGER association_keeps_a_manager"
        " AFTER INSERT OR UPDATE OR DELETE ON association_representative"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " EXECUTE FUNCTION association_keeps_a_manager()"
    )


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
