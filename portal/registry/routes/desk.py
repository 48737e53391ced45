"""An association's own desk: what waits for it, its profile with a preview, its documents."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.clock import local_today
from portal.core.downloads import file_response
from portal.core.errors import RuleBrokenError
from portal.core.files import get_stored_file
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page, wants_partial
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import queries, services
from portal.registry.forms import ConfirmForm, LogoForm, ProfileForm
from portal.registry.profile import (
    SENSITIVE,
    ProfileValues,
    as_json,
    find_profile_gaps,
    with_json,
)
from portal.registry.queries import CodeNames, DeskRow
from portal.registry.routes import registry
from portal.territory.queries import DistrictRow, list_districts, list_municipalities

DESK = "/associazione/<slug>/"
PROFILE = f"{DESK}profilo"


def own_association(slug: str) -> DeskRow:
    """Return the association of this desk; nobody else learns that there is one."""
    association = queries.get_desk(slug)
    authorize(Permission.ASSOCIATION_EDIT, association)
    return association


@registry.get(DESK)
@requires(Permission.ASSOCIATION_EDIT)
def show_desk(slug: str) -> Response:
    """Show what waits for the association, and what everybody sees of it."""
    association = own_association(slug)
    today = local_today()
    cases = queries.list_cases_of_association(association.id, user_id=current_actor().account_id)
    names = queries.list_code_names()
    return render_page(
        "registry/association_desk.html",
        association=association,
        is_due=association.is_confirmation_due(today),
        is_stale=association.confirm_by is not None and association.confirm_by <= today,
        gaps=find_profile_gaps(association.profile),
        notice_row=queries.find_running_notice(association.id),
        cases=cases,
        turns=[case for case in cases if case.is_my_turn],
        changes=queries.list_changes_under_review(association.id, names),
        representatives=queries.list_representatives(association.id),
        invitations=queries.list_pending_invitations(association.id),
        documents=queries.list_documents(association.id),
        history=list_history(subject_kind="association", subject_id=association.id),
        form=ConfirmForm(formdata=None),
        logo_form=LogoForm(formdata=None),
    )


@registry.get(f"{DESK}documenti/<int:document_id>")
@requires(Permission.ASSOCIATION_EDIT)
def show_document(slug: str, document_id: int) -> Response:
    """Hand out a document of one's own association."""
    association = own_association(slug)
    file_id = queries.get_document_file_id(association_id=association.id, document_id=document_id)
    return file_response(get_stored_file(file_id))


@registry.get(PROFILE)
@requires(Permission.ASSOCIATION_EDIT)
def edit_profile(slug: str) -> Response:
    """Show the profile, to be edited."""
    association = own_association(slug)
    written = vars(association.profile) | {
        "officers": as_json(association.profile, ["officers"])["officers"],
        "version": association.version,
    }
    return _profile_page(association, _profile_form(association, data=written))


@registry.post(PROFILE)
@requires(Permission.ASSOCIATION_EDIT)
@writes
def save_profile(slug: str) -> BaseResponse:
    """Save the profile: public at once, but for what the office looks at first."""
    association = own_association(slug)
    form = _profile_form(association)
    if not form.validate_on_submit():
        return _profile_page(association, form, status=422)
    values = form.values(association.profile)
    try:
        saved = services.update_profile(
            actor=current_actor(),
            association_id=association.id,
            seen_version=form.version.data,
            values=values,
        )
    except services.ProfileChangedError:
        return _changed_meanwhile(slug, form, values)
    except RuleBrokenError as error:
        form.take_error(error)
        return _profile_page(association, form, status=422)
    if saved.under_review:
        flash(_("Saved. The office looks at what is marked below before everybody sees it."), "yes")
    else:
        flash(_("Saved: everybody sees it now."), "yes")
    return redirect_after_post(url_for("registry.show_desk", slug=slug))


@registry.post(f"{PROFILE}/anteprima")
@requires(Permission.ASSOCIATION_EDIT)
def preview_profile(slug: str) -> Response:
    """Show the page as it would be with what is typed; without HTMX beside the form."""
    association = own_association(slug)
    form = _profile_form(association)
    form.validate()
    values = form.values(association.profile)
    for field in form:
        # Nothing is refused yet: who looks at a preview is still writing.
        field.errors = []
    form.form_errors = []
    return _profile_page(association, form, preview=values, is_asked_for=not wants_partial())


def _profile_form(association: DeskRow, **prefilled: Any) -> ProfileForm:  # noqa: ANN401 - WTForms' data
    form = ProfileForm(**prefilled)
    profile = association.profile
    districts = list_districts()
    if profile.district_id is not None and profile.district_id not in {d.id for d in districts}:
        # A district of before the city redrew them stays until somebody chooses another.
        districts.append(DistrictRow(profile.district_id, "", association.district_name or ""))
    form.offer(
        municipalities=list_municipalities(),
        districts=districts,
        areas=queries.list_activity_areas(),
        has_seat=profile.municipality_code is not None,
    )
    if queries.has_pending_change(association.id):
        form.without_sensitive()
    return form


def _changed_meanwhile(slug: str, form: ProfileForm, mine: ProfileValues) -> Response:
    """Show what somebody else saved beside what was typed; saving again means it."""
    association = queries.get_desk(slug)
    form.version.data = association.version
    if form.offers_sensitive and queries.has_pending_change(association.id):
        form.without_sensitive()
        theirs_alone = as_json(association.profile, SENSITIVE)
        mine = with_json(mine, theirs_alone)
    return _profile_page(association, form, status=409, mine=mine)


def _profile_page(
    association: DeskRow,
    form: ProfileForm,
    *,
    status: int = 200,
    mine: ProfileValues | None = None,
    preview: ProfileValues | None = None,
    is_asked_for: bool = False,
) -> Response:
    names = queries.list_code_names()
    shown = preview or mine or form.values(association.profile)
    return render_page(
        "registry/profile_form.html",
        partial="registry/_profile_preview.html",
        status=status,
        association=association,
        form=form,
        was_changed=mine is not None,
        differences=queries.profile_differences(association.profile, mine, names) if mine else (),
        is_asked_for=is_asked_for,
        **_preview(association, shown, names),
    )


def _preview(association: DeskRow, values: ProfileValues, names: CodeNames) -> dict[str, Any]:
    """Return the public page as it would be at once: what the office checks stays as it is."""
    public = with_json(values, as_json(association.profile, SENSITIVE))
    return {
        "preview": public,
        "area_names": [names.areas[code] for code in public.areas if code in names.areas],
        "waits": queries.profile_differences(public, values, names),
    }
