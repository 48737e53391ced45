"""Complete proposals: co-authors, documents, supports, comments, reviews, answers."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# How many support a proposal, comment on it, or find a comment useful is counted by the database
# itself; a direct change of these counts is refused.
COUNTS = """
CREATE FUNCTION count_proposal_support() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE proposal SET support_count = support_count + 1 WHERE id = NEW.proposal_id;
    ELSE
        UPDATE proposal SET support_count = support_count - 1 WHERE id = OLD.proposal_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER proposal_support_is_counted AFTER INSERT OR DELETE ON proposal_support
FOR EACH ROW EXECUTE FUNCTION count_proposal_support();
CREATE FUNCTION count_proposal_comment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.state = 'published' AND OLD.proposal_id IS NOT NULL THEN
        UPDATE proposal SET comment_count = comment_count - 1 WHERE id = OLD.proposal_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.state = 'published' AND NEW.proposal_id IS NOT NULL THEN
        UPDATE proposal SET comment_count = comment_count + 1 WHERE id = NEW.proposal_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER proposal_comment_is_counted
AFTER INSERT OR DELETE OR UPDATE OF state, proposal_id ON laboratory_comment
FOR EACH ROW EXECUTE FUNCTION count_proposal_comment();
CREATE FUNCTION count_comment_useful() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE laboratory_comment SET useful_count = useful_count + 1 WHERE id = NEW.comment_id;
    ELSE
        UPDATE laboratory_comment SET useful_count = useful_count - 1 WHERE id = OLD.comment_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER comment_useful_is_counted AFTER INSERT OR DELETE ON comment_useful
FOR EACH ROW EXECUTE FUNCTION count_comment_useful();
CREATE FUNCTION refuse_change_of_opinions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'supports and comments are counted by the database itself'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'opinions_are_counted',
              TABLE = TG_TABLE_NAME;
END $$;
CREATE TRIGGER proposal_counts_are_kept
BEFORE UPDATE OF support_count, comment_count ON proposal
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change_of_opinions();
CREATE TRIGGER comment_counts_are_kept
BEFORE UPDATE OF useful_count ON laboratory_comment
FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change_of_opinions();
"""

# What was published before is answered within the days of its laboratory, and its text of then
# is the first version.
FILL = """
UPDATE proposal SET answer_due_on =
    (proposal.published_at AT TIME ZONE 'Europe/Rome')::date + laboratory.answer_days
FROM laboratory
WHERE laboratory.id = proposal.laboratory_id AND proposal.published_at IS NOT NULL;
INSERT INTO proposal_version (proposal_id, number, title, text, what_i_offer, place_words,
                              saved_by_id, saved_at)
