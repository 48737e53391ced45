"""Loading the territory a city works in, and redrawing its districts."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.territory.models import District, Municipality, MunicipalityAlias, Neighbourhood
from portal.territory.spelling import normalised_spelling


def load_municipalities(*, names: Mapping[str, str], outlines: Mapping[str, str]) -> None:
    """Write the municipalities, ISTAT code → name, and their boundaries, code → `d` of a path.

    Known codes get the new name, and the new boundary where there is one. Boundaries of
    municipalities without a name here are left out.
    """
    statement = insert(Municipality).values(
        [
            {"istat_code": code, "name": name, "outline": outlines.get(code)}
            for code, name in names.items()
        ]
    )
    new = statement.excluded
    session().execute(
        statement.on_conflict_do_update(
            index_elements=["istat_code"],
            set_={"name": new.name, "outline": func.coalesce(new.outline, Municipality.outline)},
        )
    )


def load_municipality_aliases(*, aliases: Mapping[str, str]) -> None:
    """Write other spellings and former names of municipalities, spelling → ISTAT code."""
    statement = insert(MunicipalityAlias).values(
        [
            {"spelling": normalised_spelling(name), "istat_code": code}
            for name, code in aliases.items()
        ]
    )
    session().execute(
        statement.on_conflict_do_update(
            index_elements=["spelling"], set_={"istat_code": statement.excluded.istat_code}
        )
    )


def load_districts(*, districts: Mapping[str, tuple[str, Sequence[str]]], valid_from: date) -> None:
    """Write districts, code → (name, neighbourhoods), as they are from `valid_from`.

    A district already known for that day is left as staff may have changed it.
    """
    known = set(session().scalars(select(District.code).where(District.valid_from == valid_from)))
    for code, (name, neighbourhoods) in districts.items():
        if code in known:
            continue
        session().add(
            District(
                code=code,
                name=name,
                valid_from=valid_from,
                neighbourhoods=[
                    Neighbourhood(name=n, valid_from=valid_from) for n in neighbourhoods
                ],
            )
        )
    session().flush()


class DistrictTakenError(RuleBrokenError):
    """Another district has this code in these days."""

    def __init__(self) -> None:
        """Say so beside the code."""
        super().__init__(_l("Another district has this code in these days."), "code")


def add_district(*, actor: Actor, code: str, name: str, valid_from: date) -> District:
    """Write a new district, valid from a day on.

    Raises `DistrictTakenError` while another one of the same code exists.
    """
    _check_code_is_free(code, valid_from)
    district = District(code=code, name=name, valid_from=valid_from)
    session().add(district)
    session().flush()
    _record(actor, district, "add", name)
    return district


def rename_district(*, actor: Actor, district_id: int, name: str) -> District:
    """Correct the name of a district; agreements frozen before keep the old one."""
    district = _lock_district(district_id)
    before, district.name = district.name, name
    session().flush()
    _record(actor, district, "rename", f"{before} → {name}")
    return district


def end_district(*, actor: Actor, district_id: int, valid_until: date) -> District:
    """Let a district end: `valid_until` is the first day without it.

    Its neighbourhoods end with it: move them before to have them elsewhere. Raises
    `RuleBrokenError` for a day before it began, `ForbiddenStepError` where it has ended.
    """
    district = _lock_district(district_id)
    if district.valid_until is not None:
        raise ForbiddenStepError
    _check_day(valid_until, district.valid_from)
    district.valid_until = valid_until
    for neighbourhood in district.neighbourhoods:
        if neighbourhood.valid_until is None or neighbourhood.valid_until > valid_until:
            neighbourhood.valid_until = max(
                valid_until, neighbourhood.valid_from + timedelta(days=1)
            )
    session().flush()
    _record(actor, district, "end", valid_until.isoformat())
    return district


def add_neighbourhood(
    *, actor: Actor, district_id: int, name: str, valid_from: date
) -> Neighbourhood:
    """Write a neighbourhood into a district, from a day on."""
    district = _lock_district(district_id)
    _check_in_district(district, valid_from)
    neighbourhood = Neighbourhood(district_id=district.id, name=name, valid_from=valid_from)
    session().add(neighbourhood)
    session().flush()
    _record(actor, district, "add_neighbourhood", name)
    return neighbourhood


def move_neighbourhood(
    *, actor: Actor, neighbourhood_id: int, district_id: int, on: date
) -> Neighbourhood:
    """Let a neighbourhood belong to another district from a day on.

    The row of before ends on that day and stays: what was agreed then keeps it. Raises
    `RuleBrokenError` for the same district or a day outside either, `ForbiddenStepError` for one
    that has ended.
    """
    neighbourhood = _lock_neighbourhood(neighbourhood_id)
    if neighbourhood.valid_until is not None:
        raise ForbiddenStepError
    if neighbourhood.district_id == district_id:
        raise RuleBrokenError(
            _l("It belongs to this district already: choose another one."), "district_id"
        )
    district = _lock_district(district_id)
    _check_day(on, neighbourhood.valid_from)
    _check_in_district(district, on)
    neighbourhood.valid_until = on
    moved = Neighbourhood(district_id=district.id, name=neighbourhood.name, valid_from=on)
    session().add(moved)
    session().flush()
    _record(actor, district, "move_neighbourhood", f"{neighbourhood.name}, {on.isoformat()}")
    return moved


def end_neighbourhood(*, actor: Actor, neighbourhood_id: int, valid_until: date) -> Neighbourhood:
    """Let a neighbourhood end: `valid_until` is the first day without it; raises as above."""
    neighbourhood = _lock_neighbourhood(neighbourhood_id)
    if neighbourhood.valid_until is not None:
        raise ForbiddenStepError
    _check_day(valid_until, neighbourhood.valid_from)
    neighbourhood.valid_until = valid_until
    session().flush()
    _record(actor, neighbourhood.district, "end_neighbourhood", neighbourhood.name)
    return neighbourhood


def _check_code_is_free(code: str, valid_from: date) -> None:
    taken = select(District.id).where(
        District.code == code,
        or_(District.valid_until.is_(None), District.valid_until > valid_from),
    )
    if session().scalar(taken.limit(1)) is not None:
        raise DistrictTakenError


def _check_day(day: date, valid_from: date) -> None:
    if day <= valid_from:
        raise RuleBrokenError(_l("Choose a day after it began."), "day")


def _check_in_district(district: District, day: date) -> None:
    is_over = district.valid_until is not None and district.valid_until <= day
    if day < district.valid_from or is_over:
        raise RuleBrokenError(_l("The district does not exist on that day."), "day")


def _lock_district(district_id: int) -> District:
    district = session().scalar(
        select(District).where(District.id == district_id).with_for_update()
    )
    if district is None:
        raise NotFoundError
    return district


def _lock_neighbourhood(neighbourhood_id: int) -> Neighbourhood:
    neighbourhood = session().scalar(
        select(Neighbourhood).where(Neighbourhood.id == neighbourhood_id).with_for_update()
    )
    if neighbourhood is None:
        raise NotFoundError
    return neighbourhood


def _record(actor: Actor, district: District, action: str, note: str) -> None:
    record_step(
        actor=actor,
        subject_kind=District.__tablename__,
        subject_id=district.id,
        action=action,
        note=note,
    )
