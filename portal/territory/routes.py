"""The territory, for staff: districts and neighbourhoods with the days they hold."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.text import read_day
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.territory import queries, services
from portal.territory.forms import (
    DayForm,
    DistrictForm,
    MoveForm,
    NameForm,
    NeighbourhoodForm,
)

territory = Blueprint("territory", __name__)

DESK = "/gestione/territorio/"
INVALID = 422


@territory.get(DESK)
@requires(Permission.TERRITORY_EDIT)
def show_territory() -> Response:
    """Show the districts of a day with their neighbourhoods."""
    day = read_day(request.args.get("giorno", "")) or local_today()
    return render_page(
        "territory/territory.html",
        day=day,
        is_today=day == local_today(),
        is_later=day > local_today(),
        districts=queries.list_territory(day),
        days=queries.list_changing_days(),
    )


@territory.get(f"{DESK}nuovo")
@requires(Permission.TERRITORY_EDIT)
def new_district() -> Response:
    """Show an empty form."""
    return _district_form(DistrictForm(data={"day": local_today()}))


@territory.post(f"{DESK}nuovo")
@requires(Permission.TERRITORY_EDIT)
@writes
def create_district() -> BaseResponse:
    """Write a new district."""
    form = DistrictForm()
    if not form.validate_on_submit():
        return _district_form(form, status=INVALID)
    try:
        district = services.add_district(
            actor=current_actor(),
            code=form.code.data,
            name=form.name.data,
            valid_from=form.day.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _district_form(form, status=INVALID)
    flash(_("The district is there: add its neighbourhoods."), "yes")
    return redirect_after_post(url_for("territory.show_district", district_id=district.id))


@territory.get(f"{DESK}<int:district_id>")
@requires(Permission.TERRITORY_EDIT)
def show_district(district_id: int) -> Response:
    """Show a district with what can be done with it."""
    return _district_page(district_id)


@territory.post(f"{DESK}<int:district_id>/nome")
@requires(Permission.TERRITORY_EDIT)
@writes
def rename_district(district_id: int) -> BaseResponse:
    """Correct the name of a district."""
    form = NameForm()
    return _act_on_district(
        district_id,
        "name_form",
        form,
        lambda: services.rename_district(
            actor=current_actor(), district_id=district_id, name=form.name.data
        ),
    )


@territory.post(f"{DESK}<int:district_id>/fine")
@requires(Permission.TERRITORY_EDIT)
@writes
def end_district(district_id: int) -> BaseResponse:
    """Let a district end on a day."""
    form = DayForm()
    return _act_on_district(
        district_id,
        "end_form",
        form,
        lambda: services.end_district(
            actor=current_actor(), district_id=district_id, valid_until=form.day.data
        ),
    )


@territory.post(f"{DESK}<int:district_id>/quartieri")
@requires(Permission.TERRITORY_EDIT)
@writes
def add_neighbourhood(district_id: int) -> BaseResponse:
    """Write a neighbourhood into a district."""
    form = NeighbourhoodForm()
    return _act_on_district(
        district_id,
        "new_form",
        form,
        lambda: services.add_neighbourhood(
            actor=current_actor(),
            district_id=district_id,
            name=form.name.data,
            valid_from=form.day.data,
        ),
    )


@territory.get(f"{DESK}quartieri/<int:neighbourhood_id>")
@requires(Permission.TERRITORY_EDIT)
def show_neighbourhood(neighbourhood_id: int) -> Response:
    """Show a neighbourhood with where it can go."""
    return _neighbourhood_page(neighbourhood_id)


@territory.post(f"{DESK}quartieri/<int:neighbourhood_id>/sposta")
@requires(Permission.TERRITORY_EDIT)
@writes
def move_neighbourhood(neighbourhood_id: int) -> BaseResponse:
    """Let a neighbourhood belong to another district from a day on."""
    form = MoveForm()
    form.offer(_other_districts())
    return _act_on_neighbourhood(
        neighbourhood_id,
        "move_form",
        form,
        lambda: services.move_neighbourhood(
            actor=current_actor(),
            neighbourhood_id=neighbourhood_id,
            district_id=int(form.district_id.data),
            on=form.day.data,
        ),
    )


@territory.post(f"{DESK}quartieri/<int:neighbourhood_id>/fine")
@requires(Permission.TERRITORY_EDIT)
@writes
def end_neighbourhood(neighbourhood_id: int) -> BaseResponse:
    """Let a neighbourhood end on a day."""
    form = DayForm()
    return _act_on_neighbourhood(
        neighbourhood_id,
        "end_form",
        form,
        lambda: services.end_neighbourhood(
            actor=current_actor(),
            neighbourhood_id=neighbourhood_id,
            valid_until=form.day.data,
        ),
    )


def _other_districts() -> list[tuple[int, str]]:
    return [(d.id, d.name) for d in queries.list_districts()]


def _act_on_district(
    district_id: int, name: str, form: PortalForm, act: Callable[[], object]
) -> BaseResponse:
    queries.get_district(district_id)
    if not form.validate_on_submit():
        return _district_page(district_id, {name: form}, status=INVALID)
    try:
        act()
    except RuleBrokenError as error:
        form.take_error(error)
        return _district_page(district_id, {name: form}, status=INVALID)
    flash(_("Saved. Agreements signed before keep the districts of their time."), "yes")
    return redirect_after_post(url_for("territory.show_district", district_id=district_id))


def _act_on_neighbourhood(
    neighbourhood_id: int, name: str, form: PortalForm, act: Callable[[], object]
) -> BaseResponse:
    _row, district = queries.get_neighbourhood(neighbourhood_id)
    if not form.validate_on_submit():
        return _neighbourhood_page(neighbourhood_id, {name: form}, status=INVALID)
    try:
        act()
    except (RuleBrokenError, ForbiddenStepError) as error:
        form.form_errors.append(error.sentence)
        return _neighbourhood_page(neighbourhood_id, {name: form}, status=INVALID)
    flash(_("Saved. Agreements signed before keep the districts of their time."), "yes")
    return redirect_after_post(url_for("territory.show_district", district_id=district.id))


def _district_form(form: DistrictForm, *, status: int = 200) -> Response:
    return render_page("territory/district_form.html", status=status, form=form)


def _district_page(
    district_id: int, refused: dict[str, PortalForm] | None = None, *, status: int = 200
) -> Response:
    district = queries.get_district(district_id)
    forms = {
        "name_form": NameForm(formdata=None, data={"name": district.name}),
        "end_form": DayForm(formdata=None),
        "new_form": NeighbourhoodForm(formdata=None, data={"day": local_today()}),
        **(refused or {}),
    }
    return render_page(
        "territory/district_detail.html",
        status=status,
        district=district,
        refused=next(iter((refused or {}).values()), None),
        **forms,
    )


def _neighbourhood_page(
    neighbourhood_id: int, refused: dict[str, PortalForm] | None = None, *, status: int = 200
) -> Response:
    neighbourhood, district = queries.get_neighbourhood(neighbourhood_id)
    move = MoveForm(formdata=None)
    move.offer([d for d in _other_districts() if d[0] != district.id])
    return render_page(
        "territory/neighbourhood_detail.html",
        status=status,
        neighbourhood=neighbourhood,
        district=district,
        refused=next(iter((refused or {}).values()), None),
        **{"move_form": move, "end_form": DayForm(formdata=None), **(refused or {})},
    )
