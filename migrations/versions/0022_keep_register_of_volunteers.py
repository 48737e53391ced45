"""What the register asks for: guardians, interviews, lines never changed, insurance."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# The register is unalterable (D.M. 6 October 2021, art. 3): whoever asks, a line stays as it was.
KEEP_REGISTER = """
CREATE FUNCTION refuse_change_of_register() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line of the register of volunteers is never changed: write a correction'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'register_entry_is_kept',
              TABLE = 'register_entry';
END $$;
CREATE TRIGGER register_entry_is_kept
BEFORE UPDATE OR DELETE ON register_entry
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_register();
CREATE TRIGGER register_is_not_emptied
BEFORE TRUNCATE ON register_entry
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_register();
"""


def upgrade():
    op.create_table(
        "insurance_policy",
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
        sa.Column("insurer", sa.String(length=150), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_insurance_policy_ends_after_start")
        ),
        sa.CheckConstraint(
            "length(trim(insurer)) > 0", name=op.f("ck_insurance_policy_has_insurer")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurance_policy")),
        sa.UniqueConstraint("number", name=op.f("uq_insurance_policy_number")),
    )
    op.create_table(
        "insurance_period",
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
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("user_id"), "="),
            (sa.text("daterange(starts_on, ends_on, '[]')"), "&&"),
            using="gist",
            name="ex_insurance_period_person_once",
        ),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_insurance_period_ends_after_start")
        ),
        sa.ForeignKeyConstraint(
            ["policy_id"], ["insurance_policy.id"], name=op.f("fk_insurance_period_policy_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_insurance_period_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insurance_period")),
    )
    op.create_table(
        "interview_slot",
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
        sa.Column("interviewer_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place_name", sa.String(length=150), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "cancelled",
                name="slot_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        postgresql.ExcludeConstraint(
            (sa.column("interviewer_id"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            where=sa.text("state = 'open'"),
            using="gist",
            name="ex_interview_slot_interviewer_once",
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_interview_slot_ends_after_start")),
        sa.CheckConstraint(
            "length(trim(place_name)) > 0", name=op.f("ck_interview_slot_has_place")
        ),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["user_account.id"], name=op.f("fk_interview_slot_interviewer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_slot")),
    )
    op.create_table(
        "register_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "section",
            sa.Enum(
                "regular",
                "occasional",
                name="register_section",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "entry",
                "correction",
                "exit",
                name="register_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("full_name", sa.String(length=150), nullable=False),
        sa.Column("tax_code", sa.String(length=16), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("birth_place", sa.String(length=100), nullable=True),
        sa.Column("address", sa.String(length=250), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by_name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "kind <> 'exit' OR ends_on IS NOT NULL", name=op.f("ck_register_entry_exit_has_day")
        ),
        sa.CheckConstraint(
            "kind = 'entry' OR length(trim(reason)) > 0",
            name=op.f("ck_register_entry_change_says_why"),
        ),
        sa.CheckConstraint(
            "section <> 'occasional' OR ends_on IS NOT NULL",
            name=op.f("ck_register_entry_occasional_has_end"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_register_entry_ends_after_start")),
        sa.CheckConstraint("length(trim(full_name)) > 0", name=op.f("ck_register_entry_has_name")),
        sa.CheckConstraint("number > 0", name=op.f("ck_register_entry_number_is_positive")),
        sa.CheckConstraint(
            "tax_code IS NOT NULL OR (born_on IS NOT NULL AND birth_place IS NOT NULL)",
            name=op.f("ck_register_entry_says_who"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_register_entry_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_register_entry_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
    )
    op.create_table(
        "guardian_authorisation",
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
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "given",
                "refused",
                "withdrawn",
                name="guardian_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("full_name", sa.String(length=150), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)",
            name=op.f("ck_guardian_authorisation_answered_has_time"),
        ),
        sa.CheckConstraint(
            "email IS NOT NULL OR recorded_by_id IS NOT NULL",
            name=op.f("ck_guardian_authorisation_can_be_reached"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_guardian_authorisation_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_guardian_authorisation_recorded_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian_authorisation")),
    )
    op.create_table(
        "interview_booking",
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
        sa.Column("slot_id", sa.BigInteger(), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "booked",
                "cancelled",
                "held",
                "missed",
                name="booking_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "positive",
                "negative",
                name="interview_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'held') = (outcome IS NOT NULL)",
            name=op.f("ck_interview_booking_held_has_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("fk_interview_booking_enrolment_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_interview_booking_recorded_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["interview_slot.id"], name=op.f("fk_interview_booking_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_booking")),
    )
    op.add_column("enrolment", sa.Column("full_name", sa.String(length=150), nullable=True))
    op.add_column("enrolment", sa.Column("tax_code", sa.String(length=16), nullable=True))
    op.add_column("enrolment", sa.Column("birth_place", sa.String(length=100), nullable=True))
    op.add_column("enrolment", sa.Column("address", sa.String(length=250), nullable=True))
    op.add_column(
        "enrolment",
        sa.Column(
            "citizenship",
            sa.Enum(
                "italian",
                "european",
                "other",
                name="citizenship",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("enrolment", sa.Column("works_for_municipality", sa.Boolean(), nullable=True))
    op.add_column("enrolment", sa.Column("can_start_on", sa.Date(), nullable=True))
    op.add_column(
        "enrolment",
        sa.Column(
            "time_preference",
            sa.Enum(
                "fixed",
                "when_i_can",
                "events",
                name="time_preference",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "enrolment",
        sa.Column(
            "skills", sa.ARRAY(sa.String(length=20)), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.add_column("enrolment", sa.Column("permit_until", sa.Date(), nullable=True))
    op.add_column("enrolment", sa.Column("permit_seen_by_id", sa.BigInteger(), nullable=True))
    op.add_column("enrolment", sa.Column("fitness_until", sa.Date(), nullable=True))
    op.add_column("enrolment", sa.Column("fitness_seen_by_id", sa.BigInteger(), nullable=True))
    op.add_column("enrolment", sa.Column("interviewed_on", sa.Date(), nullable=True))
    op.add_column("enrolment", sa.Column("recorded_by_id", sa.BigInteger(), nullable=True))
    op.add_column("enrolment", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column(
        "enrolment",
        sa.Column("wants_calls", sa.Boolean(), server_default=sa.text("true"), nullable=False),
    )
    op.create_index(
        op.f("ix_insurance_period_policy_id"), "insurance_period", ["policy_id"], unique=False
    )
    op.create_index(
        "ix_interview_slot_open",
        "interview_slot",
        ["starts_at"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "ix_register_entry_section_number_id",
        "register_entry",
        ["section", "number", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_register_entry_user_id"), "register_entry", ["user_id"], unique=False)
    op.create_index(
        "uq_register_entry_section_number",
        "register_entry",
        ["section", "number"],
        unique=True,
        postgresql_where=sa.text("kind = 'entry'"),
    )
    op.create_index(
        op.f("ix_guardian_authorisation_enrolment_id"),
        "guardian_authorisation",
        ["enrolment_id"],
        unique=False,
    )
    op.create_index(
        "uq_guardian_authorisation_current",
        "guardian_authorisation",
        ["enrolment_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'given')"),
    )
    op.create_index(
        op.f("ix_interview_booking_enrolment_id"),
        "interview_booking",
        ["enrolment_id"],
        unique=False,
    )
    op.create_index(
        "uq_interview_booking_enrolment",
        "interview_booking",
        ["enrolment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'booked'"),
    )
    op.create_index(
        "uq_interview_booking_slot",
        "interview_booking",
        ["slot_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_foreign_key(
        op.f("fk_enrolment_recorded_by_id"), "enrolment", "user_account", ["recorded_by_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_enrolment_permit_seen_by_id"),
        "enrolment",
        "user_account",
        ["permit_seen_by_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_enrolment_fitness_seen_by_id"),
        "enrolment",
        "user_account",
        ["fitness_seen_by_id"],
        ["id"],
    )
    op.drop_constraint(op.f("ck_enrolment_enrolment_state"), "enrolment", type_="check")
    op.create_check_constraint(
        op.f("ck_enrolment_enrolment_state"),
        "enrolment",
        "state IN ('draft', 'submitted', 'accepted', 'returned', 'refused', 'left')",
    )
    op.create_check_constraint(
        op.f("ck_enrolment_fitness_was_seen"),
        "enrolment",
        "(fitness_until IS NULL) = (fitness_seen_by_id IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_enrolment_left_has_day"), "enrolment", "(state = 'left') = (left_on IS NOT NULL)"
    )
    op.create_check_constraint(
        op.f("ck_enrolment_permit_was_seen"),
        "enrolment",
        "(permit_until IS NULL) = (permit_seen_by_id IS NULL)",
    )
    op.drop_constraint(op.f("ck_enrolment_residence"), "enrolment", type_="check")
    op.create_check_constraint(
        op.f("ck_enrolment_residence"),
        "enrolment",
        "residence IN ('resident', 'domiciled', 'elsewhere')",
    )
    op.create_check_constraint(
        op.f("ck_enrolment_skills_are_known"),
        "enrolment",
        "skills <@ ARRAY['manual', 'gardening', 'cooking', 'teaching', 'children', 'elderly', 'languages', 'digital', 'communication', 'driving']::varchar[]",
    )
    op.create_check_constraint(
        op.f("ck_enrolment_tax_code_has_shape"), "enrolment", "tax_code ~ '^[A-Z0-9]{16}$'"
    )
    op.execute(KEEP_REGISTER)


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
