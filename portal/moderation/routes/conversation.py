"""What the office says about a case: to who asked, to itself, and to a colleague."""

from flask import Response, flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.downloads import file_response
from portal.core.errors import DomainError, RuleBrokenError
from portal.core.files import get_stored_file
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.moderation.forms import AssignForm, MessageForm, NoteForm
from portal.moderation.kinds import case_looks
from portal.moderation.queries import (
    CaseRow,
    get_case_row,
    get_document_facts,
    list_colleagues,
)
from portal.moderation.routes import CASE, CASE_ID, moderation
from portal.moderation.routes.case_pages import (
    case_address,
    panel_forms,
    show_done,
    show_refused,
    wanted_queue,
)
from portal.moderation.services import assign_case, write_message, write_note
from portal.permissions import Permission

DOCUMENT = f"/documenti/{CASE_ID.replace('case_id', 'attachment_id')}"


@moderation.post(f"{CASE}/scrivi")
@requires(Permission.CASE_WRITE)
@writes
def write_to_applicant(case_id: int) -> BaseResponse:
    """Write to who asked."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_WRITE, case)
    form = MessageForm()
    if not form.validate_on_submit():
        return show_refused(case, status=422, forms=panel_forms(message=form))
    write_message(
        actor=current_actor(),
        case_id=case_id,
        body=form.message.data,
        uploads=form.message_documents.data,
        is_from_office=True,
    )
    return show_done(case, _("Sent: %(name)s gets it by mail too.", name=case.applicant_name))


@moderation.post(f"{CASE}/nota")
@requires(Permission.CASE_NOTE)
@writes
def add_note(case_id: int) -> BaseResponse:
    """Write down something for the office alone."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_NOTE, case)
    form = NoteForm()
    if not form.validate_on_submit():
        return show_refused(case, status=422, forms=panel_forms(note=form))
    write_note(actor=current_actor(), case_id=case_id, body=form.note.data)
    return show_done(case, _("Noted. Only the office reads it."))


@moderation.get(f"{CASE}/assegna")
@requires(Permission.CASE_ASSIGN)
def show_assignment(case_id: int) -> Response:
    """Ask to whom a case is given."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_ASSIGN, case)
    return _show_assignment(case, _assign_form(case, is_empty=True))


@moderation.post(f"{CASE}/assegna")
@requires(Permission.CASE_ASSIGN)
@writes
def assign(case_id: int) -> BaseResponse:
    """Give a case to a colleague."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_ASSIGN, case)
    form = _assign_form(case)
    if not form.validate_on_submit():
        return _show_assignment(case, form)
    try:
        given = assign_case(
            actor=current_actor(),
            case_id=case_id,
            version=form.version.data,
            officer_id=form.officer.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _show_assignment(case, form)
    except DomainError as error:
        return show_refused(get_case_row(case_id), status=409, error=error)
    flash(_("Done: no. %(number)s has a new officer.", number=given.case_number), "yes")
    return redirect_after_post(case_address(case_id, wanted_queue()))


@moderation.get(DOCUMENT)
@requires(Permission.CASE_READ_DOCUMENT)
def download_document(attachment_id: int) -> Response:
    """Hand out a document that came with a case."""
    facts = get_document_facts(attachment_id)
    authorize(Permission.CASE_READ_DOCUMENT, facts)
    return file_response(get_stored_file(facts.file_id))


def _assign_form(case: CaseRow, *, is_empty: bool = False) -> AssignForm:
    form = AssignForm(formdata=None) if is_empty else AssignForm()
    form.offer([(person.id, person.name) for person in list_colleagues(case)])
    if is_empty:
        form.version.data, form.officer.data = case.version, case.officer_id
    return form


def _show_assignment(case: CaseRow, form: AssignForm) -> Response:
    is_wrong = bool(form.errors or form.form_errors)
    return render_page(
        "moderation/assign_form.html",
        status=422 if is_wrong else 200,
        case=case,
        look=case_looks()[case.kind],
        form=form,
        wanted=wanted_queue(),
    )
