"""The people of a project: training done, document seen."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.clock import local_today
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.verification import ProjectCheckForm
from portal.volunteering.queries import TutorProjectRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import ProjectCheckKind

PEOPLE = "/volontariato/tutor/progetti/<int:project_id>/persone"


@volunteering.get(PEOPLE)
@requires(Permission.PROJECT_TUTOR)
def list_project_people(project_id: int) -> Response:
    """Show who comes to a project, and what was seen of each."""
    form = ProjectCheckForm(formdata=None, data={"seen_on": local_today()})
    return _render(_get_project(project_id), form)


@volunteering.post(PEOPLE)
@requires(Permission.PROJECT_TUTOR)
@writes
def note_project_check(project_id: int) -> BaseResponse:
    """Note that training was done, or a document seen."""
    project = _get_project(project_id)
    form = ProjectCheckForm()
    if not form.validate() or form.seen_on.data is None:
        return _render(project, form, status=422)
    user_id = queries.find_project_person(
        project_id, user_id=form.person.data or 0, email=form.email.data or ""
    )
    if user_id is None:
        form.email.errors = [_("Nobody in the register of volunteers has this address: check it.")]
        return _render(project, form, status=422)
    services.note_project_check(
        actor=current_actor(),
        project_id=project_id,
        user_id=user_id,
        kind=ProjectCheckKind(form.kind.data),
        seen_on=form.seen_on.data,
    )
    flash(_("Noted."), "yes")
    return redirect_after_post(url_for("volunteering.list_project_people", project_id=project_id))


def _get_project(project_id: int) -> TutorProjectRow:
    project = queries.get_tutor_project(project_id)
    authorize(Permission.PROJECT_TUTOR, project)
    return project


def _render(project: TutorProjectRow, form: ProjectCheckForm, status: int = 200) -> Response:
    return render_page(
        "volunteering/project_people.html",
        status=status,
        project=project,
        people=queries.list_project_people(project.id),
        form=form,
    )
