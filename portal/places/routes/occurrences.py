"""When an initiative takes place, and how many came: the small forms of its desk."""

from flask import flash
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.places import services
from portal.places.forms import AttendanceForm, OccurrenceForm
from portal.places.policies import acts_for
from portal.places.routes.blueprint import places
from portal.places.routes.initiative_desk import (
    CARED,
    INVALID,
    cared_initiative,
    desk_address,
    desk_page,
)

TIMES = f"{CARED}/appuntamenti"
TIME = f"{TIMES}/<int:occurrence_id>"


@places.post(TIMES)
@requires(Permission.INITIATIVE_EDIT)
@writes
def add_occurrences(slug: str, initiative_id: int) -> BaseResponse:
    """Say when it takes place."""
    initiative, form = cared_initiative(slug, initiative_id), OccurrenceForm()
    if not form.validate_on_submit():
        return desk_page(initiative, adding=form, status=INVALID)
    times = form.times
    try:
        services.add_occurrences(
            actor=current_actor(),
            initiative_id=initiative.id,
            times=times,
            on_behalf_of=acts_for(current_actor(), initiative),
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return desk_page(initiative, adding=form, status=INVALID)
    flash(ngettext("%(num)s time added.", "%(num)s times added.", len(times)), "yes")
    return redirect_after_post(desk_address(slug, initiative_id))


@places.post(f"{TIME}/annulla")
@requires(Permission.INITIATIVE_EDIT)
@writes
def cancel_occurrence(slug: str, initiative_id: int, occurrence_id: int) -> BaseResponse:
    """Say that it does not take place that time."""
    initiative = cared_initiative(slug, initiative_id)
    services.cancel_occurrence(
        actor=current_actor(),
        initiative_id=initiative.id,
        occurrence_id=occurrence_id,
        on_behalf_of=acts_for(current_actor(), initiative),
    )
    flash(_("Done: it does not take place that time."), "yes")
    return redirect_after_post(desk_address(slug, initiative_id))


@places.post(f"{TIME}/presenze")
@requires(Permission.INITIATIVE_EDIT)
@writes
def count_attendance(slug: str, initiative_id: int, occurrence_id: int) -> BaseResponse:
    """Write how many people came."""
    initiative, form = cared_initiative(slug, initiative_id), AttendanceForm()
    if not form.validate_on_submit():
        return desk_page(initiative, counting=(occurrence_id, form), status=INVALID)
    try:
        services.count_attendance(
            actor=current_actor(),
            initiative_id=initiative.id,
            occurrence_id=occurrence_id,
            attendance=form.attendance.data,
            on_behalf_of=acts_for(current_actor(), initiative),
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return desk_page(initiative, counting=(occurrence_id, form), status=INVALID)
    flash(_("Thank you: the people who came are counted."), "yes")
    return redirect_after_post(desk_address(slug, initiative_id))
