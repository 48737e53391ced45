"""What the database refuses about associations, whoever asks."""

import pytest
from sqlalchemy import literal_column, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from portal.core.database import db
from portal.core.errors import constraint_name
from portal.core.files import store_made
from portal.registry.models import ActivityArea, Association
from portal.registry.states import AssociationState
from tests.factories.registry import make_association, tax_code_of


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"tax_code": "9107568035"}, "ck_association_tax_code_has_shape"),
        ({"tax_code": tax_code_of(777_777)}, "uq_association_tax_code"),
        ({"slug": "gia-presa"}, "uq_association_slug"),
        ({"slug": "Con Spazi"}, "ck_association_slug_fits_addresses"),
        ({"name": "  "}, "ck_association_has_name"),
        ({"website": "javascript:alert(1)"}, "ck_association_website_is_address"),
        ({"source_year": 22}, "ck_association_source_year_is_a_year"),
        (
            {"state": AssociationState.ENROLLED, "enrolled_on": None},
            "ck_association_enrolled_since_a_day",
        ),
        ({"municipality_code": "999999"}, "fk_association_municipality_code"),
        ({"district_id": 999}, "fk_association_district_id"),
    ],
)
def test_impossible_association_is_refused(database, values, constraint):
    make_association(slug="gia-presa", tax_code=tax_code_of(777_777))
    with pytest.raises(IntegrityError) as caught:
        make_association(**values)
    assert constraint_name(caught.value) == constraint


def test_unknown_kind_or_state_is_refused(database):
    association = make_association()
    for column, constraint in (
        ("kind", "ck_association_association_kind"),
        ("state", "ck_association_association_state"),
    ):
        with pytest.raises(IntegrityError) as caught:
            db.session.execute(
                db.update(Association)
                .where(Association.id == association.id)
                .values({column: literal_column("'x'")})
            )
        assert constraint_name(caught.value) == constraint
        db.session.rollback()


@pytest.mark.parametrize(
    ("code", "name", "constraint"),
    [
        ("Con Spazi", "Nuova", "ck_activity_area_code_fits_addresses"),
        ("nuova", "Educazione", "uq_activity_area_name"),
    ],
)
def test_impossible_area_is_refused(database, code, name, constraint):
    db.session.add(ActivityArea(code=code, name=name, position=99))
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert constraint_name(caught.value) == constraint


def test_two_people_at_once_do_not_overwrite_each_other(database):
    association = make_association()
    db.session.execute(text("UPDATE association SET version = 7"))
    association.name = "Altro"
    with pytest.raises(StaleDataError):
        db.session.flush()


def test_one_picture_is_the_logo_of_one_association(database):
    picture = store_made(name="logo.pdf", content=b"%PDF-1.7 x %%EOF")
    make_association(name="Prima", logo_id=picture.id)
    with pytest.raises(IntegrityError) as caught:
        make_association(name="Seconda", logo_id=picture.id)
    assert constraint_name(caught.value) == "uq_association_logo_id"
