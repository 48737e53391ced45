"""What a profile and a request say, the national register, the map, aliases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ASSOCIATION_RULES = {
    "runts_number_is_positive": "runts_number > 0",
    "merged_is_removed": "merged_into_id IS NULL OR (state = 'removed' AND merged_into_id <> id)",
    "removed_has_day_and_cause": "num_nonnulls(removed_on, removal_cause) ="
    " CASE state WHEN 'removed' THEN 2 ELSE 0 END",
}

# As in migration 0003, with the section of the national register as one more filter.
COUNT_ROWS = """
    INSERT INTO association_count
        (municipality_code, kind, section, district_id, area_code, number)
    SELECT coalesce(municipality_code, ''), kind, coalesce(section, ''), coalesce(district_id, 0),
        area_code, sum(sign)
    FROM ({changes}) AS change
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(sign) <> 0 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (municipality_code, kind, section, district_id, area_code)
    DO UPDATE SET number = association_count.number + excluded.number;
"""
WORD_ROWS = """
    INSERT INTO association_word (word, number)
    SELECT word, sum(sign) FROM ({changes}) AS change
    GROUP BY 1 HAVING sum(sign) <> 0 ORDER BY 1
    ON CONFLICT (word) DO UPDATE SET number = association_word.number + excluded.number;
