"""Where help is needed: as a list, as a week, as a file and as a calendar."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from portal.core.access import Actor, current_actor, requires
from portal.core.caching import HoldsFor, revalidated
from portal.core.calendar import calendar_response, calendar_text
from portal.core.clock import local_today
from portal.core.htmx import render_page
from portal.core.json_list import json_list_response
from portal.core.mail import absolute_url
from portal.core.pagination import requested_page
from portal.core.spreadsheet import csv_response
from portal.core.text import read_day
from portal.permissions import Permission
from portal.territory.queries import DistrictRow, list_districts
from portal.volunteering import queries
from portal.volunteering.calendars import shift_events
from portal.volunteering.policies import PersonFacts
from portal.volunteering.queries import OpenProjectRow, ShiftPage, ShiftRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.shift_filters import ShiftFilters, read_filters
from portal.volunteering.states import DayPart, Sector, Skill, TimeKind, Weekday

LIST = "/volontariato/"
ONE_DAY, SIX_DAYS, ONE_WEEK = (timedelta(days=days) for days in (1, 6, 7))

FILE_COLUMNS: dict[str, Callable[[ShiftRow], object]] = {
    "id": lambda row: row.id,
    "titolo": lambda row: row.title,
    "settore": lambda row: row.sector.value,
    "inizio": lambda row: row.starts_at.isoformat(),
    "fine": lambda row: row.ends_at.isoformat(),
    "luogo": lambda row: row.place_name,
    "indirizzo": lambda row: row.address,
    "ambito": lambda row: row.district_name,
    "posti": lambda row: row.capacity,
    "posti_liberi": lambda row: row.free_places,
    "iscrizioni_dal": lambda row: row.opens_at.isoformat() if row.opens_at else None,
    "iscrizioni_fino_al": lambda row: row.closes_at.isoformat(),
    "registro_volontari": lambda row: int(row.rules.requires_enrolment),
    "pagina": lambda row: absolute_url("volunteering.show_shift", shift_id=row.id),
}
"""Columns of the list as a file; moments are UTC, nothing names a person."""


@volunteering.get(LIST)
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.MINUTE)
def list_shifts() -> Response:
    """Show where help is needed, soonest first, and where one can come when one likes."""
    actor, districts = current_actor(), list_districts()
    filters = requested_filters(districts)
    person = queries.find_person_facts(actor)
    pages_at_once = requested_page("pagine")
    page = queries.list_shifts(
        filters,
        page=pages_at_once if pages_at_once > 1 else requested_page(),
        person=person,
        from_first=pages_at_once > 1,
    )
    is_empty = not page.total and filters.count > 0
    return render_page(
        "volunteering/shift_list.html",
        partial="volunteering/_results.html",
        page=page,
        decisions=queries.decide_each(person, page.rows),
        open_projects=_open_projects(filters, page, person),
        counts=queries.count_without_each(filters, person) if is_empty else None,
        **_around(actor, filters, districts),
    )


@volunteering.get("/volontariato/settimana")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.MINUTE)
def show_week() -> Response:
    """Show the shifts of one week, day by day, with the same filters."""
    actor, districts, today = current_actor(), list_districts(), local_today()
    filters = requested_filters(districts)
    monday = _monday_of(max(_requested_day() or today, today))
    person = queries.find_person_facts(actor)
    shifts = queries.list_shifts_of_days(
        filters, first=monday, last=monday + SIX_DAYS, person=person
    )
    week = (monday + n * ONE_DAY for n in range(7))
    # Of the days that are past nobody can take a shift.
    days: dict[date, list[ShiftRow]] = {day: [] for day in week if day >= today}
    for shift in shifts:
        days[shift.day].append(shift)
    return render_page(
        "volunteering/shift_week.html",
        partial="volunteering/_week_results.html",
        days=days,
        total=len(shifts),
        is_cut=len(shifts) == queries.MOST_OF_DAYS,
        decisions=queries.decide_each(person, shifts),
        previous=monday - ONE_WEEK if monday > _monday_of(today) else None,
        following=monday + ONE_WEEK,
        **_around(actor, filters, districts),
    )


@volunteering.get("/volontariato/turni.csv")
@requires(Permission.PORTAL_READ)
def download_shifts_csv() -> Response:
    """Send what the list finds with the same filters, for a spreadsheet."""
    return csv_response(
        ([value_of(row) for value_of in FILE_COLUMNS.values()] for row in _rows_for_file()),
        header=tuple(FILE_COLUMNS),
        file_name="turni.csv",
    )


@volunteering.get("/volontariato/turni.json")
@requires(Permission.PORTAL_READ)
def download_shifts_json() -> Response:
    """Send the same for a program."""
    return json_list_response(
        (
            {name: value_of(row) for name, value_of in FILE_COLUMNS.items()}
            for row in _rows_for_file()
        ),
        name="turni",
    )


@volunteering.get("/volontariato/turni.ics")
@requires(Permission.PORTAL_READ)
def show_shift_calendar() -> Response:
    """Send the same as a calendar to subscribe to, where what was cancelled says so."""
    filters = read_filters(
        request.args,
        district_codes={d.code for d in list_districts()},
        # Who reads a calendar is a program, signed in as nobody.
        is_signed_in=False,
    )
    shifts = queries.list_shifts_for_file(filters, with_cancelled=True)
    return calendar_response(calendar_text(shift_events(shifts), name=_("Help is needed")))


def requested_filters(districts: list[DistrictRow]) -> ShiftFilters:
    """Return the filters of the present address; what nobody knows is ignored."""
    return read_filters(
        request.args,
        district_codes={d.code for d in districts},
        is_signed_in=current_actor().is_signed_in,
    )


def _around(actor: Actor, filters: ShiftFilters, districts: list[DistrictRow]) -> dict[str, Any]:
    """Return what the form, the chips and the links around the list show."""
    today = local_today()
    is_saved = actor.is_signed_in and queries.has_saved_search(
        actor.account_id, filters.for_mail.query
    )
    return {
        "filters": filters,
        "districts": districts,
        "sectors": list(Sector),
        "skills": list(Skill),
        "time_kinds": list(TimeKind),
        "weekdays": list(Weekday),
        "day_parts": list(DayPart),
        "today": today,
        "tomorrow": today + ONE_DAY,
        "is_saved": is_saved,
    }


def _open_projects(
    filters: ShiftFilters, page: ShiftPage, person: PersonFacts
) -> list[OpenProjectRow]:
    """Return the projects without shifts, which stand below the first page."""
    is_asked = not filters.time_kinds or filters.time_kinds - {TimeKind.SHIFTS}
    return queries.list_open_projects(filters, person) if page.number == 1 and is_asked else []


def _rows_for_file() -> list[ShiftRow]:
    filters = requested_filters(list_districts())
    return queries.list_shifts_for_file(filters, person=queries.find_person_facts(current_actor()))


def _requested_day() -> date | None:
    """Return the day whose week the address asks for, up to a year ahead."""
    day = read_day(request.args.get("dal", ""))
    furthest = local_today() + timedelta(days=366)
    return min(day, furthest) if day else None


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
