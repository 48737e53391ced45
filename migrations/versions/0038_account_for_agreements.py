"""Account for agreements, let people answer on paper, carry over once what is renewed."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

AGREEMENT_RULES = (
    (
        "account_has_words",
        "account_published_at IS NULL OR coalesce(length(trim(account_words)), 0) > 0",
    ),
    (
        "closed_has_account",
        "state NOT IN ('closed', 'renewed') OR account_published_at IS NOT NULL",
    ),
    ("told_is_whole", "(told_days_before IS NULL) = (told_ends_on IS NULL)"),
    ("told_twice", "told_days_before IN (90, 30)"),
)


def upgrade():
    op.add_column("agreement", sa.Column("account_words", sa.Text()))
    op.add_column("agreement", sa.Column("account_published_at", sa.DateTime(timezone=True)))
    op.add_column("agreement", sa.Column("told_days_before", sa.Integer()))
    op.add_column("agreement", sa.Column("told_ends_on", sa.Date()))
    # What was closed before had its account in its last words, or none.
    op.execute(
        "UPDATE agreement SET account_words = coalesce(nullif(trim(closing_words), ''), '–'),"
        " account_published_at = ended_at WHERE state IN ('closed', 'renewed')"
    )
    for name, rule in AGREEMENT_RULES:
        op.create_check_constraint(op.f(f"ck_agreement_{name}"), "agreement", rule)
    op.create_unique_constraint(
        op.f("uq_project_sheet_laboratory_id_carried_from_id"),
        "project_sheet",
        ["laboratory_id", "carried_from_id"],
    )
    op.create_unique_constraint(
        op.f("uq_commitment_agreement_id_carried_from_id"),
        "commitment",
        ["agreement_id", "carried_from_id"],
    )
    _let_answers_be_recorded()


def _let_answers_be_recorded():
    op.alter_column("evaluation", "user_id", nullable=True)
    op.add_column("evaluation", sa.Column("recorded_by_id", sa.BigInteger()))
    op.add_column("evaluation", sa.Column("form_key", sa.String(32)))
    op.create_foreign_key(
        op.f("fk_evaluation_recorded_by_id"),
        "evaluation",
        "user_account",
        ["recorded_by_id"],
        ["id"],
    )
    op.create_unique_constraint(
        op.f("uq_evaluation_recorded_by_id_form_key"), "evaluation", ["recorded_by_id", "form_key"]
    )
    for name, rule in (
        ("is_own_or_recorded", "num_nonnulls(user_id, recorded_by_id) = 1"),
        ("recorded_has_form_key", "(recorded_by_id IS NULL) = (form_key IS NULL)"),
    ):
        op.create_check_constraint(op.f(f"ck_evaluation_{name}"), "evaluation", rule)
    op.create_check_constraint(
        op.f("ck_evaluation_reply_text_says_something"),
        "evaluation_reply",
        "text IS NULL OR length(trim(text)) > 0",
    )


def downgrade():
    raise NotImplementedError("What people answered would be lost: restore a backup instead.")
