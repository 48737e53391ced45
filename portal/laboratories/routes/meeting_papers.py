"""What a meeting leaves: minutes, decisions, pictures, documents."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.forms.meetings import MeetingDocumentForm, MinutesForm, PhotoForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.meetings import (
    MeetingDetail,
    document_is_of_meeting,
    list_photos,
)
from portal.laboratories.queries.news import list_documents
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import CONFLICT, INVALID
from portal.laboratories.routes.meeting_desk import MEETING, led_meeting
from portal.laboratories.services import MeetingChangedError
from portal.laboratories.states import DocumentKind
from portal.permissions import Permission


@laboratories.get(f"{MEETING}/verbale")
@requires(Permission.LABORATORY_OPEN)
def edit_minutes(slug: str, meeting_id: int) -> Response:
    """Show the minutes as they are, draft or published."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = MinutesForm(
        data={
            "minutes": meeting.minutes,
            "decisions": meeting.decisions,
            "version": meeting.version,
        }
    )
    return _minutes_page(laboratory, meeting, form)


@laboratories.post(f"{MEETING}/verbale")
@requires(Permission.LABORATORY_OPEN)
@writes
def save_minutes(slug: str, meeting_id: int) -> BaseResponse:
    """Keep the minutes as a draft, or publish them; nobody's text is lost."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = MinutesForm()
    if not form.validate_on_submit():
        return _minutes_page(laboratory, meeting, form, status=INVALID)
    try:
        saved = services.write_minutes(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            meeting_id=meeting.id,
            version=form.version.data,
            content=form.content,
            is_published=form.is_published,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _minutes_page(laboratory, meeting, form, status=INVALID)
    except MeetingChangedError as error:
        form.version.data = error.version
        return _minutes_page(laboratory, meeting, form, status=CONFLICT, is_changed=True)
    is_public = saved.minutes_published_at is not None
    flash(_("Saved: everybody reads it.") if is_public else _("Saved as a draft."), "yes")
    return redirect_after_post(
        url_for("laboratories.show_meeting_desk", slug=slug, meeting_id=meeting.id)
    )


@laboratories.get(f"{MEETING}/materiali")
@requires(Permission.LABORATORY_OPEN)
def edit_materials(slug: str, meeting_id: int) -> Response:
    """Show pictures and documents, with a form for each."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    return _materials_page(laboratory, meeting)


@laboratories.post(f"{MEETING}/foto")
@requires(Permission.LABORATORY_OPEN)
@writes
def add_photo(slug: str, meeting_id: int) -> BaseResponse:
    """Keep a picture that everybody sees."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = PhotoForm()
    if not form.validate_on_submit():
        return _materials_page(laboratory, meeting, photo_form=form, status=INVALID)
    try:
        services.add_photo(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            meeting_id=meeting.id,
            upload=form.photo.data,
            alt_text=form.alt_text.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _materials_page(laboratory, meeting, photo_form=form, status=INVALID)
    flash(_("The picture is on the page of the meeting."), "yes")
    return redirect_after_post(_materials_address(slug, meeting.id))


@laboratories.post(f"{MEETING}/foto/<int:photo_id>/togli")
@requires(Permission.LABORATORY_OPEN)
@writes
def remove_photo(slug: str, meeting_id: int, photo_id: int) -> BaseResponse:
    """Remove a picture."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    services.remove_photo(laboratory_id=laboratory.id, meeting_id=meeting.id, photo_id=photo_id)
    flash(_("Removed."), "yes")
    return redirect_after_post(_materials_address(slug, meeting.id))


@laboratories.post(f"{MEETING}/documenti")
@requires(Permission.LABORATORY_OPEN)
@writes
def add_meeting_document(slug: str, meeting_id: int) -> BaseResponse:
    """Keep a document of the meeting that everybody can read."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    form = MeetingDocumentForm()
    if not form.validate_on_submit():
        return _materials_page(laboratory, meeting, document_form=form, status=INVALID)
    try:
        services.add_document(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            meeting_id=meeting.id,
            kind=DocumentKind(form.document_kind.data),
            title=form.title.data,
            upload=form.file.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _materials_page(laboratory, meeting, document_form=form, status=INVALID)
    flash(_("The document is on the page of the meeting."), "yes")
    return redirect_after_post(_materials_address(slug, meeting.id))


@laboratories.post(f"{MEETING}/documenti/<int:document_id>/togli")
@requires(Permission.LABORATORY_OPEN)
@writes
def remove_meeting_file(slug: str, meeting_id: int, document_id: int) -> BaseResponse:
    """Remove a document of the meeting."""
    laboratory, meeting = led_meeting(slug, meeting_id)
    if not document_is_of_meeting(meeting.id, document_id):
        raise NotFoundError
    services.remove_document(
        actor=current_actor(), laboratory_id=laboratory.id, document_id=document_id
    )
    flash(_("Removed."), "yes")
    return redirect_after_post(_materials_address(slug, meeting.id))


def _materials_address(slug: str, meeting_id: int) -> str:
    return url_for("laboratories.edit_materials", slug=slug, meeting_id=meeting_id)


def _minutes_page(
    laboratory: LaboratoryDetail,
    meeting: MeetingDetail,
    form: MinutesForm,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/minutes_form.html",
        status=status,
        laboratory=laboratory,
        meeting=meeting,
        form=form,
        is_changed=is_changed,
    )


def _materials_page(
    laboratory: LaboratoryDetail,
    meeting: MeetingDetail,
    *,
    status: int = 200,
    photo_form: PhotoForm | None = None,
    document_form: MeetingDocumentForm | None = None,
) -> Response:
    return render_page(
        "laboratories/meeting_materials.html",
        status=status,
        laboratory=laboratory,
        meeting=meeting,
        photos=list_photos(meeting.id),
        documents=list_documents(laboratory.id, meeting_id=meeting.id),
        photo_form=photo_form or PhotoForm(formdata=None),
        document_form=document_form or MeetingDocumentForm(formdata=None),
        refused=photo_form or document_form,
        button=PortalForm(formdata=None),
    )
