"""Programmes, projects, shifts, sign-ups counted by the database, enrolments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Every way a sign-up comes, goes or changes is counted on its shift, so that the CHECKs
# ck_shift_places_not_exceeded and ck_shift_waiting_list_not_exceeded see the truth even when
# somebody writes SQL by hand. The UPDATE locks the shift's row until the end of the transaction.
COUNT_SIGN_UPS = """
CREATE FUNCTION count_sign_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state <> 'left' THEN
        UPDATE shift SET confirmed_count = confirmed_count - (OLD.state = 'confirmed')::int,
                         waiting_count = waiting_count - (OLD.state = 'waiting')::int
        WHERE id = OLD.shift_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state <> 'left' THEN
        UPDATE shift SET confirmed_count = confirmed_count + (NEW.state = 'confirmed')::int,
                         waiting_count = waiting_count + (NEW.state = 'waiting')::int
        WHERE id = NEW.shift_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER sign_up_is_counted
AFTER INSERT OR DELETE OR UPDATE OF state, shift_id ON sign_up
FOR EACH ROW EXECUTE FUNCTION count_sign_up();
"""

# Nobody but that trigger writes the counts: a new shift starts at nought (which also lets a
# restore of the data alone count anew), and a direct change is refused.
KEEP_COUNTS = """
CREATE FUNCTION start_counts_at_nought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.confirmed_count := 0;
    NEW.waiting_count := 0;
    RETURN NEW;
END $$;
CREATE TRIGGER shift_starts_with_nobody
BEFORE INSERT ON shift
FOR EACH ROW EXECUTE FUNCTION start_counts_at_nought();
CREATE FUNCTION refuse_change_of_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the people of a shift are counted by the database itself'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_counts_are_kept', TABLE = 'shift';
END $$;
CREATE TRIGGER shift_counts_are_kept
BEFORE UPDATE OF confirmed_count, waiting_count ON shift
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change_of_counts();
"""


def upgrade():
    op.create_table(
        "programme",
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
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("requires_enrolment", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_programme_has_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("slug", name=op.f("uq_programme_slug")),
    )
    op.create_table(
        "enrolment",
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
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "accepted",
                "returned",
                "refused",
                name="enrolment_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column(
            "residence",
            sa.Enum(
                "resident",
                "domiciled",
                name="residence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("availability", sa.ARRAY(sa.String(length=20)), nullable=False),
        sa.Column("motivation", sa.String(length=3000), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state IN ('returned', 'refused')) = (reason IS NOT NULL)",
            name=op.f("ck_enrolment_reason_is_said"),
        ),
        sa.CheckConstraint(
            "availability <@ ARRAY['mon-mattina', 'mon-pomeriggio', 'mon-sera', 'tue-mattina', 'tue-pomeriggio', 'tue-sera', 'wed-mattina', 'wed-pomeriggio', 'wed-sera', 'thu-mattina', 'thu-pomeriggio', 'thu-sera', 'fri-mattina', 'fri-pomeriggio', 'fri-sera', 'sat-mattina', 'sat-pomeriggio', 'sat-sera', 'sun-mattina', 'sun-pomeriggio', 'sun-sera']::varchar[]",
            name=op.f("ck_enrolment_availability_is_known"),
        ),
        sa.CheckConstraint(
            "born_on > DATE '1900-01-01'", name=op.f("ck_enrolment_birth_is_plausible")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR (born_on IS NOT NULL AND phone IS NOT NULL AND residence IS NOT NULL AND cardinality(availability) > 0)",
            name=op.f("ck_enrolment_handed_in_is_complete"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR submitted_at IS NOT NULL",
            name=op.f("ck_enrolment_handed_in_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_enrolment_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("user_id", name=op.f("uq_enrolment_user_id")),
    )
    op.create_table(
        "volunteering_project",
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
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("what_to_bring", sa.String(length=500), nullable=True),
        sa.Column(
            "sector",
            sa.Enum(
                "green",
                "school",
                "library",
                "museum",
                "digital",
                "social",
                "centres",
                "events",
                name="sector",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("place_name", sa.String(length=150), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column("tutor_name", sa.String(length=120), nullable=False),
        sa.Column("partner_name", sa.String(length=200), nullable=True),
        sa.Column("requires_enrolment", sa.Boolean(), nullable=True),
        sa.Column(
            "search_document",
            postgresql.TSVECTOR(),
            sa.Computed(
                "(setweight(to_tsvector('it'::regconfig, (title)::text), 'A'::\"char\") || setweight(to_tsvector('it'::regconfig, (((((summary)::text || ' '::text) || (place_name)::text) || ' '::text) || (COALESCE(partner_name, ''::character varying))::text)), 'B'::\"char\"))",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "length(trim(title)) > 0", name=op.f("ck_volunteering_project_has_title")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_volunteering_project_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_volunteering_project_programme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_project")),
        sa.UniqueConstraint("slug", name=op.f("uq_volunteering_project_slug")),
    )
    op.create_index(
        op.f("ix_volunteering_project_district_id"),
        "volunteering_project",
        ["district_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_volunteering_project_programme_id"),
        "volunteering_project",
        ["programme_id"],
        unique=False,
    )
    op.create_index(
        "ix_volunteering_project_search",
        "volunteering_project",
        ["search_document"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "shift",
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
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "cancelled",
                name="shift_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("waiting_capacity", sa.Integer(), nullable=False),
        sa.Column("confirmed_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("waiting_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_shift_has_places")),
        sa.CheckConstraint("closes_at <= starts_at", name=op.f("ck_shift_closes_before_start")),
        sa.CheckConstraint(
            "confirmed_count BETWEEN 0 AND capacity", name=op.f("ck_shift_places_not_exceeded")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_ends_after_start")),
        sa.CheckConstraint(
            "opens_at IS NULL OR opens_at < closes_at", name=op.f("ck_shift_opens_before_it_closes")
        ),
        sa.CheckConstraint(
            "waiting_capacity >= 0", name=op.f("ck_shift_waiting_capacity_not_negative")
        ),
        sa.CheckConstraint(
            "waiting_count BETWEEN 0 AND waiting_capacity",
            name=op.f("ck_shift_waiting_list_not_exceeded"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["volunteering_project.id"], name=op.f("fk_shift_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(
        "ix_shift_open_starts_at",
        "shift",
        ["starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_shift_project_id"), "shift", ["project_id"], unique=False)
    op.create_table(
        "sign_up",
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
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "confirmed",
                "waiting",
                "left",
                name="sign_up_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'left') = (left_at IS NOT NULL)", name=op.f("ck_sign_up_left_has_time")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_sign_up_shift_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_sign_up_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
    )
    op.create_index(op.f("ix_sign_up_user_id"), "sign_up", ["user_id"], unique=False)
    op.create_index(
        "ix_sign_up_waiting",
        "sign_up",
        ["shift_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_sign_up_held_shift_user",
        "sign_up",
        ["shift_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'left'"),
    )
    op.execute(COUNT_SIGN_UPS)
    op.execute(KEEP_COUNTS)


def downgrade():
    for table in ("sign_up", "shift", "volunteering_project", "enrolment", "programme"):
        op.drop_table(table)
    for function in ("count_sign_up", "start_counts_at_nought", "refuse_change_of_counts"):
        op.execute(f"DROP FUNCTION {function}()")
