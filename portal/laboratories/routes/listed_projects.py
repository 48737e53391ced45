"""Projects listed for adoption: for everybody, and at the desk."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.listed_projects import ListedProjectForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.listed_projects import list_listed_projects
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import led_laboratory
from portal.permissions import Permission

DESK = "/gestione/laboratori/<slug>/progetti/"
INVALID = 422


@laboratories.get("/laboratori/<slug>/progetti/")
@requires(Permission.PORTAL_READ)
def list_projects(slug: str) -> Response:
    """Show the projects that somebody may adopt, until when, and who did."""
    laboratory = queries.get_laboratory(slug)
    return render_page(
        "laboratories/listed_project_list.html",
        laboratory=laboratory,
        projects=list_listed_projects(laboratory.id),
    )


@laboratories.get(DESK)
@requires(Permission.LABORATORY_LEAD)
def edit_projects(slug: str) -> Response:
    """Show the list at the desk, with a form for another one."""
    return _desk(led_laboratory(slug), ListedProjectForm(formdata=None))


@laboratories.post(DESK)
@requires(Permission.LABORATORY_LEAD)
@writes
def add_project(slug: str) -> BaseResponse:
    """List a project."""
    laboratory = led_laboratory(slug)
    form = ListedProjectForm()
    if not form.validate():
        return _desk(laboratory, form, status=INVALID)
    try:
        services.list_project(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            form_key=form.form_key.data,
            title=form.title.data,
            text=form.text.data,
            adopt_until=form.adopt_until.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _desk(laboratory, form, status=INVALID)
    flash(_("The project is on the list."), "yes")
    return redirect_after_post(url_for("laboratories.edit_projects", slug=slug))


@laboratories.post(f"{DESK}<int:project_id>/ritira")
@requires(Permission.LABORATORY_LEAD)
@writes
def withdraw_project(slug: str, project_id: int) -> BaseResponse:
    """Take a project off the list."""
    laboratory = led_laboratory(slug)
    services.withdraw_listed_project(
        actor=current_actor(), laboratory_id=laboratory.id, project_id=project_id
    )
    flash(_("The project is off the list."), "yes")
    return redirect_after_post(url_for("laboratories.edit_projects", slug=slug))


def _desk(laboratory: LaboratoryDetail, form: ListedProjectForm, *, status: int = 200) -> Response:
    return render_page(
        "laboratories/listed_project_desk.html",
        status=status,
        laboratory=laboratory,
        form=form,
        projects=list_listed_projects(laboratory.id, with_withdrawn=True),
    )
