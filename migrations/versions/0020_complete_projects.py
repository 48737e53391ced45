"""Rules of programmes as data, states of projects, tutors, what somebody has seen."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "project_application",
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
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "submitted",
                "accepted",
                "refused",
                "left",
                name="application_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.String(length=3000), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state <> 'refused' OR reason IS NOT NULL",
            name=op.f("ck_project_application_refused_says_why"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'refused') OR answered_at IS NOT NULL",
            name=op.f("ck_project_application_answered_has_time"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_project_application_answered_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["volunteering_project.id"],
            name=op.f("fk_project_application_project_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_project_application_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_application")),
    )
    op.create_table(
        "project_check",
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
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "training",
                "record",
                name="project_check_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("seen_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["volunteering_project.id"], name=op.f("fk_project_check_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["seen_by_id"], ["user_account.id"], name=op.f("fk_project_check_seen_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_project_check_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_check")),
        sa.UniqueConstraint(
            "project_id", "user_id", "kind", name=op.f("uq_project_check_project_id_user_id_kind")
        ),
    )
    op.create_table(
        "project_district",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_project_district_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["volunteering_project.id"],
            name=op.f("fk_project_district_project_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("project_id", "district_id", name=op.f("pk_project_district")),
    )
    op.create_table(
        "project_tutor",
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
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["volunteering_project.id"],
            name=op.f("fk_project_tutor_project_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_project_tutor_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_tutor")),
        sa.UniqueConstraint(
            "project_id", "user_id", name=op.f("uq_project_tutor_project_id_user_id")
        ),
    )
    add_columns()
    add_rules()


def add_columns():
    op.add_column(
        "programme",
        sa.Column("summary", sa.String(length=300), server_default=sa.text("''"), nullable=False),
    )
    op.add_column(
        "programme",
        sa.Column("youngest_age", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("programme", sa.Column("oldest_age", sa.Integer(), nullable=True))
    op.add_column(
        "programme",
        sa.Column(
            "requires_guardian", sa.Boolean(), server_default=sa.text("true"), nullable=False
        ),
    )
    op.add_column("programme", sa.Column("fitness_from_age", sa.Integer(), nullable=True))
    op.add_column(
        "programme",
        sa.Column(
            "residence_rule",
            sa.Enum(
                "anywhere",
                "living_here",
                "resident",
                name="residence_rule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="anywhere",
            nullable=False,
        ),
    )
    op.add_column(
        "programme",
        sa.Column("requires_permit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "programme",
        sa.Column(
            "requires_interview", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "programme",
        sa.Column(
            "requires_training", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "programme",
        sa.Column(
            "requires_insurance", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "programme",
        sa.Column(
            "refuses_employees", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "programme",
        sa.Column(
            "points_per_hour",
            sa.Numeric(precision=5, scale=2),
            server_default=sa.text("0"),
            nullable=False,
        ),
    )
    op.add_column(
        "programme",
        sa.Column("offer_hours", sa.Integer(), server_default=sa.text("24"), nullable=False),
    )
    op.add_column(
        "volunteering_project",
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "proposed",
                "returned",
                "refused",
                "published",
                "closed",
                name="project_state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="published",
            nullable=False,
        ),
    )
    op.add_column("volunteering_project", sa.Column("tasks", sa.String(length=2000), nullable=True))
    op.add_column(
        "volunteering_project", sa.Column("you_learn", sa.String(length=1000), nullable=True)
    )
    op.add_column(
        "volunteering_project",
        sa.Column(
            "skills", sa.ARRAY(sa.String(length=20)), server_default=sa.text("'{}'"), nullable=False
        ),
    )
    op.add_column(
        "volunteering_project",
        sa.Column(
            "time_kind",
            sa.Enum(
                "shifts",
                "flexible",
                "open_ended",
                name="time_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="shifts",
            nullable=False,
        ),
    )
    op.add_column("volunteering_project", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("volunteering_project", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("volunteering_project", sa.Column("people_wanted", sa.Integer(), nullable=True))
    op.add_column("volunteering_project", sa.Column("place_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "volunteering_project", sa.Column("proposed_by_id", sa.BigInteger(), nullable=True)
    )
    op.add_column("volunteering_project", sa.Column("answer_reason", sa.Text(), nullable=True))
    op.add_column(
        "volunteering_project", sa.Column("closed_reason", sa.String(length=500), nullable=True)
    )
    op.add_column("volunteering_project", sa.Column("group_cap", sa.Integer(), nullable=True))
    op.add_column(
        "volunteering_project",
        sa.Column("leave_until_hours", sa.Integer(), server_default=sa.text("24"), nullable=False),
    )
    op.add_column("volunteering_project", sa.Column("youngest_age", sa.Integer(), nullable=True))
    op.add_column("volunteering_project", sa.Column("oldest_age", sa.Integer(), nullable=True))
    op.add_column(
        "volunteering_project", sa.Column("requires_guardian", sa.Boolean(), nullable=True)
    )
    op.add_column(
        "volunteering_project", sa.Column("fitness_from_age", sa.Integer(), nullable=True)
    )
    op.add_column(
        "volunteering_project",
        sa.Column(
            "residence_rule",
            sa.Enum(
                "anywhere",
                "living_here",
                "resident",
                name="residence_rule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("volunteering_project", sa.Column("requires_permit", sa.Boolean(), nullable=True))
    op.add_column(
        "volunteering_project", sa.Column("requires_interview", sa.Boolean(), nullable=True)
    )
    op.add_column(
        "volunteering_project", sa.Column("requires_training", sa.Boolean(), nullable=True)
    )
    op.add_column(
        "volunteering_project", sa.Column("requires_insurance", sa.Boolean(), nullable=True)
    )
    op.add_column(
        "volunteering_project", sa.Column("refuses_employees", sa.Boolean(), nullable=True)
    )
    op.add_column(
        "volunteering_project",
        sa.Column(
            "requires_record_check", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
    )
    op.add_column(
        "volunteering_project",
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )
    op.create_index(
        op.f("ix_project_application_project_id"),
        "project_application",
        ["project_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_project_application_user_id"), "project_application", ["user_id"], unique=False
    )
    op.create_index(
        "uq_project_application_live_project_user",
        "project_application",
        ["project_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('submitted', 'accepted')"),
    )
    op.create_index(op.f("ix_project_check_user_id"), "project_check", ["user_id"], unique=False)
    op.create_index(op.f("ix_project_tutor_user_id"), "project_tutor", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_volunteering_project_place_id"), "volunteering_project", ["place_id"], unique=False
    )
    op.create_index(
        op.f("ix_volunteering_project_proposed_by_id"),
        "volunteering_project",
        ["proposed_by_id"],
        unique=False,
    )
    op.create_foreign_key(
        op.f("fk_volunteering_project_proposed_by_id"),
        "volunteering_project",
        "user_account",
        ["proposed_by_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_volunteering_project_place_id"),
        "volunteering_project",
        "place",
        ["place_id"],
        ["id"],
    )
    # ### end Alembic commands ###


def add_rules():
    op.create_check_constraint(
        op.f("ck_programme_fitness_age_is_positive"), "programme", "fitness_from_age > 0"
    )
    op.create_check_constraint(
        op.f("ck_programme_offer_hours_are_plausible"), "programme", "offer_hours BETWEEN 1 AND 168"
    )
    op.create_check_constraint(
        op.f("ck_programme_oldest_is_not_younger"), "programme", "oldest_age >= youngest_age"
    )
    op.create_check_constraint(
        op.f("ck_programme_points_not_negative"), "programme", "points_per_hour >= 0"
    )
    op.create_check_constraint(
        op.f("ck_programme_youngest_age_is_plausible"),
        "programme",
        "youngest_age BETWEEN 0 AND 120",
    )
    op.create_check_constraint(
        op.f("ck_volunteering_project_closed_says_why"),
        "volunteering_project",
        "(state = 'closed') = (closed_reason IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_volunteering_project_ends_after_start"),
        "volunteering_project",
        "ends_on >= starts_on",
    )
    op.create_check_constraint(
        op.f("ck_volunteering_project_flexible_has_period"),
        "volunteering_project",
        "time_kind <> 'flexible' OR (starts_on IS NOT NULL AND ends_on IS NOT NULL)",
    )
    op.create_check_constraint(
        op.f("ck_volunteering_project_group_cap_is_plausible"),
        "volunteering_project",
        "group_cap BETWEEN 2 AND 100",
    )
    op.create_check_constraint(
        op.f("ck_volunteering_project_leave_until_is_plausible"),
        "volunteering_project",
        "leave_until_hours BETWEEN 0 AND 336",
    )
    op.create_check_constraint(
        op.f("ck_volunteering_project_skills_are_known"),
        "volunteering_project",
        "skills <@ ARRAY['manual', 'gardening', 'cooking', 'teaching', 'children', 'elderly', 'languages', 'digital', 'communication', 'driving']::varchar[]",
    )
    op.create_check_constraint(
        op.f("ck_volunteering_project_wants_people"), "volunteering_project", "people_wanted > 0"
    )
    op.create_check_constraint(
        op.f("ck_volunteering_project_youngest_age_is_plausible"),
        "volunteering_project",
        "youngest_age BETWEEN 0 AND 120",
    )
    op.execute("SELECT watch_public_table('project_district')")


def downgrade():
    raise NotImplementedError("Data of people would be lost: restore a backup instead.")
