"""Names are found without their apostrophes, and where a list lost letters."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Words that people type for what stands in a name: "denza" and "dellarte" where an apostrophe (or
# the question mark some list put in its place) joins two parts, "solidarieta" for "SOLIDARIET?",
# whose last letter had an accent, "asd" for "A S D".
OTHER_SPELLINGS = r"""
    CREATE FUNCTION association_other_spellings(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN array_to_string(ARRAY(
        SELECT part[1] || part[2]
        FROM regexp_matches(f_unaccent(lower($1)), '(\w+)[''`´?](\w+)', 'g') AS part
        UNION ALL
        SELECT part[1] || vowel
        FROM regexp_matches(f_unaccent(lower($1)), '(\w+)\?(?!\w)', 'g') AS part,
            unnest('{a,e,i,o,u}'::text[]) AS vowel
        UNION ALL
        SELECT replace(part[1], ' ', '')
        FROM regexp_matches(association_plain_text($1), '\m(\w(?: \w)+)\M', 'g') AS part
    ), ' ')
"""
# As in migration 0003, and the other spellings.
SEARCH_VECTOR = """
    CREATE OR REPLACE FUNCTION association_search_vector(
        name text, acronym text, description text, kind text, municipality_code text
    )
    RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN setweight(to_tsvector('it'::regconfig, association_plain_text(name)), 'A')
        || setweight(to_tsvector('simple'::regconfig, association_plain_text(name)), 'A')
        || setweight(to_tsvector('simple'::regconfig, association_plain_text(acronym)), 'A')
        || setweight(to_tsvector('simple'::regconfig, association_other_spellings(name)), 'B')
        || setweight(to_tsvector('it'::regconfig, association_plain_text(description)), 'C')
        || setweight(to_tsvector('it'::regconfig, CASE kind
            WHEN 'asd' THEN 'asd associazione sportiva dilettantistica'
            WHEN 'aps' THEN 'aps associazione di promozione sociale'
            WHEN 'odv' THEN 'odv organizzazione di volontariato'
            WHEN 'ets_onlus' THEN 'ets onlus ente del terzo settore'
            ELSE '' END), 'D')
        || setweight(to_tsvector('simple'::regconfig, coalesce('m' || municipality_code, '')), 'D')
"""


def upgrade():
    op.execute(OTHER_SPELLINGS)
    op.execute(SEARCH_VECTOR)
    # What is stored is made anew by writing the row; only where it changes, so that a large
    # registry is not held up.
    op.execute("UPDATE association SET name = name WHERE association_other_spellings(name) <> ''")


def downgrade():
    raise NotImplementedError("The foundation has no way down: drop the database.")