"""


def count_changes(rows, sign):
    return f"""
        SELECT municipality_code, kind, section, district_id, '' AS area_code, {sign} AS sign
        FROM {rows} WHERE state <> 'removed'
        UNION ALL
        SELECT municipality_code, kind, section, district_id, link.area_code, {sign}
        FROM {rows} AS association
        JOIN association_activity_area AS link ON link.association_id = association.id
        WHERE state <> 'removed'
    """


def word_changes(rows, sign):
    return f"""
        SELECT DISTINCT {rows}.id, word, {sign} AS sign
        FROM {rows}, string_to_table(
            association_plain_text({rows}.name || ' ' || coalesce({rows}.acronym, '')), ' '
        ) AS word
        WHERE state <> 'removed' AND length(word) > 3
    """


def area_changes(rows, sign):
    return f"""
        SELECT municipality_code, kind, section, district_id, changed.area_code, {sign} AS sign
        FROM {rows} AS changed JOIN association ON association.id = changed.association_id
        WHERE state <> 'removed'
    """


def replace_triggers():
    cases = {
        "insert": [("new_rows", 1)],
        "delete": [("old_rows", -1)],
        "update": [("old_rows", -1), ("new_rows", 1)],
    }
    for event, parts in cases.items():
        counts = COUNT_ROWS.format(changes=" UNION ALL ".join(count_changes(*p) for p in parts))
        words = WORD_ROWS.format(changes=" UNION ALL ".join(word_changes(*p) for p in parts))
        replace_function(f"association_after_{event}", counts + words)
        areas = COUNT_ROWS.format(changes=" UNION ALL ".join(area_changes(*p) for p in parts))
        replace_function(f"association_activity_area_after_{event}", areas)


def replace_function(name, body):
    op.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$"
        f" BEGIN {body} RETURN NULL; END $body$"
    )


def upgrade():
    op.create_table(
        "municipality_alias",
        sa.Column("spelling", sa.String(length=100), nullable=False),
        sa.Column("istat_code", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["istat_code"],
            ["municipality.istat_code"],
            name=op.f("fk_municipality_alias_istat_code"),
        ),
        sa.PrimaryKeyConstraint("spelling", name=op.f("pk_municipality_alias")),
    )
    op.create_table(
        "registry_claim_code",
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
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "tries BETWEEN 0 AND 10", name=op.f("ck_registry_claim_code_tries_are_few")
        ),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_registry_claim_code_association_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_registry_claim_code_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_claim_code")),
        sa.UniqueConstraint(
            "association_id", "user_id", name=op.f("uq_registry_claim_code_association_id_user_id")
        ),
    )
    op.create_table(
        "registry_request_document",
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
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "deed",
                "bylaws",
                "activity_report",
                name="document_kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_registry_request_document_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["registry_request.id"],
            name=op.f("fk_registry_request_document_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_request_document")),
        sa.UniqueConstraint("file_id", name=op.f("uq_registry_request_document_file_id")),
        sa.UniqueConstraint(
            "request_id", "kind", name=op.f("uq_registry_request_document_request_id_kind")
        ),
    )
    op.add_column("association", sa.Column("certified_email", sa.String(length=320), nullable=True))
    op.add_column("association", sa.Column("purposes", sa.Text(), nullable=True))
    op.add_column("association", sa.Column("audience", sa.String(length=200), nullable=True))
    op.add_column("association", sa.Column("meeting_times", sa.Text(), nullable=True))
    op.add_column(
        "association", sa.Column("legal_representative", sa.String(length=120), nullable=True)
    )
    op.add_column(
        "association",
        sa.Column("officers", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column("association", sa.Column("logo_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "association",
        sa.Column(
            "section",
            sa.Enum(
                "odv",
                "aps",
                "ef",
                "is",
                "rete",
                "sms",
                "ets",
                name="runts_section",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("association", sa.Column("runts_number", sa.Integer(), nullable=True))
    op.add_column("association", sa.Column("runts_enrolled_on", sa.Date(), nullable=True))
    op.add_column(
        "association",
        sa.Column("is_network", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("association", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("association", sa.Column("removed_on", sa.Date(), nullable=True))
    op.add_column(
        "association",
        sa.Column(
            "removal_cause",
            sa.Enum(
                "stale",
                "requirements",
                "own_wish",
                "duplicate",
                "other",
                name="removal_cause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.create_index(
        op.f("ix_association_merged_into_id"), "association", ["merged_into_id"], unique=False
    )
    op.create_index(
        "ix_association_section",
        "association",
        ["section", "sort_name", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'removed'"),
    )
    op.create_unique_constraint(op.f("uq_association_logo_id"), "association", ["logo_id"])
    op.create_foreign_key(
        op.f("fk_association_merged_into_id"),
        "association",
        "association",
        ["merged_into_id"],
        ["id"],
    )
    op.create_foreign_key(
        op.f("fk_association_logo_id"), "association", "stored_file", ["logo_id"], ["id"]
    )
    op.add_column("municipality", sa.Column("outline", sa.Text(), nullable=True))
    op.add_column("place", sa.Column("managing_association_id", sa.BigInteger(), nullable=True))
    op.create_index(
        op.f("ix_place_managing_association_id"), "place", ["managing_association_id"], unique=False
    )
    op.create_foreign_key(
        op.f("fk_place_managing_association_id"),
        "place",
        "association",
        ["managing_association_id"],
        ["id"],
    )
    op.add_column("registry_request", sa.Column("purposes", sa.Text(), nullable=True))
    op.add_column("registry_request", sa.Column("audience", sa.String(length=200), nullable=True))
    op.add_column("registry_request", sa.Column("meeting_times", sa.Text(), nullable=True))
    op.add_column(
        "registry_request", sa.Column("certified_email", sa.String(length=320), nullable=True)
    )
    op.add_column(
        "registry_request", sa.Column("legal_representative", sa.String(length=120), nullable=True)
    )
    op.add_column(
        "registry_request",
        sa.Column("officers", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )
    op.add_column(
        "volunteering_project", sa.Column("partner_association_id", sa.BigInteger(), nullable=True)
    )
    op.create_index(
        op.f("ix_volunteering_project_partner_association_id"),
        "volunteering_project",
        ["partner_association_id"],
        unique=False,
    )
    op.create_foreign_key(
        op.f("fk_volunteering_project_partner_association_id"),
        "volunteering_project",
        "association",
        ["partner_association_id"],
        ["id"],
    )

    op.execute(
        "UPDATE association SET removed_on = (updated_at AT TIME ZONE 'Europe/Rome')::date,"
        " removal_cause = 'other' WHERE state = 'removed'"
    )
    for name, rule in ASSOCIATION_RULES.items():
        op.create_check_constraint(op.f(f"ck_association_{name}"), "association", rule)
    op.add_column(
        "association_count",
        sa.Column("section", sa.String(40), nullable=False, server_default=""),
    )
    op.alter_column("association_count", "section", server_default=None)
    op.drop_constraint("pk_association_count", "association_count")
    op.create_primary_key(
        op.f("pk_association_count"),
        "association_count",
        ["municipality_code", "kind", "section", "district_id", "area_code"],
    )
    replace_triggers()


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
