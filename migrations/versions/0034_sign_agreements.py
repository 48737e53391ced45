"""Freeze, sign and follow agreements."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# A frozen text stays what it was, and who signed it stays written down: only what the law lets a
# person have erased, and what a later claim adds, may change in a signature.
KEEP_WHAT_WAS_SIGNED = """
CREATE FUNCTION keep_frozen_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a frozen text is never changed: make another version'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'frozen_text_stays',
              TABLE = 'agreement_version';
END $$;
CREATE TRIGGER frozen_text_stays BEFORE UPDATE OR DELETE ON agreement_version
FOR EACH ROW EXECUTE FUNCTION keep_frozen_text();
CREATE FUNCTION keep_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.version_id, NEW.fingerprint, NEW.kind, NEW.mode, NEW.signed_at)
            IS DISTINCT FROM
           (OLD.version_id, OLD.fingerprint, OLD.kind, OLD.mode, OLD.signed_at)
        OR NEW.signer_name IS DISTINCT FROM OLD.signer_name
        OR NEW.party_name IS DISTINCT FROM OLD.party_name
    THEN
        RAISE EXCEPTION 'a signature stays as it was given'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'signature_stays',
                  TABLE = 'agreement_signature';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER signature_stays BEFORE UPDATE OR DELETE ON agreement_signature
