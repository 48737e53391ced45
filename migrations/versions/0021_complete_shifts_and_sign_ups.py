"""Series of shifts, places that are offered, groups, presence."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# As in migration 0006, with places that are kept for who was offered one, and with groups: what is
# counted are people.
COUNT_SIGN_UPS = """
CREATE OR REPLACE FUNCTION count_sign_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state IN ('confirmed', 'offered', 'waiting') THEN
        UPDATE shift
        SET confirmed_count = confirmed_count - (OLD.state = 'confirmed')::int * OLD.people,
            offered_count = offered_count - (OLD.state = 'offered')::int * OLD.people,
            waiting_count = waiting_count - (OLD.state = 'waiting')::int * OLD.people
        WHERE id = OLD.shift_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ('confirmed', 'offered', 'waiting') THEN
        UPDATE shift
        SET confirmed_count = confirmed_count + (NEW.state = 'confirmed')::int * NEW.people,
            offered_count = offered_count + (NEW.state = 'offered')::int * NEW.people,
            waiting_count = waiting_count + (NEW.state = 'waiting')::int * NEW.people
        WHERE id = NEW.shift_id;
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER sign_up_is_counted ON sign_up;
CREATE TRIGGER sign_up_is_counted
AFTER INSERT OR DELETE OR UPDATE OF state, shift_id, people ON sign_up
FOR EACH ROW EXECUTE FUNCTION count_sign_up();
CREATE OR REPLACE FUNCTION start_counts_at_nought() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.confirmed_count := 0;
    NEW.offered_count := 0;
    NEW.waiting_count := 0;
    RETURN NEW;
