"""Projects that an association proposes: written, handed in, answered."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.moderation.queries import find_case_of
from portal.moderation.states import CaseKind
from portal.permissions import Permission
from portal.registry.queries import DeskRow, get_desk
from portal.territory.queries import list_districts
from portal.volunteering import queries, services
from portal.volunteering.forms.projects import ProposedProjectForm, written_project
from portal.volunteering.forms.steps import VersionForm
from portal.volunteering.queries import ProjectDeskRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import EDITABLE_PROJECTS

PROJECTS = "/associazione/<slug>/progetti/"
PROJECT = f"{PROJECTS}<int:project_id>"
UNPROCESSABLE, CONFLICT = 422, 409


@volunteering.get(PROJECTS)
@requires(Permission.PROJECT_PROPOSE)
def list_proposed_projects(slug: str) -> Response:
    """Show the projects of an association, with what each waits for."""
    association = _own(slug)
    return render_page(
        "volunteering/proposed_list.html",
        association=association,
        projects=queries.list_projects_of_association(association.id),
    )


@volunteering.get(f"{PROJECTS}nuovo")
@requires(Permission.PROJECT_PROPOSE)
def new_proposed_project(slug: str) -> Response:
    """Show an empty form."""
    return _form_page(_own(slug), _form())


@volunteering.post(f"{PROJECTS}nuovo")
@requires(Permission.PROJECT_PROPOSE)
@writes
def draft_project(slug: str) -> BaseResponse:
    """Keep a draft."""
    association, form = _own(slug), _form()
    if not form.validate_on_submit():
        return _form_page(association, form, status=UNPROCESSABLE)
    try:
        project = services.draft_project(
            actor=current_actor(),
            association_id=association.id,
            programme_id=form.chosen_programme,
            content=form.content,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(association, form, status=UNPROCESSABLE)
    return redirect_after_post(_address(slug, project.id))


@volunteering.get(PROJECT)
@requires(Permission.PROJECT_PROPOSE)
def show_proposed_project(slug: str, project_id: int) -> Response:
    """Show a project on one page: before it is handed in, and where it is afterwards."""
    association, project = _own_project(slug, project_id)
    return render_page(
        "volunteering/proposed_detail.html",
        association=association,
        project=project,
        case=find_case_of(CaseKind.VOLUNTEERING_PROJECT, project.id),
        is_editable=project.state in EDITABLE_PROJECTS,
        form=VersionForm(formdata=None, data={"version": project.version}),
    )


@volunteering.get(f"{PROJECT}/modifica")
@requires(Permission.PROJECT_PROPOSE)
def edit_proposed_project(slug: str, project_id: int) -> BaseResponse:
    """Show the form with what was written."""
    association, project = _own_project(slug, project_id)
    if project.state not in EDITABLE_PROJECTS:
        return redirect_after_post(_address(slug, project_id))
    return _form_page(association, _form(data=written_project(project)), project)


@volunteering.post(f"{PROJECT}/modifica")
@requires(Permission.PROJECT_PROPOSE)
@writes
def save_proposed_project(slug: str, project_id: int) -> BaseResponse:
    """Keep what is written."""
    association, project = _own_project(slug, project_id)
    form = _form()
    if not form.validate_on_submit():
        return _form_page(association, form, project, status=UNPROCESSABLE)
    try:
        services.edit_proposed_project(
            actor=current_actor(),
            association_id=association.id,
            project_id=project_id,
            seen_version=form.version.data,
            programme_id=form.chosen_programme,
            content=form.content,
        )
    except services.ProjectChangedError as error:
        form.version.data = error.version
        return _form_page(association, form, project, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(association, form, project, status=UNPROCESSABLE)
    return redirect_after_post(_address(slug, project_id))


@volunteering.post(f"{PROJECT}/invia")
@requires(Permission.PROJECT_PROPOSE)
@writes
def propose_project(slug: str, project_id: int) -> BaseResponse:
    """Hand a project in."""
    association, _project = _own_project(slug, project_id)
    services.propose_project(
        actor=current_actor(),
        association_id=association.id,
        project_id=project_id,
        seen_version=VersionForm().version.data,
    )
    flash(_("Sent: the office answers, and we have written to you by mail."), "yes")
    return redirect_after_post(_address(slug, project_id))


def _address(slug: str, project_id: int) -> str:
    return url_for("volunteering.show_proposed_project", slug=slug, project_id=project_id)


def _own(slug: str) -> DeskRow:
    association = get_desk(slug)
    authorize(Permission.PROJECT_PROPOSE, association)
    return association


def _own_project(slug: str, project_id: int) -> tuple[DeskRow, ProjectDeskRow]:
    """Return a project with its association; another association's is not there."""
    association, project = _own(slug), queries.get_project_desk(project_id)
    if project.partner_association_id != association.id:
        raise NotFoundError
    return association, project


def _form(**prefilled: Any) -> ProposedProjectForm:  # noqa: ANN401 - WTForms' data
    form = ProposedProjectForm(**prefilled)
    form.offer(queries.list_programme_choices(), list_districts())
    return form


def _form_page(
    association: DeskRow,
    form: ProposedProjectForm,
    project: ProjectDeskRow | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "volunteering/proposed_form.html",
        status=status,
        association=association,
        form=form,
        project=project,
        is_changed=is_changed,
    )
