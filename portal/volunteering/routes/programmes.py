"""Programmes and their rules, for the office."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.programmes import ProgrammeForm
from portal.volunteering.queries import ProgrammeRow
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import ResidenceRule

PROGRAMMES = "/gestione/volontariato/programmi"
UNPROCESSABLE, CONFLICT = 422, 409


@volunteering.get(PROGRAMMES)
@requires(Permission.PROJECT_ADMINISTER)
def list_programmes() -> Response:
    """Show the programmes with what they ask of people."""
    return render_page("volunteering/programme_list.html", programmes=queries.list_programmes())


@volunteering.get(f"{PROGRAMMES}/nuovo")
@requires(Permission.PROJECT_ADMINISTER)
def new_programme() -> Response:
    """Show an empty form."""
    return _form_page(
        ProgrammeForm(
            data={
                "youngest_age": 18,
                "requires_guardian": True,
                "residence_rule": ResidenceRule.ANYWHERE,
                "points_per_hour": 0,
                "offer_hours": 24,
            }
        )
    )


@volunteering.post(f"{PROGRAMMES}/nuovo")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def create_programme() -> BaseResponse:
    """Write a new programme."""
    form = ProgrammeForm()
    if not form.validate_on_submit():
        return _form_page(form, status=UNPROCESSABLE)
    try:
        services.create_programme(actor=current_actor(), content=form.content)
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(form, status=UNPROCESSABLE)
    flash(_("The programme is there: its projects can be written now."), "yes")
    return redirect_after_post(url_for("volunteering.list_programmes"))


@volunteering.get(f"{PROGRAMMES}/<int:programme_id>")
@requires(Permission.PROJECT_ADMINISTER)
def edit_programme(programme_id: int) -> Response:
    """Show the form with what holds now."""
    programme = queries.get_programme(programme_id)
    written = vars(programme) | vars(programme.rules)
    return _form_page(ProgrammeForm(data=written), programme)


@volunteering.post(f"{PROGRAMMES}/<int:programme_id>")
@requires(Permission.PROJECT_ADMINISTER)
@writes
def save_programme(programme_id: int) -> BaseResponse:
    """Write what is said of a programme."""
    programme, form = queries.get_programme(programme_id), ProgrammeForm()
    if not form.validate_on_submit():
        return _form_page(form, programme, status=UNPROCESSABLE)
    try:
        services.update_programme(
            actor=current_actor(),
            programme_id=programme_id,
            seen_version=form.version.data,
            content=form.content,
        )
    except services.ProgrammeChangedError as error:
        form.version.data = error.version
        return _form_page(form, programme, status=CONFLICT, is_changed=True)
    flash(_("Saved: the rules hold from now on. Places that people have stay theirs."), "yes")
    return redirect_after_post(url_for("volunteering.list_programmes"))


def _form_page(
    form: ProgrammeForm,
    programme: ProgrammeRow | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "volunteering/programme_form.html",
        status=status,
        form=form,
        programme=programme,
        is_changed=is_changed,
    )