END $$;
DROP TRIGGER shift_counts_are_kept ON shift;
CREATE TRIGGER shift_counts_are_kept
BEFORE UPDATE OF confirmed_count, offered_count, waiting_count ON shift
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change_of_counts();
"""


def upgrade():
    op.create_table(
        "shift_series",
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
        sa.Column("weekdays", sa.ARRAY(sa.String(length=3)), nullable=False),
        sa.Column("starts_time", sa.Time(), nullable=False),
        sa.Column("ends_time", sa.Time(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column(
            "days_left_out", sa.ARRAY(sa.Date()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("waiting_capacity", sa.Integer(), nullable=False),
        sa.Column("opens_days_before", sa.Integer(), nullable=True),
        sa.Column("closes_hours_before", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "cardinality(weekdays) > 0 AND weekdays <@ ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']::varchar[]",
            name=op.f("ck_shift_series_weekdays_are_known"),
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_shift_series_has_places")),
        sa.CheckConstraint(
            "closes_hours_before >= 0", name=op.f("ck_shift_series_closes_before_start")
        ),
        sa.CheckConstraint("opens_days_before > 0", name=op.f("ck_shift_series_opens_before")),
        sa.CheckConstraint("starts_time <> ends_time", name=op.f("ck_shift_series_takes_time")),
        sa.CheckConstraint(
            "until_on - from_on <= 366", name=op.f("ck_shift_series_is_a_year_at_most")
        ),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_shift_series_ends_after_start")),
        sa.CheckConstraint(
            "waiting_capacity >= 0", name=op.f("ck_shift_series_waiting_capacity_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_shift_series_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["volunteering_project.id"], name=op.f("fk_shift_series_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_series")),
    )
    op.create_table(
        "walk_in",
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
        sa.Column("full_name", sa.String(length=150), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=True),
        sa.Column("tax_code", sa.String(length=16), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("birth_place", sa.String(length=100), nullable=True),
        sa.Column("address", sa.String(length=250), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "tax_code ~ '^[A-Z0-9]{16}$'", name=op.f("ck_walk_in_tax_code_has_shape")
        ),
        sa.CheckConstraint("length(trim(full_name)) > 0", name=op.f("ck_walk_in_has_name")),
        sa.CheckConstraint(
            "minutes BETWEEN 1 AND 1440", name=op.f("ck_walk_in_minutes_are_of_a_day")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_walk_in_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_walk_in_shift_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk_in")),
    )
    op.add_column("shift", sa.Column("series_id", sa.BigInteger(), nullable=True))
    op.add_column("shift", sa.Column("occurs_on", sa.Date(), nullable=True))
    op.add_column("shift", sa.Column("cancelled_reason", sa.String(length=500), nullable=True))
    op.add_column(
        "shift",
        sa.Column("offered_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("shift", sa.Column("place_name", sa.String(length=150), nullable=True))
    op.add_column("shift", sa.Column("address", sa.String(length=200), nullable=True))
    op.add_column("shift", sa.Column("note", sa.String(length=300), nullable=True))
    op.add_column("shift", sa.Column("called_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "shift", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column(
        "sign_up", sa.Column("people", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.add_column("sign_up", sa.Column("group_name", sa.String(length=120), nullable=True))
    op.add_column("sign_up", sa.Column("group_members", sa.String(length=8000), nullable=True))
    op.add_column("sign_up", sa.Column("recorded_by_id", sa.BigInteger(), nullable=True))
    op.add_column("sign_up", sa.Column("offer_until_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "sign_up",
        sa.Column("has_left_late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("sign_up", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "sign_up",
        sa.Column(
            "answer",
            sa.Enum(
                "yes", "no", name="answer", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
    )
    op.add_column("sign_up", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "sign_up",
        sa.Column(
            "presence",
            sa.Enum(
                "present",
                "absent",
                name="presence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column(
        "sign_up",
        sa.Column(
            "presence_source",
            sa.Enum(
                "tutor",
                "code",
                name="presence_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("sign_up", sa.Column("presence_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("sign_up", sa.Column("presence_by_id", sa.BigInteger(), nullable=True))
    op.add_column("sign_up", sa.Column("present_people", sa.Integer(), nullable=True))
    op.create_index(
        op.f("ix_shift_series_project_id"), "shift_series", ["project_id"], unique=False
    )
    op.create_index(op.f("ix_walk_in_shift_id"), "walk_in", ["shift_id"], unique=False)
    op.create_index(
        "uq_walk_in_shift_name_contact",
        "walk_in",
        [
            "shift_id",
            sa.literal_column("lower(full_name)"),
            sa.literal_column("coalesce(lower(contact), '')"),
        ],
        unique=True,
    )
    op.create_index("uq_shift_series_occurs_on", "shift", ["series_id", "occurs_on"], unique=True)
    op.create_foreign_key(
        op.f("fk_shift_series_id"), "shift", "shift_series", ["series_id"], ["id"]
    )
    op.create_index(
        "ix_sign_up_offered",
        "sign_up",
        ["offer_until_at"],
        unique=False,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_foreign_key(
        op.f("fk_sign_up_presence_by_id"), "sign_up", "user_account", ["presence_by_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_sign_up_recorded_by_id"), "sign_up", "user_account", ["recorded_by_id"], ["id"]
    )
    op.execute(
        "UPDATE shift SET cancelled_reason = 'Il turno non si fa.' WHERE state = 'cancelled'"
    )
    add_rules()


def add_rules():
    op.create_check_constraint(
        op.f("ck_shift_cancelled_says_why"),
        "shift",
        "(state = 'cancelled') = (cancelled_reason IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_shift_ends_within_a_day"), "shift", "ends_at <= starts_at + interval '24 hours'"
    )
    op.drop_constraint(op.f("ck_shift_places_not_exceeded"), "shift", type_="check")
    op.create_check_constraint(
        op.f("ck_shift_places_not_exceeded"),
        "shift",
        "confirmed_count >= 0 AND offered_count >= 0 AND confirmed_count + offered_count <= capacity",
    )
    op.create_check_constraint(
        op.f("ck_shift_series_says_which_day"), "shift", "(series_id IS NULL) = (occurs_on IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_sign_up_answer_has_time"), "sign_up", "(answer IS NULL) = (answered_at IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_sign_up_group_has_name"),
        "sign_up",
        "people BETWEEN 1 AND 100 AND (people = 1 OR group_name IS NOT NULL)",
    )
    op.drop_constraint(op.f("ck_sign_up_left_has_time"), "sign_up", type_="check")
    op.create_check_constraint(
        op.f("ck_sign_up_left_has_time"),
        "sign_up",
        "(state IN ('left', 'lapsed')) = (left_at IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_sign_up_offer_has_an_end"),
        "sign_up",
        "(state = 'offered') = (offer_until_at IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_sign_up_presence_has_time"),
        "sign_up",
        "(presence IS NULL) = (presence_at IS NULL) AND (presence IS NULL) = (presence_source IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_sign_up_presence_is_of_confirmed"),
        "sign_up",
        "presence IS NULL OR state = 'confirmed'",
    )
    op.create_check_constraint(
        op.f("ck_sign_up_present_people_are_of_group"),
        "sign_up",
        "present_people BETWEEN 1 AND people AND (presence = 'present')",
    )
    op.drop_constraint(op.f("ck_sign_up_sign_up_state"), "sign_up", type_="check")
    op.create_check_constraint(
        op.f("ck_sign_up_sign_up_state"),
        "sign_up",
        "state IN ('confirmed', 'waiting', 'offered', 'left', 'lapsed')",
    )
    op.drop_constraint(op.f("ck_moderation_case_case_kind"), "moderation_case", type_="check")
    op.create_check_constraint(
        op.f("ck_moderation_case_case_kind"),
        "moderation_case",
        "kind IN ('enrolment', 'proposal', 'registry_request', 'claim', 'profile_edit', 'volunteering_project', 'expense')",
    )
    op.drop_index("uq_sign_up_held_shift_user", table_name="sign_up")
    op.create_index(
        "uq_sign_up_held_shift_user",
        "sign_up",
        ["shift_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('left', 'lapsed')"),
    )
    op.drop_constraint(op.f("ck_procedure_terms_case_kind"), "procedure_terms", type_="check")
    op.create_check_constraint(
        op.f("ck_procedure_terms_case_kind"),
        "procedure_terms",
        "kind IN ('enrolment', 'proposal', 'registry_request', 'claim', 'profile_edit', 'volunteering_project', 'expense')",
    )
    op.execute(COUNT_SIGN_UPS)


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
