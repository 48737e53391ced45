"""Amend agreements in force."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# Where nothing at all was written the old ones were neither true nor false, and let it pass.
SAYS_WHY = (
    (
        "agreement",
        "ended_early_says_why",
        "state <> 'ended_early' OR coalesce(length(trim(closing_words)), 0) > 0",
    ),
    (
        "feasibility_review",
        "given_has_opinion",
        "state <> 'given' OR coalesce(length(trim(opinion)), 0) > 0",
    ),
    (
        "feasibility_review",
        "conditions_are_said",
        "coalesce(verdict, '') <> 'with_conditions' OR coalesce(length(trim(conditions)), 0) > 0",
    ),
    (
        "register_entry",
        "change_says_why",
        "kind = 'entry' OR coalesce(length(trim(reason)), 0) > 0",
    ),
)


def upgrade():
    for table, name, rule in SAYS_WHY:
        op.drop_constraint(f"ck_{table}_{name}", table)
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    op.drop_index("uq_expected_signature_party", "expected_signature")
    op.create_index(
        "uq_expected_signature_party",
        "expected_signature",
        [
            "version_id",
            "kind",
            sa.text("coalesce(association_id, 0)"),
            sa.text("lower(name::text)"),
        ],
        unique=True,
    )
    op.create_unique_constraint(
        op.f("uq_agreement_version_id_agreement_id"), "agreement_version", ["id", "agreement_id"]
    )
    op.create_table(
        "agreement_amendment",
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
        sa.Column(
            "state",
            sa.Enum(
                "drafting",
                "open",
                "in_force",
                "withdrawn",
                name="amendment_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("summary", sa.String(length=300), nullable=True),
        sa.Column("premises", sa.Text(), nullable=True),
        sa.Column("context", sa.Text(), nullable=True),
        sa.Column("needs", sa.Text(), nullable=True),
        sa.Column("objectives", sa.Text(), nullable=True),
        sa.Column("key_project", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("sign_until", sa.Date(), nullable=True),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "state <> 'drafting' OR version_id IS NULL",
            name=op.f("ck_agreement_amendment_draft_is_not_frozen"),
        ),
        sa.CheckConstraint(
            "state <> 'withdrawn' OR coalesce(length(trim(withdrawn_reason)), 0) > 0",
            name=op.f("ck_agreement_amendment_withdrawn_says_why"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('open', 'in_force') OR version_id IS NOT NULL",
            name=op.f("ck_agreement_amendment_open_is_frozen"),
        ),
        sa.CheckConstraint(
            "length(trim(changes)) > 0", name=op.f("ck_agreement_amendment_says_what_changes")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_amendment_agreement_id")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_agreement_amendment_created_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id", "agreement_id"],
            ["agreement_version.id", "agreement_version.agreement_id"],
            name="fk_agreement_amendment_version",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_amendment")),
        sa.UniqueConstraint("version_id", name=op.f("uq_agreement_amendment_version_id")),
    )
    op.create_index(
        op.f("ix_agreement_amendment_agreement_id_id"),
        "agreement_amendment",
        ["agreement_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_agreement_amendment_at_a_time",
        "agreement_amendment",
        ["agreement_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('drafting', 'open')"),
    )
    op.create_table(
        "amended_commitment",
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
        sa.Column("amendment_id", sa.BigInteger(), nullable=False),
        sa.Column("commitment_id", sa.BigInteger(), nullable=True),
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
        sa.Column("sheet_id", sa.BigInteger(), nullable=True),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(party_kind = 'association') = (association_id IS NOT NULL)",
            name=op.f("ck_amended_commitment_association_is_listed"),
        ),
        sa.CheckConstraint(
            "length(trim(party_name)) > 0", name=op.f("ck_amended_commitment_has_party")
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_amended_commitment_has_title")),
        sa.ForeignKeyConstraint(
            ["amendment_id"],
            ["agreement_amendment.id"],
            name=op.f("fk_amended_commitment_amendment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_amended_commitment_association_id"),
        ),
        sa.ForeignKeyConstraint(
            ["commitment_id"], ["commitment.id"], name=op.f("fk_amended_commitment_commitment_id")
        ),
        sa.ForeignKeyConstraint(
            ["sheet_id"], ["project_sheet.id"], name=op.f("fk_amended_commitment_sheet_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_amended_commitment_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amended_commitment")),
        sa.UniqueConstraint(
            "amendment_id",
            "commitment_id",
            name=op.f("uq_amended_commitment_amendment_id_commitment_id"),
        ),
        sa.UniqueConstraint(
            "amendment_id", "form_key", name=op.f("uq_amended_commitment_amendment_id_form_key")
        ),
    )
    op.create_index(
        op.f("ix_amended_commitment_association_id"),
        "amended_commitment",
        ["association_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_amended_commitment_commitment_id"),
        "amended_commitment",
        ["commitment_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_amended_commitment_sheet_id"), "amended_commitment", ["sheet_id"], unique=False
    )
    op.create_index(
        op.f("ix_amended_commitment_user_id"), "amended_commitment", ["user_id"], unique=False
    )
    op.execute("SELECT watch_public_table('agreement_amendment')")


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
