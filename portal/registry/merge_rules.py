"""Two entries of one body: what can be chosen when they become one, and why not. Pure."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

from portal.registry.states import AssociationState

MERGE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "nome": ("name",),
    "sigla": ("acronym",),
    "forma": ("kind",),
    "sede": ("municipality_code", "district_id", "address"),
    "descrizione": ("description",),
    "scopi": ("purposes",),
    "per-chi": ("audience",),
    "orari": ("meeting_times",),
    "aree": ("areas",),
    "email": ("email",),
    "telefono": ("phone",),
    "sito": ("website",),
    "pec": ("certified_email",),
    "legale": ("legal_representative",),
    "cariche": ("officers",),
    "logo": ("logo_id",),
    "runts": ("section", "runts_number", "runts_enrolled_on", "is_network"),
}
"""What is chosen together, as it stands in addresses → columns of the association.

Tax code and address are never chosen: the entry that stays keeps its own.
"""


class MergeRefusal(StrEnum):
    """Why two entries cannot become one."""

    SAME = "same"
    SURVIVOR_IS_REMOVED = "survivor_is_removed"
    DUPLICATE_IS_REMOVED = "duplicate_is_removed"


def find_merge_refusal(
    *,
    survivor_id: int,
    survivor_state: AssociationState,
    duplicate_id: int,
    duplicate_state: AssociationState,
) -> MergeRefusal | None:
    """Return why `duplicate` cannot be merged into `survivor`, or None."""
    if survivor_id == duplicate_id:
        return MergeRefusal.SAME
    if survivor_state is AssociationState.REMOVED:
        return MergeRefusal.SURVIVOR_IS_REMOVED
    if duplicate_state is AssociationState.REMOVED:
        return MergeRefusal.DUPLICATE_IS_REMOVED
    return None


def differing_fields(survivor: Any, duplicate: Any) -> list[str]:  # noqa: ANN401 - two rows with the columns above
    """Return what there is to choose: where the two differ and the duplicate says something."""
    return [
        field
        for field, columns in MERGE_FIELDS.items()
        if _says(duplicate, columns) and _values(survivor, columns) != _values(duplicate, columns)
    ]


def suggested_fields(survivor: Any, duplicate: Any) -> list[str]:  # noqa: ANN401 - as above
    """Return what is best taken from the duplicate: where the survivor says nothing."""
    return [
        field
        for field in differing_fields(survivor, duplicate)
        if not _says(survivor, MERGE_FIELDS[field])
    ]


def columns_of(fields: Collection[str]) -> list[str]:
    """Return the columns behind chosen fields, in the order of the table above."""
    return [column for field, columns in MERGE_FIELDS.items() if field in fields
            for column in columns]  # fmt: skip


def _values(row: Any, columns: tuple[str, ...]) -> list[object]:  # noqa: ANN401 - as above
    return [getattr(row, column) or None for column in columns]


def _says(row: Any, columns: tuple[str, ...]) -> bool:  # noqa: ANN401 - as above
    return any(_values(row, columns))
