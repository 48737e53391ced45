"""What the database refuses by itself: the territory, the mail, and every list of values."""

import re

import pytest
from sqlalchemy import Enum, text
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.errors import constraint_name
from tests.factories.moderation import make_case

A_MAIL = (
    "INSERT INTO mail_message (event_key, message_id, recipient, subject, text_body, html_body,"
    " status, sent_at) VALUES ('{key}', '{id}', 'a@example.org', 'x', 'x', 'x', '{status}', {sent})"
)
MAIL = {"key": "prova:1", "id": "<1@example.org>", "status": "queued", "sent": "NULL"}
A_DISTRICT = (
    "INSERT INTO district (code, name, valid_from, valid_until)"
    " VALUES ('{code}', 'Prova', '2020-01-02', {until})"
)
DISTRICT = {"code": "zz", "until": "NULL"}
A_NEIGHBOURHOOD = (
    "INSERT INTO neighbourhood (district_id, name, valid_from)"
    " SELECT district_id, name, valid_from FROM neighbourhood"
)


@pytest.mark.parametrize(
    ("name", "statements"),
    [
        ("ck_municipality_istat_code_has_6_digits",
         ["INSERT INTO municipality (istat_code, name) VALUES ('35033', 'Prova')"]),
        ("uq_municipality_name",
         ["INSERT INTO municipality (istat_code, name) SELECT '999999', name FROM municipality"]),
        ("ck_district_ends_after_start",
         [A_DISTRICT.format(**DISTRICT | {"until": "'2020-01-02'"})]),
        ("uq_district_code_valid_from",
         [A_DISTRICT.format(**DISTRICT), A_DISTRICT.format(**DISTRICT)]),
        ("uq_neighbourhood_district_id_name_valid_from", [A_NEIGHBOURHOOD]),
        ("uq_mail_message_event_key",
         [A_MAIL.format(**MAIL), A_MAIL.format(**MAIL | {"id": "<2@example.org>"})]),
        ("uq_mail_message_message_id",
         [A_MAIL.format(**MAIL), A_MAIL.format(**MAIL | {"key": "prova:2"})]),
        ("ck_mail_message_sent_has_time", [A_MAIL.format(**MAIL | {"status": "sent"})]),
        ("ck_mail_message_sent_has_time", [A_MAIL.format(**MAIL | {"sent": "now()"})]),
    ],
)  # fmt: skip
def test_database_refuses(database, name, statements):
    *before, refused = statements
    for statement in before:
        db.session.execute(text(statement))
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(text(refused))
    assert constraint_name(caught.value) == name


def test_every_list_of_values_is_the_one_of_the_code(database):
    definitions = {
        (table, name): definition
        for table, name, definition in db.session.execute(
            text(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)"
                " FROM pg_constraint WHERE contype = 'c' AND conrelid > 0"
            )
        )
    }
    checked = 0
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if not isinstance(column.type, Enum):
                continue
            found = [
                set(re.findall(r"'([^']*)'::character varying", definition))
                for (owner, _name), definition in definitions.items()
                if owner == table.name
                and re.search(rf"\(\(?{column.name}\)?::text = ANY", definition)
            ]
            values = {member.value for member in column.type.enum_class}
            assert values in found, f"{table.name}.{column.name}"
            checked += 1
    assert checked >= 10


def test_one_thing_waits_in_the_queue_once(database):
    asked = make_case(subject_id=7)
    with pytest.raises(IntegrityError) as caught:
        make_case(subject_id=asked.subject_id)
    assert constraint_name(caught.value) == "uq_moderation_case_open_subject"
