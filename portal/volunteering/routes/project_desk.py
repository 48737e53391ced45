"""Projects, for the office: written, published, closed; who looks after them."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page
from portal.core.origins import find_origin
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.places.queries import list_place_choices
from portal.registry.queries import find_association_by_tax_code
from portal.territory.queries import DistrictRow, list_districts
from portal.volunteering import queries, services
from portal.volunteering.forms.projects import ProjectForm, has_own_rules, written_project
from portal.volunteering.forms.steps import ClosingForm, TutorForm, VersionForm
from portal.volunteering.queries import ProjectDeskRow, ProjectFilters
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services import ProjectContent
from portal.volunteering.services.projects import HISTORY
from portal.volunteering.states import ProjectState

PROJECTS = "/gestione/volontariato/progetti"
PROJECT = f"{PROJECTS}/<int:project_id>"
UNPROCESSABLE, CONFLICT = 422, 409


@volunteering.get(PROJECTS)
@requires(Permission.PROJECT_ADMINISTER)
def list_projects() -> Response:
    """Show all projects, those handed in by associations first."""
    programmes = queries.list_programme_choices()
    chosen = requested_choice("programma", {str(p.id) for p in programmes})
    filters = ProjectFilters(
        text=requested_text(),
        state=requested_choice("stato", set(ProjectState)),
        programme_id=int(chosen) if chosen else None,
    )
    return render_page(
        "volunteering/project_list.html",
        partial="volunteering/_project_results.html",
        page=queries.list_projects_for_office(filters, page=requested_page()),
        filters=filters,
        states=list(ProjectState),
        programmes=programmes,
    )


@volunteering.get(f"{PROJECTS}/nuovo")
@requires(Permission.PROJECT_ADMINISTER)
def new_project() -> Response:
    """Show an empty form."""
    return _form_page(_project_form())


@volunteering.post(f"{PROJECTS}/nuovo")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def create_project() -> BaseResponse:
    """Write a draft."""
    form = _project_form()
    if not form.validate_on_submit():
        return _form_page(form, status=UNPROCESSABLE)
    try:
        project = services.create_project(
            actor=current_actor(),
            programme_id=form.chosen_programme,
            content=_content_of(form),
            state=ProjectState.DRAFT,
            further_district_ids=form.further_district_ids,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(form, status=UNPROCESSABLE)
    flash(
        _("The draft is saved. Plan its shifts, name who looks after it, then publish it."), "yes"
    )
    return redirect_after_post(_address(project.id))


@volunteering.get(PROJECT)
@requires(Permission.PROJECT_ADMINISTER)
def show_project_desk(project_id: int) -> Response:
    """Show where a project is, who looks after it, and what can be done."""
    return _desk_page(queries.get_project_desk(project_id))


@volunteering.get(f"{PROJECT}/modifica")
@requires(Permission.PROJECT_ADMINISTER)
def edit_project(project_id: int) -> Response:
    """Show the form with what is said now."""
    project = queries.get_project_desk(project_id)
    return _form_page(_project_form(project, data=written_project(project)), project)


@volunteering.post(f"{PROJECT}/modifica")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def save_project(project_id: int) -> BaseResponse:
    """Write what is said of a project."""
    project = queries.get_project_desk(project_id)
    form = _project_form(project)
    if not form.validate_on_submit():
        return _form_page(form, project, status=UNPROCESSABLE)
    try:
        services.update_project(
            actor=current_actor(),
            project_id=project_id,
            seen_version=form.version.data,
            programme_id=form.chosen_programme,
            content=_content_of(form),
            further_district_ids=form.further_district_ids,
        )
    except services.ProjectChangedError as error:
        form.version.data = error.version
        return _form_page(form, project, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(form, project, status=UNPROCESSABLE)
    flash(_("Saved."), "yes")
    return redirect_after_post(_address(project_id))


@volunteering.post(f"{PROJECT}/pubblica")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def publish_project(project_id: int) -> BaseResponse:
    """Let everybody see a project."""
    services.publish_project(
        actor=current_actor(), project_id=project_id, seen_version=VersionForm().version.data
    )
    flash(_("Published: everybody sees it now."), "yes")
    return redirect_after_post(_address(project_id))


@volunteering.get(f"{PROJECT}/chiudi")
@requires(Permission.PROJECT_ADMINISTER)
def edit_closing(project_id: int) -> Response:
    """Ask why a project ends, and say who will be told."""
    project = queries.get_project_desk(project_id)
    return _closing_page(project, ClosingForm(data={"version": project.version}))


@volunteering.post(f"{PROJECT}/chiudi")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def close_project(project_id: int) -> BaseResponse:
    """End a project, with a reason."""
    project, form = queries.get_project_desk(project_id), ClosingForm()
    if not form.validate_on_submit():
        return _closing_page(project, form, status=UNPROCESSABLE)
    services.close_project(
        actor=current_actor(),
        project_id=project_id,
        seen_version=form.version.data,
        reason=form.reason.data,
    )
    flash(_("The project has ended. Who took part has been told by mail, once."), "yes")
    return redirect_after_post(_address(project_id))


@volunteering.post(f"{PROJECT}/tutor")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def add_tutor(project_id: int) -> BaseResponse:
    """Name somebody who looks after a project."""
    project, form = queries.get_project_desk(project_id), TutorForm()
    if not form.validate_on_submit():
        return _desk_page(project, tutor_form=form, status=UNPROCESSABLE)
    try:
        services.add_tutor(actor=current_actor(), project_id=project_id, email=form.email.data)
    except RuleBrokenError as error:
        form.take_error(error)
        return _desk_page(project, tutor_form=form, status=UNPROCESSABLE)
    flash(_("From now on this person sees who comes."), "yes")
    return redirect_after_post(_address(project_id))


@volunteering.post(f"{PROJECT}/tutor/<int:user_id>/togli")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def remove_tutor(project_id: int, user_id: int) -> BaseResponse:
    """Let somebody no longer look after a project."""
    services.remove_tutor(actor=current_actor(), project_id=project_id, user_id=user_id)
    flash(_("This person no longer looks after the project."), "yes")
    return redirect_after_post(_address(project_id))


def _address(project_id: int) -> str:
    return url_for("volunteering.show_project_desk", project_id=project_id)


def _project_form(project: ProjectDeskRow | None = None, **prefilled: Any) -> ProjectForm:  # noqa: ANN401 - WTForms' data
    form = ProjectForm(**prefilled)
    districts = list_districts()
    if project is not None and project.district_id not in {d.id for d in districts}:
        # A district of before the city redrew them stays until somebody chooses another.
        districts.append(DistrictRow(project.district_id, "", project.district_name))
    form.offer(queries.list_programme_choices(), districts)
    form.offer_more(list_place_choices(), districts)
    return form


def _content_of(form: ProjectForm) -> ProjectContent:
    """Return what was written, with the association that its tax code names.

    Raises `RuleBrokenError` where the registry has none.
    """
    words = form.words()
    code = form.partner_tax_code.data
    if code:
        partner = find_association_by_tax_code(code)
        if partner is None:
            raise RuleBrokenError(
                _l("No association of the registry has this tax code."), "partner_tax_code"
            )
        words["partner_association_id"] = partner.id
        words["partner_name"] = words["partner_name"] or partner.name
    return ProjectContent(**words)


def _form_page(
    form: ProjectForm,
    project: ProjectDeskRow | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "volunteering/project_form.html",
        status=status,
        form=form,
        project=project,
        is_changed=is_changed,
        has_own_rules=has_own_rules(form),
    )


def _desk_page(
    project: ProjectDeskRow, *, tutor_form: TutorForm | None = None, status: int = 200
) -> Response:
    return render_page(
        "volunteering/project_desk.html",
        status=status,
        project=project,
        shifts=queries.list_shifts_of_project(project.id, is_past=False, page=1),
        origin=find_origin(HISTORY, project.id),
        history=list_history(subject_kind=HISTORY, subject_id=project.id),
        tutor_form=tutor_form or TutorForm(formdata=None),
        form=VersionForm(formdata=None, data={"version": project.version}),
    )


def _closing_page(project: ProjectDeskRow, form: ClosingForm, *, status: int = 200) -> Response:
    return render_page(
        "volunteering/project_closing.html",
        status=status,
        project=project,
        form=form,
        told=queries.count_people_to_tell(project.id),
    )