SELECT id, 1, title, text, what_i_offer, place_words, author_id, published_at
FROM proposal WHERE published_at IS NOT NULL;
"""

KINDS = (
    "kind IN ('enrolment', 'proposal', 'registry_request', 'claim', 'profile_edit',"
    " 'volunteering_project', 'expense', 'comment', 'content_report')"
)

WATCHED = (
    "listed_project",
    "proposal_version",
    "proposal_coauthor",
    "proposal_file",
    "proposal_support",
    "laboratory_comment",
    "comment_useful",
    "municipal_office",
    "proposal_answer",
)


def upgrade():
    op.create_table(
        "municipal_office",
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
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_municipal_office_has_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipal_office")),
        sa.UniqueConstraint("name", name=op.f("uq_municipal_office_name")),
    )
    op.create_table(
        "listed_project",
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
        sa.Column("adopt_until", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_listed_project_has_text")),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_listed_project_has_title")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_listed_project_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["laboratory_id"], ["laboratory.id"], name=op.f("fk_listed_project_laboratory_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_project")),
        sa.UniqueConstraint(
            "created_by_id", "form_key", name=op.f("uq_listed_project_created_by_id_form_key")
        ),
    )
    op.create_index(
        op.f("ix_listed_project_laboratory_id"), "listed_project", ["laboratory_id"], unique=False
    )
    op.create_table(
        "feasibility_review",
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
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "given",
                "dropped",
                name="review_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum(
                "feasible",
                "with_conditions",
                "not_feasible",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("cost_cents", sa.Integer(), nullable=True),
        sa.Column("times", sa.String(length=200), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("given_by_id", sa.BigInteger(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(state = 'given') = (given_at IS NOT NULL) AND (state = 'given') = (verdict IS NOT NULL)",
            name=op.f("ck_feasibility_review_given_has_verdict"),
        ),
        sa.CheckConstraint(
            "state <> 'given' OR length(trim(opinion)) > 0",
            name=op.f("ck_feasibility_review_given_has_opinion"),
        ),
        sa.CheckConstraint(
            "verdict <> 'with_conditions' OR length(trim(conditions)) > 0",
            name=op.f("ck_feasibility_review_conditions_are_said"),
        ),
        sa.CheckConstraint(
            "cost_cents BETWEEN 0 AND 10000000000",
            name=op.f("ck_feasibility_review_cost_is_plausible"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_feasibility_review_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["user_account.id"], name=op.f("fk_feasibility_review_given_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["municipal_office.id"], name=op.f("fk_feasibility_review_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_feasibility_review_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feasibility_review")),
    )
    op.create_index(
        op.f("ix_feasibility_review_office_id"), "feasibility_review", ["office_id"], unique=False
    )
    op.create_index(
        op.f("ix_feasibility_review_proposal_id"),
        "feasibility_review",
        ["proposal_id"],
        unique=False,
    )
    op.create_index(
        "uq_feasibility_review_proposal_office",
        "feasibility_review",
        ["proposal_id", "office_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    op.create_table(
        "laboratory_comment",
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
        sa.Column("proposal_id", sa.BigInteger(), nullable=True),
        sa.Column("sheet_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "section",
            sa.Enum(
                "contents",
                "aims",
                "actions",
                "times",
                "spaces",
                "parties",
                "budget",
                "indicators",
                name="sheet_section",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("parent_depth", sa.Integer(), nullable=True),
        sa.Column("depth", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "published",
                "refused",
                "hidden",
                "withdrawn",
                name="comment_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_of_office", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("useful_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('published', 'hidden') OR published_at IS NOT NULL",
            name=op.f("ck_laboratory_comment_published_has_time"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'hidden') OR (reason IS NOT NULL AND length(trim(reason)) > 0)",
            name=op.f("ck_laboratory_comment_refused_or_hidden_says_why"),
        ),
        sa.CheckConstraint(
            "(parent_id IS NULL) = (parent_depth IS NULL) AND parent_depth = 0",
            name=op.f("ck_laboratory_comment_answers_go_one_deep"),
        ),
        sa.CheckConstraint(
            "(sheet_id IS NULL) = (section IS NULL)",
            name=op.f("ck_laboratory_comment_sheet_has_section"),
        ),
        sa.CheckConstraint(
            "depth IN (0, 1) AND (depth = 1) = (parent_id IS NOT NULL)",
            name=op.f("ck_laboratory_comment_depth"),
        ),
        sa.CheckConstraint(
            "length(trim(text)) > 0 AND length(text) <= 3000",
            name=op.f("ck_laboratory_comment_has_text"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(proposal_id, sheet_id) = 1",
            name=op.f("ck_laboratory_comment_is_about_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_laboratory_comment_author_id")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id", "parent_depth"],
            ["laboratory_comment.id", "laboratory_comment.depth"],
            name="fk_laboratory_comment_parent",
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_laboratory_comment_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_laboratory_comment")),
        sa.UniqueConstraint(
            "author_id", "form_key", name=op.f("uq_laboratory_comment_author_id_form_key")
        ),
        sa.UniqueConstraint("id", "depth", name=op.f("uq_laboratory_comment_id_depth")),
    )
    op.create_index(
        op.f("ix_laboratory_comment_author_id"), "laboratory_comment", ["author_id"], unique=False
    )
    op.create_index(
        op.f("ix_laboratory_comment_parent_id_id"),
        "laboratory_comment",
        ["parent_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_laboratory_comment_proposal_id_depth_published_at_id"),
        "laboratory_comment",
        ["proposal_id", "depth", "published_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_laboratory_comment_sheet_id_section_published_at_id"),
        "laboratory_comment",
        ["sheet_id", "section", "published_at", "id"],
        unique=False,
    )
    op.create_table(
        "proposal_answer",
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
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "accepted",
                "merged",
                "not_feasible",
                name="answer_outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("headline", sa.String(length=150), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("cost_cents", sa.Integer(), nullable=True),
        sa.Column("cost_words", sa.String(length=200), nullable=True),
        sa.Column("times", sa.String(length=200), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column("office_id", sa.BigInteger(), nullable=False),
        sa.Column("contact_name", sa.String(length=150), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_again_why", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'merged') = (merged_into_id IS NOT NULL)",
            name=op.f("ck_proposal_answer_merged_says_into_what"),
        ),
        sa.CheckConstraint(
            "outcome <> 'accepted' OR (times IS NOT NULL AND cost_cents IS NOT NULL)",
            name=op.f("ck_proposal_answer_accepted_says_cost_and_times"),
        ),
        sa.CheckConstraint(
            "(asked_again_at IS NULL) = (asked_again_why IS NULL)",
            name=op.f("ck_proposal_answer_asked_again_says_why"),
        ),
        sa.CheckConstraint(
            "cost_cents BETWEEN 0 AND 10000000000",
            name=op.f("ck_proposal_answer_cost_is_plausible"),
        ),
        sa.CheckConstraint(
            "length(trim(reasons)) > 0", name=op.f("ck_proposal_answer_has_reasons")
        ),
        sa.CheckConstraint(
            "merged_into_id <> proposal_id", name=op.f("ck_proposal_answer_merges_into_another")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["user_account.id"], name=op.f("fk_proposal_answer_answered_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["proposal.id"], name=op.f("fk_proposal_answer_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["municipal_office.id"], name=op.f("fk_proposal_answer_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_answer_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_answer")),
    )
    op.create_index(
        op.f("ix_proposal_answer_merged_into_id"),
        "proposal_answer",
        ["merged_into_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_proposal_answer_proposal_id"), "proposal_answer", ["proposal_id"], unique=False
    )
    op.create_index(
        "uq_proposal_answer_proposal_current",
        "proposal_answer",
        ["proposal_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "proposal_coauthor",
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
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("association_id", sa.BigInteger(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "accepted",
                "declined",
                name="coauthor_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("invited_by_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'invited') = (answered_at IS NULL)",
            name=op.f("ck_proposal_coauthor_answer_has_time"),
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR user_id IS NOT NULL",
            name=op.f("ck_proposal_coauthor_accepted_by_somebody"),
        ),
        sa.CheckConstraint(
            "association_id IS NOT NULL OR email IS NOT NULL",
            name=op.f("ck_proposal_coauthor_can_be_asked"),
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_proposal_coauthor_has_name")),
        sa.ForeignKeyConstraint(
            ["association_id"], ["association.id"], name=op.f("fk_proposal_coauthor_association_id")
        ),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["user_account.id"], name=op.f("fk_proposal_coauthor_invited_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_coauthor_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_proposal_coauthor_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_coauthor")),
    )
    op.create_index(
        op.f("ix_proposal_coauthor_association_id"),
        "proposal_coauthor",
        ["association_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_proposal_coauthor_user_id"), "proposal_coauthor", ["user_id"], unique=False
    )
    op.create_index(
        "uq_proposal_coauthor_proposal_association",
        "proposal_coauthor",
        ["proposal_id", "association_id"],
        unique=True,
        postgresql_where=sa.text("association_id IS NOT NULL"),
    )
    op.create_index(
        "uq_proposal_coauthor_proposal_email",
        "proposal_coauthor",
        ["proposal_id", sa.literal_column("lower(email::text)")],
        unique=True,
        postgresql_where=sa.text("email IS NOT NULL"),
    )
    op.create_table(
        "proposal_file",
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
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_proposal_file_has_title")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_proposal_file_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_file_proposal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_proposal_file_file_id")),
    )
    op.create_index(
        op.f("ix_proposal_file_proposal_id"), "proposal_file", ["proposal_id"], unique=False
    )
    op.create_table(
        "proposal_support",
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("supported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_proposal_support_proposal_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_support_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("proposal_id", "user_id", name=op.f("pk_proposal_support")),
    )
    op.create_index(
        op.f("ix_proposal_support_user_id"), "proposal_support", ["user_id"], unique=False
    )
    op.create_table(
        "proposal_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("proposal_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=True),
        sa.Column("what_i_offer", sa.Text(), nullable=True),
        sa.Column("place_words", sa.String(length=200), nullable=True),
        sa.Column("saved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_version_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["user_account.id"], name=op.f("fk_proposal_version_saved_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_version")),
        sa.UniqueConstraint(
            "proposal_id", "number", name=op.f("uq_proposal_version_proposal_id_number")
        ),
    )
    op.create_table(
        "comment_useful",
        sa.Column("comment_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["laboratory_comment.id"],
            name=op.f("fk_comment_useful_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_comment_useful_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_comment_useful")),
    )
    op.create_index(op.f("ix_comment_useful_user_id"), "comment_useful", ["user_id"], unique=False)
    op.create_table(
        "content_report",
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
        sa.Column("proposal_id", sa.BigInteger(), nullable=True),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("reporter_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "upheld",
                "dismissed",
                name="report_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_answer", sa.String(length=2000), nullable=True),
        sa.Column("author_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)",
            name=op.f("ck_content_report_decided_has_time"),
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_content_report_says_why")),
        sa.CheckConstraint(
            "num_nonnulls(proposal_id, comment_id) = 1",
            name=op.f("ck_content_report_is_about_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["laboratory_comment.id"], name=op.f("fk_content_report_comment_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_content_report_proposal_id")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["user_account.id"], name=op.f("fk_content_report_reporter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_report")),
    )
    op.create_index(
        op.f("ix_content_report_comment_id"), "content_report", ["comment_id"], unique=False
    )
    op.create_index(
        op.f("ix_content_report_proposal_id"), "content_report", ["proposal_id"], unique=False
    )
    complete_proposal()
    for table in ("moderation_case", "procedure_terms"):
        op.drop_constraint(op.f(f"ck_{table}_case_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_case_kind"), table, KINDS)
    op.execute(COUNTS)
    for table in WATCHED:
        op.execute(f"SELECT watch_public_table('{table}')")


def complete_proposal():
    op.add_column("proposal", sa.Column("needs", sa.Text(), nullable=True))
    op.add_column(
        "proposal",
        sa.Column(
            "category",
            sa.Enum(
                "green",
                "streets",
                "spaces",
                "meeting",
                "culture",
                "school",
                "care",
                "sport",
                "digital",
                name="proposal_category",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("proposal", sa.Column("neighbourhood_id", sa.BigInteger(), nullable=True))
    op.add_column("proposal", sa.Column("map_x", sa.Integer(), nullable=True))
    op.add_column("proposal", sa.Column("map_y", sa.Integer(), nullable=True))
    op.add_column(
        "proposal",
        sa.Column(
            "origin",
            sa.Enum(
                "online",
                "phone",
                "mail",
                "paper",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default=sa.text("'online'"),
            nullable=False,
        ),
    )
    op.add_column("proposal", sa.Column("author_name", sa.String(length=150), nullable=True))
    op.add_column("proposal", sa.Column("author_contact", sa.String(length=200), nullable=True))
    op.add_column("proposal", sa.Column("claim_key", sa.String(length=64), nullable=True))
    op.add_column("proposal", sa.Column("recorded_by_id", sa.BigInteger(), nullable=True))
    op.add_column("proposal", sa.Column("listed_project_id", sa.BigInteger(), nullable=True))
    op.add_column("proposal", sa.Column("answer_due_on", sa.Date(), nullable=True))
    op.add_column("proposal", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "proposal",
        sa.Column("support_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "proposal",
        sa.Column("comment_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.alter_column("proposal", "author_id", existing_type=sa.BIGINT(), nullable=True)
    op.create_index(
        op.f("ix_proposal_laboratory_id_state_support_count_id"),
        "proposal",
        ["laboratory_id", "state", "support_count", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_proposal_listed_project_id"), "proposal", ["listed_project_id"], unique=False
    )
    op.create_index(
        op.f("ix_proposal_merged_into_id"), "proposal", ["merged_into_id"], unique=False
    )
    op.create_index(
        op.f("ix_proposal_neighbourhood_id"), "proposal", ["neighbourhood_id"], unique=False
    )
    op.add_column(
        "proposal",
        sa.Column(
            "plain_title",
            sa.Text(),
            sa.Computed("f_unaccent(lower((title)::text))", persisted=True),
            nullable=False,
        ),
    )
    op.create_index(
        op.f("ix_proposal_plain_title"),
        "proposal",
        ["plain_title"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"plain_title": "gin_trgm_ops"},
    )
    op.create_unique_constraint(op.f("uq_proposal_claim_key"), "proposal", ["claim_key"])
    op.create_index(
        "uq_proposal_recorded_by_id_form_key",
        "proposal",
        ["recorded_by_id", "form_key"],
        unique=True,
        postgresql_where=sa.text("recorded_by_id IS NOT NULL"),
    )
    op.create_foreign_key(
        op.f("fk_proposal_recorded_by_id"), "proposal", "user_account", ["recorded_by_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_proposal_merged_into_id"), "proposal", "proposal", ["merged_into_id"], ["id"]
    )
    op.create_foreign_key(
        op.f("fk_proposal_listed_project_id"),
        "proposal",
        "listed_project",
        ["listed_project_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_proposal_neighbourhood_id"),
        "proposal",
        "neighbourhood",
        ["neighbourhood_id"],
        ["id"],
    )
    op.execute(FILL)
    op.drop_constraint(op.f("ck_proposal_published_has_time"), "proposal", type_="check")
    op.create_check_constraint(
        op.f("ck_proposal_published_has_time"),
        "proposal",
        "state <> 'published' OR (published_at IS NOT NULL AND answer_due_on IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_proposal_recorded_says_by_whom"),
        "proposal",
        "(origin = 'online') = (recorded_by_id IS NULL)",
    )
    op.create_check_constraint(
        op.f("ck_proposal_has_author"),
        "proposal",
        "author_id IS NOT NULL OR author_name IS NOT NULL",
    )
    op.create_check_constraint(
        op.f("ck_proposal_online_has_account"),
        "proposal",
        "author_id IS NOT NULL OR origin <> 'online'",
    )
    op.create_check_constraint(
        op.f("ck_proposal_spot_is_whole"), "proposal", "(map_x IS NULL) = (map_y IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_proposal_spot_is_on_the_map"),
        "proposal",
        "map_x BETWEEN 0 AND 1000 AND map_y BETWEEN 0 AND 1000",
    )
    op.create_check_constraint(
        op.f("ck_proposal_merges_into_another"), "proposal", "merged_into_id <> id"
    )
    op.create_check_constraint(
        op.f("ck_proposal_support_count_not_negative"), "proposal", "support_count >= 0"
    )


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
