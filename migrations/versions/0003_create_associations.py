"""Associations, their areas of activity, search, counts kept by triggers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FUNCTIONS = (
    # Small, without accents, "A.S.D." as one word, anything else but letters and digits a space:
    # the parser would take "s.martino" for an address of the net.
    r"""
    CREATE FUNCTION association_plain_text(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN regexp_replace(
        regexp_replace(f_unaccent(lower(coalesce($1, ''))), '(\m\w)\.(?!\w\w)', '\1', 'g'),
        '[^[:alnum:]]+', ' ', 'g'
    )
    """,
    # Names in quotes stand where their first letter belongs.
    """
    CREATE FUNCTION association_sort_name(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN trim(association_plain_text($1))
    """,
    # A word and what is left of it when one letter is dropped: two words that share one of these
    # are one typing error apart (a letter too many, missing, wrong, or swapped with the next).
    """
    CREATE FUNCTION association_word_keys(text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN ARRAY(SELECT $1 UNION SELECT overlay($1 PLACING '' FROM place FOR 1)
        FROM generate_series(1, least(length($1), 30)) AS place)
    """,
    # The name also unstemmed: what is typed may be half a word ("associaz") or a word that the
    # dictionary skips ("noi"). The kind in words, so that "A.S.D." finds every sports club; the
    # municipality as a word of its own, because its name stands in another table.
    """
    CREATE FUNCTION association_search_vector(
        name text, acronym text, description text, kind text, municipality_code text
    )
    RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('it'::regconfig, association_plain_text(name)), 'A')
        || setweight(to_tsvector('simple'::regconfig, association_plain_text(name)), 'A')
        || setweight(to_tsvector('simple'::regconfig, association_plain_text(acronym)), 'A')
        || setweight(to_tsvector('it'::regconfig, association_plain_text(description)), 'C')
        || setweight(to_tsvector('it'::regconfig, CASE kind
            WHEN 'asd' THEN 'asd associazione sportiva dilettantistica'
            WHEN 'aps' THEN 'aps associazione di promozione sociale'
            WHEN 'odv' THEN 'odv organizzazione di volontariato'
            WHEN 'ets_onlus' THEN 'ets onlus ente del terzo settore'
            ELSE '' END), 'D')
        || setweight(to_tsvector('simple'::regconfig, coalesce('m' || municipality_code, '')), 'D')
    """,
)

# What changed rows add to the counts (`sign` 1) or take away (-1). Written in the order of the
# key, so that two changes at once wait for each other instead of blocking each other.
COUNT_ROWS = """
    INSERT INTO association_count (municipality_code, kind, district_id, area_code, number)
    SELECT coalesce(municipality_code, ''), kind, coalesce(district_id, 0), area_code, sum(sign)
    FROM ({changes}) AS change
    GROUP BY 1, 2, 3, 4 HAVING sum(sign) <> 0 ORDER BY 1, 2, 3, 4
    ON CONFLICT (municipality_code, kind, district_id, area_code)
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
        SELECT municipality_code, kind, district_id, '' AS area_code, {sign} AS sign
        FROM {rows} WHERE state <> 'removed'
        UNION ALL
        SELECT municipality_code, kind, district_id, link.area_code, {sign}
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
        SELECT municipality_code, kind, district_id, changed.area_code, {sign} AS sign
        FROM {rows} AS changed JOIN association ON association.id = changed.association_id
        WHERE state <> 'removed'
    """


def create_trigger(table, event, transition, body):
    name = f"{table}_after_{event}"
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$"
        f" BEGIN {body} RETURN NULL; END $body$"
    )
    op.execute(
        f"CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {transition}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def create_triggers():
    # An update of a phone number touches no count: what it takes away and adds again sums up to
    # nothing.
    old, new = "OLD TABLE AS old_rows", "NEW TABLE AS new_rows"
    cases = {
        "insert": (new, [("new_rows", 1)]),
        "delete": (old, [("old_rows", -1)]),
        "update": (f"{old} {new}", [("old_rows", -1), ("new_rows", 1)]),
    }
    for event, (transition, parts) in cases.items():
        counts = COUNT_ROWS.format(changes=" UNION ALL ".join(count_changes(*p) for p in parts))
        words = WORD_ROWS.format(changes=" UNION ALL ".join(word_changes(*p) for p in parts))
        create_trigger("association", event, transition, counts + words)
        areas = COUNT_ROWS.format(changes=" UNION ALL ".join(area_changes(*p) for p in parts))
        create_trigger("association_activity_area", event, transition, areas)


def upgrade():
    for function in FUNCTIONS:
        op.execute(function)
    op.create_table(
        "activity_area",
        sa.Column("code", sa.String(30), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "code ~ '^[a-z]+(-[a-z]+)*$'", name=op.f("ck_activity_area_code_fits_addresses")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_activity_area")),
        sa.UniqueConstraint("name", name=op.f("uq_activity_area_name")),
    )
    op.create_table(
        "association",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column(
            "updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False
        ),
        sa.Column("slug", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("acronym", sa.String(30)),
        sa.Column("tax_code", sa.String(16), nullable=False),
        sa.Column("municipality_code", sa.String(6)),
        sa.Column("district_id", sa.BigInteger()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("enrolled_on", sa.Date()),
        sa.Column("description", sa.Text()),
        sa.Column("email", sa.String(320)),
        sa.Column("phone", sa.String(40)),
        sa.Column("website", sa.String(300)),
        sa.Column("address", sa.String(200)),
        sa.Column("source", sa.String(100)),
        sa.Column("source_year", sa.SmallInteger()),
        sa.Column("profile_updated_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "sort_name",
            sa.Text(collation="C"),
            sa.Computed("association_sort_name((name)::text)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "search_vector",
            postgresql.TSVECTOR(),
            sa.Computed(
                "association_search_vector((name)::text, (acronym)::text, description,"
                " (kind)::text, (municipality_code)::text)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name=op.f("ck_association_slug_fits_addresses")
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_association_has_name")),
        sa.CheckConstraint(
            "tax_code ~ '^([0-9]{11}|[A-Z0-9]{16})$'",
            name=op.f("ck_association_tax_code_has_shape"),
        ),
        sa.CheckConstraint(
            "website ~* '^https?://'", name=op.f("ck_association_website_is_address")
        ),
        sa.CheckConstraint(
            "source_year BETWEEN 1990 AND 2100", name=op.f("ck_association_source_year_is_a_year")
        ),
        sa.CheckConstraint(
            "state <> 'enrolled' OR enrolled_on IS NOT NULL",
            name=op.f("ck_association_enrolled_since_a_day"),
        ),
        sa.CheckConstraint(
            "kind IN ('ets_onlus', 'odv', 'aps', 'asd', 'other')",
            name=op.f("ck_association_association_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('listed', 'enrolled', 'removed')",
            name=op.f("ck_association_association_state"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipality.istat_code"],
            name=op.f("fk_association_municipality_code"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_association_district_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_association")),
        sa.UniqueConstraint("slug", name=op.f("uq_association_slug")),
        sa.UniqueConstraint("tax_code", name=op.f("uq_association_tax_code")),
    )
    is_public = sa.text("state <> 'removed'")
    for name, columns in (
        ("sort_name", ()),
        ("municipality_code_kind", ("municipality_code", "kind")),
        ("municipality_code", ("municipality_code",)),
        ("kind", ("kind",)),
        ("district_id", ("district_id",)),
    ):
        op.create_index(
            f"ix_association_{name}",
            "association",
            [*columns, "sort_name", "id"],
            postgresql_where=is_public,
        )
    op.create_index(
        "ix_association_profile_updated_on",
        "association",
        [sa.text("profile_updated_on DESC NULLS LAST"), "sort_name", "id"],
        postgresql_where=is_public,
    )
    op.create_index(
        "ix_association_search_vector",
        "association",
        ["search_vector"],
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_table(
        "association_activity_area",
        sa.Column("association_id", sa.BigInteger(), nullable=False),
        sa.Column("area_code", sa.String(30), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"],
            ["association.id"],
            name=op.f("fk_association_activity_area_association_id"),
        ),
        sa.ForeignKeyConstraint(
            ["area_code"],
            ["activity_area.code"],
            name=op.f("fk_association_activity_area_area_code"),
        ),
        sa.PrimaryKeyConstraint(
            "association_id", "area_code", name=op.f("pk_association_activity_area")
        ),
    )
    op.create_index(
        "ix_association_activity_area_area_code",
        "association_activity_area",
        ["area_code", "association_id"],
    )
    op.create_table(
        "association_count",
        sa.Column("municipality_code", sa.String(6), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("area_code", sa.String(30), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            *("municipality_code", "kind", "district_id", "area_code"),
            name=op.f("pk_association_count"),
        ),
    )
    op.create_table(
        "association_word",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_association_word")),
    )
    op.create_index(
        "ix_association_word_keys",
        "association_word",
        [sa.text("association_word_keys(word)")],
        postgresql_using="gin",
    )
    op.create_index(
        "ix_association_word_trigrams",
        "association_word",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    create_triggers()


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
