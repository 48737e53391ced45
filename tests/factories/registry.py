"""Invented associations."""

from datetime import date
from itertools import count

from portal.core.database import db
from portal.core.text import slugify
from portal.registry.models import ActivityArea, Association
from portal.registry.states import AssociationKind, AssociationState, RemovalCause

CITY = "035033"
FIRST_OWN_CODE = 500_000_000
"""Of the codes given here: tests name lower ones themselves, whatever ran before them."""
_numbers = count(1)


def tax_code_of(number: int) -> str:
    """Return an 11-digit tax code whose check digit is right."""
    body = f"9{number:09d}"
    total = sum(
        int(c) if i % 2 == 0 else (int(c) * 2 - 9 if int(c) > 4 else int(c) * 2)
        for i, c in enumerate(body)
    )
    return body + str(-total % 10)


def make_association(
    *, name: str = "Associazione di prova", state: AssociationState = AssociationState.LISTED,
    kind: AssociationKind = AssociationKind.APS, municipality_code: str | None = CITY,
    areas: tuple[str, ...] = (), **fields: object,
) -> Association:  # fmt: skip
    """Store an association; further columns by name."""
    number = next(_numbers)
    fields.setdefault("tax_code", tax_code_of(FIRST_OWN_CODE + number))
    fields.setdefault("slug", f"{slugify(name) or 'associazione'}-{number}")
    if state is AssociationState.ENROLLED:
        fields.setdefault("enrolled_on", date(2026, 5, 4))
    if state is AssociationState.REMOVED:
        fields.setdefault("removed_on", date(2026, 6, 1))
        fields.setdefault("removal_cause", RemovalCause.OTHER)
    association = Association(
        name=name,
        state=state,
        kind=kind,
        municipality_code=municipality_code,
        areas=[db.session.get(ActivityArea, code) for code in areas],
        **fields,
    )
    db.session.add(association)
    db.session.commit()
    return association
