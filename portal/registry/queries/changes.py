"""Changes of a profile, with what differs in words for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select, union_all

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page
from portal.moderation.models import Case, case_number
from portal.moderation.states import CaseKind, CaseState
from portal.registry.differences import Piece, word_difference
from portal.registry.models import ActivityArea, Association, AssociationChange
from portal.registry.profile import (
    PROFILE_FIELDS,
    TEXTS,
    ProfileValues,
    as_json,
    officers_from,
    write_officers,
)
from portal.registry.queries.desk import profile_of
from portal.registry.states import AssociationState, ChangeState
from portal.registry.tax_code import TaxCodeProblem, find_tax_code_problem
from portal.territory.models import District, Municipality

RESTORABLE = frozenset({ChangeState.APPLIED, ChangeState.APPROVED})


@dataclass(frozen=True)
class FieldDifference:
    """One field, as it was and as it was written; `kind` is a value, the rest are words."""

    name: str
    before: str
    after: str
    pieces: tuple[Piece, ...] = ()
    """Of a long text: word by word."""


@dataclass(frozen=True)
class ChangeCaseRow:
    """The case of a change that the office looks at."""

    id: int
    case_number: str
    state: CaseState
    reason: str | None


@dataclass(frozen=True)
class ChangeRow:
    """One saving of a profile."""

    id: int
    at: datetime
    author_name: str
    state: ChangeState
    is_restoring: bool
    differences: tuple[FieldDifference, ...]
    case: ChangeCaseRow | None

    @property
    def can_be_undone(self) -> bool:
        """It took effect, so what was before can be brought back."""
        return self.state in RESTORABLE


@dataclass(frozen=True)
class EditCaseRow:
    """A change as its case shows it to staff: the profile of today beside what is asked."""

    association_id: int
    slug: str
    name: str
    is_public: bool
    at: datetime
    state: ChangeState
    differences: tuple[FieldDifference, ...]
    meanwhile: tuple[str, ...]
    """Fields that are other today than when the change was written."""
    tax_code_problem: TaxCodeProblem | None
    tax_code_owner: str | None
    """Name of another association with the new tax code."""
    asks_tax_code: bool


@dataclass(frozen=True)
class CodeNames:
    """What codes in a profile are called."""

    areas: Mapping[object, str]
    municipalities: Mapping[object, str]
    districts: Mapping[object, str]


def list_code_names() -> CodeNames:
    """Return what areas, municipalities and districts, also of old days, are called."""
    kinds = (
        ("areas", ActivityArea.code, ActivityArea.name),
        ("municipalities", Municipality.istat_code, Municipality.name),
        ("districts", cast(District.id, String), District.name),
    )
    found: dict[str, dict[object, str]] = {kind: {} for kind, _code, _name in kinds}
    for kind, code, name in session().execute(
        union_all(*(select(literal(kind), code, name) for kind, code, name in kinds))
    ):
        found[kind][int(code) if kind == "districts" else code] = name
    return CodeNames(**found)


def differences_of(
    before: Mapping[str, object], after: Mapping[str, object], names: CodeNames
) -> tuple[FieldDifference, ...]:
    """Return what differs, as people read it, in the order of the form."""
    return tuple(
        _difference(name, before.get(name), after[name], names)
        for name in PROFILE_FIELDS
        if name in after and before.get(name) != after[name]
    )


def profile_differences(
    before: ProfileValues, after: ProfileValues, names: CodeNames
) -> tuple[FieldDifference, ...]:
    """Return what differs between two profiles."""
    return differences_of(as_json(before, PROFILE_FIELDS), as_json(after, PROFILE_FIELDS), names)


def list_changes(association_id: int, *, page: int, names: CodeNames) -> Page[ChangeRow]:
    """Return the changes of an association, newest first; a page past the end is the last one."""
    mine = AssociationChange.association_id == association_id
    total = session().scalar(select(func.count()).select_from(AssociationChange).where(mine)) or 0
    found = Page[ChangeRow](rows=[], number=clamp_page(page, total), total=total)
    statement = _changes(mine).limit(found.per_page)
    rows = session().execute(statement.offset((found.number - 1) * found.per_page))
    return Page(rows=_rows(rows, names), number=found.number, total=total)


def list_changes_under_review(association_id: int, names: CodeNames) -> list[ChangeRow]:
    """Return the change that waits for the office and what was saved together with it."""
    pending_at = (
        select(AssociationChange.at)
        .where(
            AssociationChange.association_id == association_id,
            AssociationChange.state == ChangeState.PENDING,
        )
        .scalar_subquery()
    )
    together = _changes(
        AssociationChange.association_id == association_id, AssociationChange.at == pending_at
    )
    return _rows(session().execute(together), names)


def has_pending_change(association_id: int) -> bool:
    """Say whether a change of this profile waits for the office."""
    return bool(
        session().scalar(
            select(func.count())
            .select_from(AssociationChange)
            .where(
                AssociationChange.association_id == association_id,
                AssociationChange.state == ChangeState.PENDING,
            )
        )
    )


def get_edit_case(change_id: int) -> EditCaseRow:
    """Return what staff looks at before deciding about a change; raises `NotFoundError`."""
    found = session().execute(
        select(AssociationChange, Association)
        .join(Association, Association.id == AssociationChange.association_id)
        .where(AssociationChange.id == change_id)
    )
    row = found.one_or_none()
    if row is None:
        raise NotFoundError
    change, association = row
    is_open = change.state is ChangeState.PENDING
    present = as_json(profile_of(association), change.after) if is_open else change.before
    code = str(change.after.get("tax_code", ""))
    return EditCaseRow(
        association_id=association.id,
        slug=association.slug,
        name=association.name,
        is_public=association.state is not AssociationState.REMOVED,
        at=change.at,
        state=change.state,
        differences=differences_of(present, change.after, list_code_names()),
        meanwhile=tuple(n for n in change.after if present.get(n) != change.before.get(n)),
        tax_code_problem=find_tax_code_problem(code) if code else None,
        tax_code_owner=_owner_of(code, association.id) if code else None,
        asks_tax_code=bool(code),
    )


def _owner_of(tax_code: str, association_id: int) -> str | None:
    return session().scalar(
        select(Association.name).where(
            Association.tax_code == tax_code, Association.id != association_id
        )
    )


def _changes(*conditions: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a select of many columns
    return (
        select(AssociationChange, Case)
        .outerjoin(
            Case, (Case.kind == CaseKind.PROFILE_EDIT) & (Case.subject_id == AssociationChange.id)
        )
        .where(*conditions)
        .order_by(AssociationChange.at.desc(), AssociationChange.id.desc())
    )


def _rows(found: Iterable[Any], names: CodeNames) -> list[ChangeRow]:
    return [_row(change, case, names) for change, case in found]


def _row(change: AssociationChange, case: Case | None, names: CodeNames) -> ChangeRow:
    return ChangeRow(
        id=change.id,
        at=change.at,
        author_name=change.author_name,
        state=change.state,
        is_restoring=change.restores_id is not None,
        differences=differences_of(change.before, change.after, names),
        case=ChangeCaseRow(case.id, case_number(case.id, case.created_at), case.state, case.reason)
        if case
        else None,
    )


def _difference(name: str, before: object, after: object, names: CodeNames) -> FieldDifference:
    old, new = _words(name, before, names), _words(name, after, names)
    pieces = tuple(word_difference(old, new)) if name in TEXTS and old and new else ()
    return FieldDifference(name, old, new, pieces)


def _words(name: str, value: Any, names: CodeNames) -> str:  # noqa: ANN401 - whatever JSON holds
    if not value:
        return ""
    readers = {
        "areas": lambda: ", ".join(names.areas.get(code, code) for code in value),
        "officers": lambda: write_officers(officers_from(value)),
        "municipality_code": lambda: names.municipalities.get(value, value),
        "district_id": lambda: names.districts.get(value, ""),
    }
    return readers[name]() if name in readers else str(value)
