"""An association's own desk: what waits for it, its profile."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.clock import local_today
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import services
from portal.registry.forms import ProfileForm, area_choices, district_choices
from portal.registry.profile import ProfileValues, changed_fields, find_profile_gaps
from portal.registry.queries import (
    DeskRow,
    get_desk,
    list_activity_areas,
    list_representatives,
)
from portal.registry.routes import registry
from portal.territory.queries import CITY_CODE, list_districts

DESK = "/associazione/<slug>/"
PROFILE = "/associazione/<slug>/profilo"


@registry.get(DESK)
@requires(Permission.ASSOCIATION_EDIT)
def show_desk(slug: str) -> Response:
    """Show what waits for the association, and what everybody sees of it."""
    association = _own_association(slug)
    return render_page(
        "registry/association_desk.html",
        association=association,
        gaps=find_profile_gaps(
            association.profile,
            updated_on=association.profile_updated_on,
            today=local_today(),
        ),
        representatives=list_representatives(association.id),
        history=list_history(subject_kind="association", subject_id=association.id),
    )


@registry.get(PROFILE)
@requires(Permission.ASSOCIATION_EDIT)
def edit_profile(slug: str) -> Response:
    """Show the profile, to be edited."""
    association = _own_association(slug)
    written = vars(association.profile) | {"version": str(association.version)}
    return _profile_page(association, _profile_form(association, data=written))


@registry.post(PROFILE)
@requires(Permission.ASSOCIATION_EDIT)
@writes
def save_profile(slug: str) -> BaseResponse:
    """Save the profile; it is public at once."""
    association = _own_association(slug)
    form = _profile_form(association)
    if not form.validate_on_submit():
        return _profile_page(association, form, status=422)
    values = _values(form)
    try:
        services.update_profile(
            actor=current_actor(),
            association_id=association.id,
            seen_version=form.seen_version,
            values=values,
        )
    except services.ProfileChangedError:
        return _changed_meanwhile(slug, form, values)
    flash(_("Saved: everybody sees it now."), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=slug))


def _own_association(slug: str) -> DeskRow:
    association = get_desk(slug)
    authorize(Permission.ASSOCIATION_EDIT, association)
    return association


def _profile_form(association: DeskRow, **prefilled: Any) -> ProfileForm:  # noqa: ANN401 - WTForms' data
    form = ProfileForm(**prefilled)
    form.areas.choices = area_choices(list_activity_areas())
    if association.municipality_code == CITY_CODE:
        form.district_id.choices = district_choices(list_districts())
    else:
        del form.district_id
    return form


def _values(form: ProfileForm) -> ProfileValues:
    return ProfileValues(
        acronym=form.acronym.data or None,
        description=form.description.data or None,
        areas=tuple(sorted(form.areas.data)),
        district_id=form.district_id.data if form.district_id else None,
        address=form.address.data or None,
        email=form.email.data or None,
        phone=form.phone.data or None,
        website=form.website.data or None,
    )


def _changed_meanwhile(slug: str, form: ProfileForm, mine: ProfileValues) -> Response:
    """Show what somebody else saved beside what was typed; saving again means it."""
    association = get_desk(slug)
    theirs = association.profile
    form.version.data = str(association.version)
    return _profile_page(
        association,
        form,
        status=409,
        changed=changed_fields(theirs, mine),
        mine=mine,
        theirs=theirs,
    )


def _profile_page(
    association: DeskRow,
    form: ProfileForm,
    *,
    status: int = 200,
    changed: Sequence[str] = (),
    mine: ProfileValues | None = None,
    theirs: ProfileValues | None = None,
) -> Response:
    return render_page(
        "registry/profile_form.html",
        status=status,
        association=association,
        form=form,
        area_names={area.code: area.name for area in list_activity_areas()},
        district_names={district.id: district.name for district in list_districts()},
        changed=changed,
        mine=mine,
        theirs=theirs,
    )
