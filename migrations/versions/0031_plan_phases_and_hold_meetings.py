"""Give laboratories phases of their own, people, news and meetings."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# As with shifts (migrations 0006 and 0021): every way a sign-up comes, goes or changes is counted on
# its meeting, so that the CHECKs see the truth even when somebody writes SQL by hand.
COUNT_SIGN_UPS = """
CREATE FUNCTION count_meeting_sign_up() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state IN ('confirmed', 'offered', 'waiting') THEN
        UPDATE laboratory_meeting
        SET confirmed_count = confirmed_count - (OLD.state = 'confirmed')::int * OLD.people,
            offered_count = offered_count - (OLD.state = 'offered')::int * OLD.people,
            waiting_count = waiting_count - (OLD.state = 'waiting')::int * OLD.people
        WHERE id = OLD.meeting_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ('confirmed', 'offered', 'waiting') THEN
        UPDATE laboratory_meeting
        SET confirmed_count = confirmed_count + (NEW.state = 'confirmed')::int * NEW.people,
            offered_count = offered_count + (NEW.state = 'offered')::int * NEW.people,
            waiting_count = waiting_count + (NEW.state = 'waiting')::int * NEW.people
        WHERE id = NEW.meeting_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER meeting_sign_up_is_counted
AFTER INSERT OR DELETE OR UPDATE OF state, meeting_id, people ON meeting_sign_up
FOR EACH ROW EXECUTE FUNCTION count_meeting_sign_up();
CREATE TRIGGER meeting_starts_with_nobody
BEFORE INSERT ON laboratory_meeting
FOR EACH ROW EXECUTE FUNCTION start_counts_at_nought();
CREATE FUNCTION refuse_change_of_meeting_counts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the people of a meeting are counted by the database itself'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_counts_are_kept',
              TABLE = 'laboratory_meeting';
END $$;
CREATE TRIGGER meeting_counts_are_kept
BEFORE UPDATE OF confirmed_count, offered_count, waiting_count ON laboratory_meeting
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change_of_meeting_counts();
"""

# Laboratories made before had the days of proposals as their only plan.
FILL_PHASES = """
INSERT INTO laboratory_phase (laboratory_id, kind, position, starts_on, ends_on, allows)
SELECT laboratory.id, phase.kind, phase.position,
       CASE WHEN phase.kind = 'listening' THEN laboratory.proposals_open_from END,
       CASE WHEN phase.kind = 'listening' THEN laboratory.proposals_until END,
       phase.allows
