"""Hours, certificates, expenses within the caps of the law, thanks that are shared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# What a person may be paid back against a declaration of their own: €10 a day, €150 a month
# (D.Lgs. 117/2017, art. 17, c. 4). The lock puts two requests of one person in a line.
KEEP_CAPS = """
CREATE FUNCTION keep_expense_caps() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_day integer;
    of_month integer;
BEGIN
    IF NEW.kind <> 'self_certified' OR NEW.state = 'refused' THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7301021, NEW.user_id::integer);
    SELECT sum(amount_cents) FILTER (WHERE spent_on = NEW.spent_on), sum(amount_cents)
    INTO of_day, of_month
    FROM expense
    WHERE user_id = NEW.user_id AND kind = 'self_certified' AND state <> 'refused'
        AND date_trunc('month', spent_on) = date_trunc('month', NEW.spent_on);
    IF of_day > 1000 THEN
        RAISE EXCEPTION 'more than 10 euros a day without a receipt'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_day_cap', TABLE = 'expense';
    END IF;
    IF of_month > 15000 THEN
        RAISE EXCEPTION 'more than 150 euros a month without a receipt'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'expense_month_cap', TABLE = 'expense';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER expense_caps_are_kept
AFTER INSERT OR UPDATE ON expense
FOR EACH ROW EXECUTE FUNCTION keep_expense_caps();
"""


def upgrade():
    op.create_table(
        "certificate",
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
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("full_name", sa.String(length=150), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.String(length=500), nullable=True),
        sa.Column("revoked_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_reason IS NULL)",
            name=op.f("ck_certificate_revoked_says_why"),
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_certificate_has_hours")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_certificate_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_certificate_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["user_account.id"], name=op.f("fk_certificate_revoked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_certificate_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
    )
    op.create_table(
        "shared_thanks",
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
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("shows_name", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("shows_hours", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("shows_projects", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_shared_thanks_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_thanks")),
        sa.UniqueConstraint("key", name=op.f("uq_shared_thanks_key")),
        sa.UniqueConstraint("user_id", name=op.f("uq_shared_thanks_user_id")),
    )
    op.create_table(
        "expense",
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
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "documented",
                "self_certified",
                name="expense_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "returned",
                "approved",
                "refused",
                name="expense_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'documented' OR file_id IS NOT NULL OR recorded_by_id IS NOT NULL",
            name=op.f("ck_expense_documented_has_receipt"),
        ),
        sa.CheckConstraint(
            "kind <> 'self_certified' OR amount_cents <= 1000",
            name=op.f("ck_expense_day_cap_is_kept"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('returned', 'refused') OR reason IS NOT NULL",
            name=op.f("ck_expense_reason_is_said"),
        ),
        sa.CheckConstraint(
            "amount_cents BETWEEN 1 AND 100000", name=op.f("ck_expense_amount_is_plausible")
        ),
        sa.CheckConstraint("length(trim(description)) > 0", name=op.f("ck_expense_says_what_for")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_expense_file_id")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["volunteering_project.id"], name=op.f("fk_expense_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_expense_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_expense_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expense")),
    )
    op.create_table(
        "hours_entry",
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
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("sign_up_id", sa.BigInteger(), nullable=True),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "presence",
                "declared",
                name="hours_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "to_verify",
                "verified",
                "refused",
                "corrected",
                name="hours_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by_id", sa.BigInteger(), nullable=True),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'verified') <= (verified_at IS NOT NULL AND verified_by_id IS NOT NULL)",
            name=op.f("ck_hours_entry_verified_says_by_whom"),
        ),
        sa.CheckConstraint(
            "source <> 'presence' OR sign_up_id IS NOT NULL",
            name=op.f("ck_hours_entry_presence_is_of_a_shift"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'corrected') OR reason IS NOT NULL",
            name=op.f("ck_hours_entry_change_says_why"),
        ),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 1440", name=op.f("ck_hours_entry_minutes_are_of_a_day")
        ),
        sa.CheckConstraint(
            "verified_by_id <> user_id", name=op.f("ck_hours_entry_nobody_verifies_their_own")
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["hours_entry.id"], name=op.f("fk_hours_entry_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["volunteering_project.id"], name=op.f("fk_hours_entry_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_up.id"], name=op.f("fk_hours_entry_sign_up_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_hours_entry_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["user_account.id"], name=op.f("fk_hours_entry_verified_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hours_entry")),
    )
    op.create_index(op.f("ix_certificate_user_id"), "certificate", ["user_id"], unique=False)
    op.create_index(op.f("ix_expense_project_id"), "expense", ["project_id"], unique=False)
    op.create_index("ix_expense_user_spent_on", "expense", ["user_id", "spent_on"], unique=False)
    op.create_index(op.f("ix_hours_entry_project_id"), "hours_entry", ["project_id"], unique=False)
    op.create_index(
        "ix_hours_entry_to_verify",
        "hours_entry",
        ["project_id"],
        unique=False,
        postgresql_where=sa.text("state = 'to_verify'"),
    )
    op.create_index(
        "ix_hours_entry_user_worked_on", "hours_entry", ["user_id", "worked_on"], unique=False
    )
    op.create_index(
        "uq_hours_entry_live_sign_up",
        "hours_entry",
        ["sign_up_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('to_verify', 'verified')"),
    )
    op.execute(KEEP_CAPS)


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
