"""Asking to join a project without shifts, and the tutor's answers."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.applications import ApplicationAnswerForm, ApplicationForm
from portal.volunteering.queries import ProjectDeskRow, ProjectRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import ApplicationAction, TimeKind

APPLY = "/volontariato/progetti/<slug>/candidatura"
LIST = "/volontariato/tutor/progetti/<int:project_id>/candidature"
CONFLICT, UNPROCESSABLE = 409, 422


@volunteering.get(APPLY)
@requires(Permission.PROJECT_APPLY)
def edit_application(slug: str) -> Response:
    """Show what joining means, where one stands, and the form."""
    return _render_application(_get(slug), ApplicationForm())


@volunteering.post(APPLY)
@requires(Permission.PROJECT_APPLY)
@writes
def apply_to_project(slug: str) -> BaseResponse:
    """Ask to join."""
    project, form = _get(slug), ApplicationForm()
    if not form.validate():
        return _render_application(project, form, status=UNPROCESSABLE)
    decision = services.apply_to_project(
        actor=current_actor(), project_id=project.id, message=form.message.data
    )
    if not decision.is_allowed and decision.refusal != "already_signed_up":
        return _render_application(project, form, status=CONFLICT)
    flash(_("You have asked to join: who looks after the project answers by mail."), "yes")
    return redirect_after_post(url_for("volunteering.edit_application", slug=slug))


@volunteering.post(f"{APPLY}/lascio")
@requires(Permission.PROJECT_APPLY)
@writes
def leave_project(slug: str) -> BaseResponse:
    """Leave a project, or take the question back: at any time, with one tap."""
    services.leave_project(actor=current_actor(), project_id=_get(slug).id)
    flash(_("You are no longer in this project. Thank you for the time you gave."), "yes")
    return redirect_after_post(url_for("volunteering.edit_application", slug=slug))


@volunteering.get(LIST)
@requires(Permission.PROJECT_TUTOR)
def list_applications(project_id: int) -> Response:
    """Show who asked to join, those to answer first."""
    return _render_list(_get_looked_after(project_id), ApplicationAnswerForm(formdata=None))


@volunteering.post(f"{LIST}/<int:application_id>")
@requires(Permission.PROJECT_TUTOR)
@writes
def answer_application(project_id: int, application_id: int) -> BaseResponse:
    """Say yes or no to who asked to join."""
    project, form = _get_looked_after(project_id), ApplicationAnswerForm()
    if not form.validate():
        return _render_list(project, form, answering=application_id, status=UNPROCESSABLE)
    try:
        services.answer_application(
            actor=current_actor(),
            project_id=project_id,
            application_id=application_id,
            action=ApplicationAction(form.decision.data),
            reason=form.reason.data or None,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_list(project, form, answering=application_id, status=UNPROCESSABLE)
    flash(_("Answered: the person reads it by mail."), "yes")
    return redirect_after_post(url_for("volunteering.list_applications", project_id=project_id))


def _get(slug: str) -> ProjectRow:
    """Return a project that one asks to join; one with shifts has no such page."""
    project = queries.get_project(slug, with_names=True)
    if project.time_kind is TimeKind.SHIFTS:
        raise NotFoundError
    return project


def _get_looked_after(project_id: int) -> ProjectDeskRow:
    project = queries.get_project_desk(project_id)
    authorize(Permission.PROJECT_TUTOR, project)
    return project


def _render_application(
    project: ProjectRow, form: ApplicationForm, *, status: int = 200
) -> Response:
    return render_page(
        "volunteering/application_form.html",
        status=status,
        project=project,
        form=form,
        standing=queries.find_application_standing(current_actor(), project.id),
    )


def _render_list(
    project: ProjectDeskRow, form: ApplicationAnswerForm, *, answering: int = 0, status: int = 200
) -> Response:
    return render_page(
        "volunteering/application_list.html",
        status=status,
        project=project,
        form=form,
        answering=answering,
        page=queries.list_applications(project.id, page=requested_page()),
    )
