"""The desk of who looks after a place: its initiatives written, published, cancelled."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page
from portal.core.origins import find_origin
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.places import services
from portal.places.forms import (
    AttendanceForm,
    CancelInitiativeForm,
    InitiativeForm,
    InitiativeStepForm,
    OccurrenceForm,
    written_initiative,
)
from portal.places.policies import CaredScope, acts_for, cared_scope, find_publish_refusal
from portal.places.queries import PlaceDetail, get_place_by_slug
from portal.places.queries.initiatives import (
    InitiativeDetail,
    get_initiative,
    list_cared_places,
    list_initiatives_for_desk,
    list_occurrences,
    list_organisers,
)
from portal.places.routes.blueprint import places
from portal.places.services.initiatives import HISTORY
from portal.registry.queries import get_desk

CARE = "/luoghi/<slug>/cura/"
CARED = f"{CARE}<int:initiative_id>"
INVALID, CONFLICT = 422, 409


@places.get("/gestione/luoghi/")
@requires(Permission.PLACE_CARE)
def list_cared() -> Response:
    """Show the places one looks after, and what waits in each."""
    cared = list_cared_places(cared_scope(current_actor()))
    return render_page("places/cared_list.html", cared=cared, association=None)


@places.get("/associazione/<slug>/luoghi/")
@requires(Permission.ASSOCIATION_EDIT)
def list_run(slug: str) -> Response:
    """Show the places that an association runs, and what waits in each."""
    association = get_desk(slug)
    authorize(Permission.ASSOCIATION_EDIT, association)
    cared = list_cared_places(CaredScope(association_ids={association.id}))
    return render_page("places/cared_list.html", cared=cared, association=association)


@places.get(CARE)
@requires(Permission.INITIATIVE_EDIT)
def list_place_initiatives(slug: str) -> Response:
    """Show the initiatives of a place, drafts too."""
    place = cared_place(slug)
    return render_page(
        "places/initiative_list.html", place=place, initiatives=list_initiatives_for_desk(place.id)
    )


@places.get(f"{CARE}nuova")
@requires(Permission.INITIATIVE_EDIT)
def new_initiative(slug: str) -> Response:
    """Show an empty form; who runs the place probably runs it."""
    place = cared_place(slug)
    start = {
        "organiser_name": place.managing_body,
        "organiser_association_id": str(place.managing_association_id or ""),
    }
    return _form_page(place, _offered(InitiativeForm(formdata=None, data=start), place))


@places.post(f"{CARE}nuova")
@requires(Permission.INITIATIVE_EDIT)
@writes
def create_initiative(slug: str) -> BaseResponse:
    """Keep a draft; next comes when it takes place."""
    place = cared_place(slug)
    form = _offered(InitiativeForm(), place)
    if not form.validate_on_submit():
        return _form_page(place, form, status=INVALID)
    initiative = services.create_initiative(
        actor=current_actor(),
        place_id=place.id,
        form_key=form.form_key.data,
        content=form.content,
        on_behalf_of=acts_for(current_actor(), place),
    )
    flash(_("The draft is saved. Now say when it takes place, then publish it."), "yes")
    return redirect_after_post(desk_address(slug, initiative.id))


@places.get(CARED)
@requires(Permission.INITIATIVE_EDIT)
def show_initiative_desk(slug: str, initiative_id: int) -> Response:
    """Show where an initiative is, its times, how many came."""
    return desk_page(cared_initiative(slug, initiative_id))


@places.get(f"{CARED}/modifica")
@requires(Permission.INITIATIVE_EDIT)
def edit_initiative(slug: str, initiative_id: int) -> BaseResponse:
    """Show the form with what is said now."""
    initiative = cared_initiative(slug, initiative_id)
    if initiative.is_cancelled:
        return redirect_after_post(desk_address(slug, initiative_id))
    form = InitiativeForm(formdata=None, data=written_initiative(initiative))
    return _form_page(get_place_by_slug(slug), _offered(form, initiative), initiative)


@places.post(f"{CARED}/modifica")
@requires(Permission.INITIATIVE_EDIT)
@writes
def save_initiative(slug: str, initiative_id: int) -> BaseResponse:
    """Write what is said of an initiative."""
    initiative = cared_initiative(slug, initiative_id)
    form = _offered(InitiativeForm(), initiative)
    if not form.validate_on_submit():
        return _form_page(get_place_by_slug(slug), form, initiative, status=INVALID)
    try:
        services.update_initiative(
            actor=current_actor(),
            initiative_id=initiative.id,
            seen_version=form.version.data,
            content=form.content,
            on_behalf_of=acts_for(current_actor(), initiative),
        )
    except services.InitiativeChangedError as error:
        form.version.data = error.version
        place = get_place_by_slug(slug)
        return _form_page(place, form, initiative, status=CONFLICT, is_changed=True)
    flash(_("Saved."), "yes")
    return redirect_after_post(desk_address(slug, initiative_id))


@places.post(f"{CARED}/pubblica")
@requires(Permission.INITIATIVE_EDIT)
@writes
def publish_initiative(slug: str, initiative_id: int) -> BaseResponse:
    """Let everybody read of an initiative."""
    initiative = cared_initiative(slug, initiative_id)
    try:
        services.publish_initiative(
            actor=current_actor(),
            initiative_id=initiative.id,
            seen_version=InitiativeStepForm().version.data,
            on_behalf_of=acts_for(current_actor(), initiative),
        )
    except services.CannotPublishError:
        return desk_page(initiative, status=CONFLICT)
    flash(_("Published: it is on the page of the place."), "yes")
    return redirect_after_post(desk_address(slug, initiative_id))


@places.get(f"{CARED}/annulla")
@requires(Permission.INITIATIVE_EDIT)
def edit_initiative_cancellation(slug: str, initiative_id: int) -> BaseResponse:
    """Ask why it does not take place any more."""
    initiative = cared_initiative(slug, initiative_id)
    if initiative.is_cancelled:
        return redirect_after_post(desk_address(slug, initiative_id))
    form = CancelInitiativeForm(formdata=None, data={"version": initiative.version})
    return _cancel_page(initiative, form)


@places.post(f"{CARED}/annulla")
@requires(Permission.INITIATIVE_EDIT)
@writes
def cancel_initiative(slug: str, initiative_id: int) -> BaseResponse:
    """Cancel an initiative; who reads of it reads why."""
    initiative, form = cared_initiative(slug, initiative_id), CancelInitiativeForm()
    if not form.validate_on_submit():
        return _cancel_page(initiative, form, status=INVALID)
    try:
        services.cancel_initiative(
            actor=current_actor(),
            initiative_id=initiative.id,
            seen_version=form.version.data,
            reason=form.reason.data,
            on_behalf_of=acts_for(current_actor(), initiative),
        )
    except services.InitiativeChangedError as error:
        form.version.data = error.version
        return _cancel_page(initiative, form, status=CONFLICT, is_changed=True)
    flash(_("Cancelled: whoever read of it reads why."), "yes")
    return redirect_after_post(desk_address(slug, initiative_id))


def cared_place(slug: str) -> PlaceDetail:
    """Return a place that the actor looks after; 404 for all others."""
    place = get_place_by_slug(slug)
    authorize(Permission.INITIATIVE_EDIT, place)
    return place


def cared_initiative(slug: str, initiative_id: int) -> InitiativeDetail:
    """Return an initiative of a place that the actor looks after; 404 for all others."""
    initiative = get_initiative(slug, initiative_id)
    authorize(Permission.INITIATIVE_EDIT, initiative)
    return initiative


def desk_address(slug: str, initiative_id: int) -> str:
    """Return where the desk of an initiative is."""
    return url_for("places.show_initiative_desk", slug=slug, initiative_id=initiative_id)


def desk_page(
    initiative: InitiativeDetail,
    *,
    adding: OccurrenceForm | None = None,
    counting: tuple[int, AttendanceForm] | None = None,
    status: int = 200,
) -> Response:
    """Return the desk of an initiative.

    `adding` and `counting` (of which time) are forms that were refused.
    """
    occurrences = list_occurrences(initiative.id)
    planned = sum(not row.is_cancelled for row in occurrences)
    return render_page(
        "places/initiative_desk.html",
        status=status,
        initiative=initiative,
        occurrences=occurrences,
        refusal=find_publish_refusal(planned),
        adding=adding or OccurrenceForm(formdata=None),
        counting=counting,
        counter=AttendanceForm(formdata=None),
        step=InitiativeStepForm(formdata=None, data={"version": initiative.version}),
        origin=find_origin(HISTORY, initiative.id),
        history=list_history(subject_kind=HISTORY, subject_id=initiative.id),
    )


def _offered(form: InitiativeForm, place: PlaceDetail | InitiativeDetail) -> InitiativeForm:
    chosen = place.organiser_association_id if isinstance(place, InitiativeDetail) else None
    form.offer_organisers(list_organisers({place.managing_association_id, chosen}))
    return form


def _form_page(
    place: PlaceDetail,
    form: InitiativeForm,
    initiative: InitiativeDetail | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "places/initiative_form.html",
        status=status,
        place=place,
        form=form,
        initiative=initiative,
        is_changed=is_changed,
    )


def _cancel_page(
    initiative: InitiativeDetail,
    form: CancelInitiativeForm,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "places/initiative_cancel.html",
        status=status,
        initiative=initiative,
        form=form,
        is_changed=is_changed,
    )