FROM laboratory, (VALUES
    ('listening', 1, ARRAY['propose', 'support', 'comment']),
    ('feasibility', 2, ARRAY['comment']),
    ('sharing', 3, ARRAY['comment_draft']),
    ('approval', 4, ARRAY[]::varchar[]),
    ('signature', 5, ARRAY['sign']),
    ('implementation', 6, ARRAY[]::varchar[]),
    ('evaluation', 7, ARRAY['evaluate'])
) AS phase (kind, position, allows);
"""

WATCHED = (
    "laboratory_phase",
    "laboratory_person",
    "laboratory_news",
    "laboratory_document",
    "laboratory_meeting",
    "meeting_photo",
    "meeting_attendee",
)


def upgrade():
    op.create_table(
        "laboratory_news",
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
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_laboratory_news_has_text")),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_laboratory_news_has_title")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_laboratory_news_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["laboratory.id"], name=op.f("fk_laboratory_news_laboratory_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laboratory_news")),
        sa.UniqueConstraint(
            "author_id", "form_key", name=op.f("uq_laboratory_news_author_id_form_key")
        ),
    )
    op.create_index(
        op.f("ix_laboratory_news_laboratory_id_published_at_id"),
        "laboratory_news",
        ["laboratory_id", "published_at", "id"],
        unique=False,
    )
    op.create_table(
        "laboratory_person",
        sa.Column("laboratory_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("takes_part", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("follows", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("shows_name", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["laboratory_id"],
            ["laboratory.id"],
            name=op.f("fk_laboratory_person_laboratory_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_laboratory_person_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("laboratory_id", "user_id", name=op.f("pk_laboratory_person")),
    )
    op.create_index(
        op.f("ix_laboratory_person_user_id"), "laboratory_person", ["user_id"], unique=False
    )
    op.create_table(
        "laboratory_phase",
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
        sa.Column(
            "kind",
            sa.Enum(
                "listening",
                "feasibility",
                "sharing",
                "approval",
                "signature",
                "implementation",
                "evaluation",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column(
            "allows", sa.ARRAY(sa.String(length=20)), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.CheckConstraint(
            "allows <@ ARRAY['propose', 'support', 'comment', 'comment_draft', 'sign', 'evaluate']::varchar[]",
            name=op.f("ck_laboratory_phase_abilities_are_known"),
        ),
        sa.CheckConstraint(
            "ends_on >= starts_on", name=op.f("ck_laboratory_phase_ends_after_start")
        ),
        sa.CheckConstraint(
            "name IS NULL OR length(trim(name)) > 0",
            name=op.f("ck_laboratory_phase_own_name_is_not_blank"),
        ),
        sa.CheckConstraint(
            "position >= 1", name=op.f("ck_laboratory_phase_position_counts_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"],
            ["laboratory.id"],
            name=op.f("fk_laboratory_phase_laboratory_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laboratory_phase")),
        sa.UniqueConstraint(
            "laboratory_id", "kind", name=op.f("uq_laboratory_phase_laboratory_id_kind")
        ),
        sa.UniqueConstraint(
            "laboratory_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_laboratory_phase_laboratory_id_position"),
        ),
    )
    op.create_table(
        "laboratory_meeting",
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
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "open",
                "sharing",
                "signing",
                "evaluation",
                name="meeting_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default=sa.text("'open'"),
            nullable=False,
        ),
        sa.Column("agenda", sa.Text(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("place_name", sa.String(length=150), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "cancelled",
                name="meeting_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cancelled_reason", sa.String(length=500), nullable=True),
        sa.Column("has_registration", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("waiting_capacity", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("confirmed_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("offered_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("waiting_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=True),
        sa.Column("decisions", sa.Text(), nullable=True),
        sa.Column("minutes_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people_without_name", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state = 'cancelled') = (cancelled_reason IS NOT NULL)",
            name=op.f("ck_laboratory_meeting_cancelled_says_why"),
        ),
        sa.CheckConstraint(
            "ends_at <= starts_at + interval '24 hours'",
            name=op.f("ck_laboratory_meeting_ends_within_a_day"),
        ),
        sa.CheckConstraint(
            "(minutes_published_at IS NULL) OR (minutes IS NOT NULL AND length(trim(minutes)) > 0)",
            name=op.f("ck_laboratory_meeting_published_minutes_have_text"),
        ),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_laboratory_meeting_has_places")),
        sa.CheckConstraint(
            "closes_at <= starts_at", name=op.f("ck_laboratory_meeting_closes_before_start")
        ),
        sa.CheckConstraint(
            "confirmed_count >= 0 AND offered_count >= 0 AND (capacity IS NULL OR confirmed_count + offered_count <= capacity)",
            name=op.f("ck_laboratory_meeting_places_not_exceeded"),
        ),
        sa.CheckConstraint(
            "ends_at > starts_at", name=op.f("ck_laboratory_meeting_ends_after_start")
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_laboratory_meeting_has_title")),
        sa.CheckConstraint(
            "opens_at IS NULL OR opens_at < closes_at",
            name=op.f("ck_laboratory_meeting_opens_before_it_closes"),
        ),
        sa.CheckConstraint(
            "waiting_capacity >= 0",
            name=op.f("ck_laboratory_meeting_waiting_capacity_not_negative"),
        ),
        sa.CheckConstraint(
            "waiting_count BETWEEN 0 AND waiting_capacity",
            name=op.f("ck_laboratory_meeting_waiting_list_not_exceeded"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_laboratory_meeting_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["laboratory.id"], name=op.f("fk_laboratory_meeting_laboratory_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_laboratory_meeting_place_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laboratory_meeting")),
        sa.UniqueConstraint(
            "created_by_id", "form_key", name=op.f("uq_laboratory_meeting_created_by_id_form_key")
        ),
    )
    op.create_index(
        op.f("ix_laboratory_meeting_laboratory_id_starts_at_id"),
        "laboratory_meeting",
        ["laboratory_id", "starts_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_laboratory_meeting_place_id"), "laboratory_meeting", ["place_id"], unique=False
    )
    op.create_index(
        op.f("ix_laboratory_meeting_starts_at_id"),
        "laboratory_meeting",
        ["starts_at", "id"],
        unique=False,
    )
    op.create_table(
        "laboratory_document",
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
        sa.Column("meeting_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "minutes",
                "study",
                "material",
                "press",
                name="document_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "length(trim(title)) > 0", name=op.f("ck_laboratory_document_has_title")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_laboratory_document_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_laboratory_document_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["laboratory.id"], name=op.f("fk_laboratory_document_laboratory_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["laboratory_meeting.id"],
            name=op.f("fk_laboratory_document_meeting_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laboratory_document")),
        sa.UniqueConstraint("file_id", name=op.f("uq_laboratory_document_file_id")),
    )
    op.create_index(
        op.f("ix_laboratory_document_laboratory_id"),
        "laboratory_document",
        ["laboratory_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_laboratory_document_meeting_id"),
        "laboratory_document",
        ["meeting_id"],
        unique=False,
    )
    op.create_table(
        "meeting_attendee",
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
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("full_name", sa.String(length=150), nullable=True),
        sa.Column("contact", sa.String(length=200), nullable=True),
        sa.Column("on_behalf_of", sa.String(length=250), nullable=True),
        sa.Column("shows_name", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "list",
                "code",
                name="attendance_source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "full_name IS NULL OR length(trim(full_name)) > 0",
            name=op.f("ck_meeting_attendee_has_name"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(user_id, full_name) = 1", name=op.f("ck_meeting_attendee_is_one_person")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["laboratory_meeting.id"], name=op.f("fk_meeting_attendee_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_meeting_attendee_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_meeting_attendee_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_attendee")),
    )
    op.create_index(
        op.f("ix_meeting_attendee_user_id"), "meeting_attendee", ["user_id"], unique=False
    )
    op.create_index(
        "uq_meeting_attendee_name",
        "meeting_attendee",
        [
            "meeting_id",
            sa.literal_column("lower(full_name::text)"),
            sa.literal_column("coalesce(lower(contact::text), '')"),
        ],
        unique=True,
        postgresql_where=sa.text("full_name IS NOT NULL"),
    )
    op.create_index(
        "uq_meeting_attendee_user",
        "meeting_attendee",
        ["meeting_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    op.create_table(
        "meeting_photo",
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
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("alt_text", sa.String(length=300), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "length(trim(alt_text)) > 0", name=op.f("ck_meeting_photo_has_alt_text")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["user_account.id"], name=op.f("fk_meeting_photo_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_meeting_photo_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["laboratory_meeting.id"], name=op.f("fk_meeting_photo_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_photo")),
        sa.UniqueConstraint("file_id", name=op.f("uq_meeting_photo_file_id")),
    )
    op.create_index(
        op.f("ix_meeting_photo_meeting_id"), "meeting_photo", ["meeting_id"], unique=False
    )
    op.create_table(
        "meeting_sign_up",
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
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "confirmed",
                "waiting",
                "offered",
                "left",
                "lapsed",
                name="sign_up_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("people", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("offer_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'offered') = (offer_until_at IS NOT NULL)",
            name=op.f("ck_meeting_sign_up_offer_has_an_end"),
        ),
        sa.CheckConstraint(
            "(state IN ('left', 'lapsed')) = (left_at IS NOT NULL)",
            name=op.f("ck_meeting_sign_up_left_has_time"),
        ),
        sa.CheckConstraint(
            "people BETWEEN 1 AND 10", name=op.f("ck_meeting_sign_up_people_are_few")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["laboratory_meeting.id"], name=op.f("fk_meeting_sign_up_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_meeting_sign_up_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_meeting_sign_up_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_sign_up")),
    )
    op.create_index(
        "ix_meeting_sign_up_offered",
        "meeting_sign_up",
        ["offer_until_at"],
        unique=False,
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        op.f("ix_meeting_sign_up_user_id"), "meeting_sign_up", ["user_id"], unique=False
    )
    op.create_index(
        "ix_meeting_sign_up_waiting",
        "meeting_sign_up",
        ["meeting_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "uq_meeting_sign_up_held",
        "meeting_sign_up",
        ["meeting_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('left', 'lapsed')"),
    )
    op.add_column("district", sa.Column("outline", sa.Text(), nullable=True))
    op.add_column(
        "laboratory",
        sa.Column("answer_days", sa.Integer(), server_default=sa.text("30"), nullable=False),
    )
    op.add_column("laboratory", sa.Column("architect_id", sa.BigInteger(), nullable=True))
    op.add_column("laboratory", sa.Column("renews_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "laboratory",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.create_index(op.f("ix_laboratory_renews_id"), "laboratory", ["renews_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_laboratory_architect_id"), "laboratory", "user_account", ["architect_id"], ["id"]
    )
    op.add_column("neighbourhood", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("neighbourhood", sa.Column("valid_until", sa.Date(), nullable=True))
    op.drop_constraint(op.f("uq_neighbourhood_district_id_name"), "neighbourhood", type_="unique")
    op.create_unique_constraint(
        op.f("uq_neighbourhood_district_id_name_valid_from"),
        "neighbourhood",
        ["district_id", "name", "valid_from"],
    )
    op.execute(
        "UPDATE neighbourhood SET valid_from = district.valid_from, valid_until = district.valid_until"
        " FROM district WHERE district.id = neighbourhood.district_id"
    )
    op.alter_column("neighbourhood", "valid_from", nullable=False)
    op.create_check_constraint(
        op.f("ck_neighbourhood_ends_after_start"),
        "neighbourhood",
        "valid_until IS NULL OR valid_until > valid_from",
    )
    op.create_check_constraint(
        op.f("ck_neighbourhood_has_name"), "neighbourhood", "length(trim(name)) > 0"
    )
    op.create_check_constraint(
        op.f("ck_district_code_fits_an_address"), "district", "code ~ '^[a-z0-9]{1,10}$'"
    )
    op.create_check_constraint(op.f("ck_district_has_name"), "district", "length(trim(name)) > 0")
    op.create_check_constraint(
        op.f("ck_laboratory_answers_within_a_year"), "laboratory", "answer_days BETWEEN 1 AND 365"
    )
    op.execute(FILL_PHASES)
    op.drop_column("laboratory", "proposals_until")
    op.drop_column("laboratory", "proposals_open_from")
    op.create_foreign_key(
        "fk_laboratory_phase_is_own",
        "laboratory",
        "laboratory_phase",
        ["id", "phase"],
        ["laboratory_id", "kind"],
        initially="DEFERRED",
        deferrable=True,
    )
    op.execute(COUNT_SIGN_UPS)
    for table in WATCHED:
        op.execute(f"SELECT watch_public_table('{table}')")


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