FOR EACH ROW EXECUTE FUNCTION keep_signature();
"""

WATCHED = (
    "agreement",
    "agreement_district",
    "agreement_neighbourhood",
    "agreement_version",
    "agreement_document",
    "agreement_signature",
    "commitment",
    "commitment_progress",
    "evaluation_question",
    "evaluation",
    "evaluation_reply",
)


def upgrade():
    op.create_table(
        "agreement",
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
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("summary", sa.String(length=300), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "drafting",
                "shared",
                "approved",
                "open",
                "in_force",
                "closed",
                "renewed",
                "ended_early",
                name="agreement_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("premises", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("context", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("needs", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("objectives", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("key_project", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("sign_until", sa.Date(), nullable=True),
        sa.Column("resolution_number", sa.String(length=40), nullable=True),
        sa.Column("resolution_on", sa.Date(), nullable=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_words", sa.Text(), nullable=True),
        sa.Column("renews_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('closed', 'renewed', 'ended_early')) = (ended_at IS NOT NULL)",
            name=op.f("ck_agreement_ended_has_time"),
        ),
        sa.CheckConstraint(
            "(state IN ('in_force', 'closed', 'renewed', 'ended_early')) = (in_force_at IS NOT NULL)",
            name=op.f("ck_agreement_in_force_has_time"),
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_agreement_slug_fits_an_address")
        ),
        sa.CheckConstraint(
            "state <> 'ended_early' OR length(trim(closing_words)) > 0",
            name=op.f("ck_agreement_ended_early_says_why"),
        ),
        sa.CheckConstraint(
            "state IN ('drafting', 'shared') OR (starts_on IS NOT NULL AND ends_on IS NOT NULL)",
            name=op.f("ck_agreement_approved_has_days"),
        ),
        sa.CheckConstraint(
            "state IN ('drafting', 'shared') OR resolution_number IS NOT NULL",
            name=op.f("ck_agreement_approved_has_resolution"),
        ),
        sa.CheckConstraint(
            "(resolution_number IS NULL) = (resolution_on IS NULL)",
            name=op.f("ck_agreement_resolution_is_whole"),
        ),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_agreement_ends_after_start")),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_agreement_has_title")),
        sa.CheckConstraint("renews_id <> id", name=op.f("ck_agreement_renews_another")),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["laboratory.id"], name=op.f("fk_agreement_laboratory_id")
        ),
        sa.ForeignKeyConstraint(
            ["renews_id"], ["agreement.id"], name=op.f("fk_agreement_renews_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("slug", name=op.f("uq_agreement_slug")),
    )
    op.create_index(
        op.f("ix_agreement_laboratory_id"), "agreement", ["laboratory_id"], unique=False
    )
    op.create_index(op.f("ix_agreement_renews_id"), "agreement", ["renews_id"], unique=False)
    op.create_index(
        op.f("ix_agreement_state_ends_on_id"), "agreement", ["state", "ends_on", "id"], unique=False
    )
    op.create_table(
        "agreement_district",
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_agreement_district_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_agreement_district_district_id")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "district_id", name=op.f("pk_agreement_district")),
    )
    op.create_index(
        op.f("ix_agreement_district_district_id"),
        "agreement_district",
        ["district_id"],
        unique=False,
    )
    op.create_table(
        "agreement_neighbourhood",
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("neighbourhood_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["agreement.id"],
            name=op.f("fk_agreement_neighbourhood_agreement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["neighbourhood_id"],
            ["neighbourhood.id"],
            name=op.f("fk_agreement_neighbourhood_neighbourhood_id"),
        ),
        sa.PrimaryKeyConstraint(
            "agreement_id", "neighbourhood_id", name=op.f("pk_agreement_neighbourhood")
        ),
    )
    op.create_index(
        op.f("ix_agreement_neighbourhood_neighbourhood_id"),
        "agreement_neighbourhood",
        ["neighbourhood_id"],
        unique=False,
    )
    op.create_table(
        "agreement_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("canonical", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "sha256 = encode(sha256(convert_to(canonical, 'UTF8')), 'hex')",
            name=op.f("ck_agreement_version_fingerprint_is_of_text"),
        ),
        sa.CheckConstraint(
            "(number = 1) OR (changes IS NOT NULL AND length(trim(changes)) > 0)",
            name=op.f("ck_agreement_version_amendment_says_what"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_agreement_version_number_counts_from_one")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_version_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["user_account.id"], name=op.f("fk_agreement_version_frozen_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_version")),
        sa.UniqueConstraint(
            "agreement_id", "number", name=op.f("uq_agreement_version_agreement_id_number")
        ),
        sa.UniqueConstraint("id", "sha256", name=op.f("uq_agreement_version_id_sha256")),
    )
    op.create_table(
        "commitment",
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
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("sheet_id", sa.BigInteger(), nullable=True),
        sa.Column("carried_from_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "party_kind",
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
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("party_name", sa.String(length=250), nullable=False),
        sa.Column("title", sa.String(length=250), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("indicator", sa.String(length=250), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "to_do",
                "in_progress",
                "done",
                "dropped",
                name="commitment_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.Column("dropped_reason", sa.Text(), nullable=True),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(party_kind = 'association') = (association_id IS NOT NULL)",
            name=op.f("ck_commitment_association_is_listed"),
        ),
        sa.CheckConstraint(
            "(state = 'done') = (done_on IS NOT NULL)", name=op.f("ck_commitment_done_has_day")
        ),
        sa.CheckConstraint(
            "(state = 'dropped') = (dropped_reason IS NOT NULL AND length(trim(dropped_reason)) > 0)",
            name=op.f("ck_commitment_dropped_says_why"),
        ),
        sa.CheckConstraint("length(trim(party_name)) > 0", name=op.f("ck_commitment_has_party")),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_commitment_has_title")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_commitment_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_commitment_association_id")
        ),
        sa.ForeignKeyConstraint(
            ["carried_from_id"], ["commitment.id"], name=op.f("fk_commitment_carried_from_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_commitment_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["project_sheet.id"], name=op.f("fk_commitment_sheet_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_commitment_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
        sa.UniqueConstraint(
            "created_by_id", "form_key", name=op.f("uq_commitment_created_by_id_form_key")
        ),
    )
    op.create_index(
        op.f("ix_commitment_agreement_id_position_id"),
        "commitment",
        ["agreement_id", "position", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_commitment_association_id"), "commitment", ["association_id"], unique=False
    )
    op.create_index(
        op.f("ix_commitment_carried_from_id"), "commitment", ["carried_from_id"], unique=False
    )
    op.create_index(
        "ix_commitment_open_due_on",
        "commitment",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('to_do', 'in_progress')"),
    )
    op.create_index(op.f("ix_commitment_sheet_id"), "commitment", ["sheet_id"], unique=False)
    op.create_index(op.f("ix_commitment_user_id"), "commitment", ["user_id"], unique=False)
    op.create_table(
        "evaluation",
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
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_evaluation_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_evaluation_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint(
            "agreement_id", "user_id", name=op.f("uq_evaluation_agreement_id_user_id")
        ),
    )
    op.create_index(op.f("ix_evaluation_user_id"), "evaluation", ["user_id"], unique=False)
    op.create_table(
        "evaluation_question",
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
        sa.Column("agreement_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "mark",
                "text",
                name="question_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.CheckConstraint(
            "length(trim(words)) > 0", name=op.f("ck_evaluation_question_has_words")
        ),
        sa.CheckConstraint(
            "position BETWEEN 1 AND 20", name=op.f("ck_evaluation_question_questions_are_few")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_evaluation_question_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_question")),
        sa.UniqueConstraint(
            "agreement_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("uq_evaluation_question_agreement_id_position"),
        ),
    )
    op.create_table(
        "agreement_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("signatures", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_agreement_document_sha256_is_hexadecimal")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_agreement_document_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_version.id"], name=op.f("fk_agreement_document_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_document")),
        sa.UniqueConstraint("file_id", name=op.f("uq_agreement_document_file_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_agreement_document_sha256")),
    )
    op.create_index(
        op.f("ix_agreement_document_version_id_made_at_id"),
        "agreement_document",
        ["version_id", "made_at", "id"],
        unique=False,
    )
    op.create_table(
        "agreement_signature",
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
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
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
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("signer_name", sa.String(length=150), nullable=False),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("party_name", sa.String(length=250), nullable=True),
        sa.Column("role_words", sa.String(length=100), nullable=True),
        sa.Column("shows_initials", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "mode",
            sa.Enum(
                "online",
                "paper",
                name="signature_mode",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scan_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("claim_key", sa.String(length=64), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'association') = (association_id IS NOT NULL)",
            name=op.f("ck_agreement_signature_association_is_listed"),
        ),
        sa.CheckConstraint(
            "(kind = 'person') = (party_name IS NULL)",
            name=op.f("ck_agreement_signature_who_is_not_a_person_has_a_name"),
        ),
        sa.CheckConstraint(
            "(mode = 'paper') = (scan_id IS NOT NULL) AND (mode = 'paper') = (recorded_by_id IS NOT NULL)",
            name=op.f("ck_agreement_signature_paper_has_its_scan"),
        ),
        sa.CheckConstraint(
            "kind = 'person' OR (role_words IS NOT NULL AND length(trim(role_words)) > 0)",
            name=op.f("ck_agreement_signature_who_signs_for_others_says_as_what"),
        ),
        sa.CheckConstraint(
            "mode = 'paper' OR user_id IS NOT NULL OR erased_at IS NOT NULL",
            name=op.f("ck_agreement_signature_online_has_account"),
        ),
        sa.CheckConstraint(
            "length(trim(signer_name)) > 0", name=op.f("ck_agreement_signature_has_name")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_agreement_signature_association_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_agreement_signature_recorded_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["scan_id"], ["stored_file.id"], name=op.f("fk_agreement_signature_scan_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_agreement_signature_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "fingerprint"],
            ["agreement_version.id", "agreement_version.sha256"],
            name="fk_agreement_signature_version",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_signature")),
        sa.UniqueConstraint("claim_key", name=op.f("uq_agreement_signature_claim_key")),
        sa.UniqueConstraint("scan_id", name=op.f("uq_agreement_signature_scan_id")),
    )
    op.create_index(
        op.f("ix_agreement_signature_association_id"),
        "agreement_signature",
        ["association_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_agreement_signature_user_id"), "agreement_signature", ["user_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_signature_version_id_id"),
        "agreement_signature",
        ["version_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_agreement_signature_association",
        "agreement_signature",
        ["version_id", "association_id"],
        unique=True,
        postgresql_where=sa.text("association_id IS NOT NULL"),
    )
    op.create_index(
        "uq_agreement_signature_municipality",
        "agreement_signature",
        ["version_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'municipality'"),
    )
    op.create_index(
        "uq_agreement_signature_party",
        "agreement_signature",
        ["version_id", "kind", sa.literal_column("lower(party_name::text)")],
        unique=True,
        postgresql_where=sa.text("kind IN ('school', 'body', 'group')"),
    )
    op.create_index(
        "uq_agreement_signature_person",
        "agreement_signature",
        ["version_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'person' AND user_id IS NOT NULL"),
    )
    op.create_table(
        "commitment_progress",
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
        sa.Column("commitment_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.BigInteger(), nullable=True),
        sa.Column("alt_text", sa.String(length=300), nullable=True),
        sa.Column("says_done", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "reported",
                "confirmed",
                "refused",
                name="progress_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state = 'reported') = (decided_at IS NULL)",
            name=op.f("ck_commitment_progress_decided_has_time"),
        ),
        sa.CheckConstraint(
            "state <> 'refused' OR (reason IS NOT NULL AND length(trim(reason)) > 0)",
            name=op.f("ck_commitment_progress_refused_says_why"),
        ),
        sa.CheckConstraint(
            "(photo_id IS NULL) = (alt_text IS NULL) AND (alt_text IS NULL OR length(trim(alt_text)) > 0)",
            name=op.f("ck_commitment_progress_photo_has_words"),
        ),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_commitment_progress_has_text")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_commitment_progress_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_commitment_progress_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_commitment_progress_decided_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["photo_id"], ["stored_file.id"], name=op.f("fk_commitment_progress_photo_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment_progress")),
        sa.UniqueConstraint(
            "author_id", "form_key", name=op.f("uq_commitment_progress_author_id_form_key")
        ),
        sa.UniqueConstraint("photo_id", name=op.f("uq_commitment_progress_photo_id")),
    )
    op.create_index(
        op.f("ix_commitment_progress_commitment_id_id"),
        "commitment_progress",
        ["commitment_id", "id"],
        unique=False,
    )
    op.create_table(
        "evaluation_reply",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("evaluation_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "mark BETWEEN 1 AND 5", name=op.f("ck_evaluation_reply_mark_is_from_1_to_5")
        ),
        sa.CheckConstraint(
            "num_nonnulls(mark, text) = 1", name=op.f("ck_evaluation_reply_is_mark_or_text")
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name=op.f("fk_evaluation_reply_evaluation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["evaluation_question.id"],
            name=op.f("fk_evaluation_reply_question_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation_reply")),
        sa.UniqueConstraint(
            "evaluation_id",
            "question_id",
            name=op.f("uq_evaluation_reply_evaluation_id_question_id"),
        ),
    )
    op.create_index(
        op.f("ix_evaluation_reply_question_id"), "evaluation_reply", ["question_id"], unique=False
    )
    op.create_table(
        "expected_signature",
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
        sa.Column("version_id", sa.BigInteger(), nullable=False),
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
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'association') = (association_id IS NOT NULL)",
            name=op.f("ck_expected_signature_association_is_listed"),
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_expected_signature_has_name")),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_expected_signature_association_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_expected_signature_user_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["agreement_version.id"], name=op.f("fk_expected_signature_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_signature")),
    )
    op.create_index(
        op.f("ix_expected_signature_association_id"),
        "expected_signature",
        ["association_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_expected_signature_user_id"), "expected_signature", ["user_id"], unique=False
    )
    op.create_index(
        "uq_expected_signature_party",
        "expected_signature",
        ["version_id", "kind", sa.literal_column("lower(name::text)")],
        unique=True,
    )
    op.create_foreign_key(
        "fk_project_sheet_agreement_id", "project_sheet", "agreement", ["agreement_id"], ["id"]
    )
    op.create_foreign_key(
        "fk_laboratory_renews_id", "laboratory", "agreement", ["renews_id"], ["id"]
    )
    op.execute(KEEP_WHAT_WAS_SIGNED)
    for table in WATCHED:
        op.execute(f"SELECT watch_public_table('{table}')")


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
