"""Letters: their download, and the texts they are made from."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.downloads import file_response, made_response
from portal.core.files import get_stored_file
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.moderation.forms import LetterTemplateForm, VersionForm
from portal.moderation.letter_texts import SAMPLE_FACTS
from portal.moderation.letters import LETTER_ADDRESSES, REQUIRED, fill, placeholders_of
from portal.moderation.queries import (
    LetterTemplateRow,
    get_letter_row,
    get_letter_template,
    list_letter_templates,
)
from portal.moderation.routes import CASE_ID, moderation
from portal.moderation.services import (
    LetterTemplateChangedError,
    render_sample,
    reset_letter_template,
    save_letter_template,
)
from portal.moderation.states import LetterKind
from portal.permissions import Permission

LETTER = f"/lettere/{CASE_ID.replace('case_id', 'letter_id')}"
TEMPLATE = f"/gestione/lettere/<any({', '.join(LETTER_ADDRESSES.values())}):address>"

_KIND_OF = {address: kind for kind, address in LETTER_ADDRESSES.items()}


@moderation.get(LETTER)
@requires(Permission.LETTER_READ)
def download_letter(letter_id: int) -> Response:
    """Hand out the PDF of a letter."""
    letter = get_letter_row(letter_id)
    authorize(Permission.LETTER_READ, letter)
    return file_response(get_stored_file(letter.file_id))


@moderation.get("/gestione/lettere/")
@requires(Permission.LETTER_TEMPLATE_EDIT)
def show_letter_templates() -> Response:
    """Show the letters of a procedure and whose words each is made from."""
    return render_page(
        "moderation/letter_list.html",
        templates=list_letter_templates(),
        addresses=LETTER_ADDRESSES,
    )


@moderation.get(TEMPLATE)
@requires(Permission.LETTER_TEMPLATE_EDIT)
def edit_letter_template(address: str) -> Response:
    """Show the text of a letter, to be edited."""
    kind = _KIND_OF[address]
    return _page(get_letter_template(kind), _as_saved(kind))


@moderation.post(TEMPLATE)
@requires(Permission.LETTER_TEMPLATE_EDIT)
@writes
def save_letter_text(address: str) -> BaseResponse:
    """Save the text: letters are made from it from now on."""
    kind = _KIND_OF[address]
    form = LetterTemplateForm(kind)
    if not form.validate_on_submit():
        return _page(get_letter_template(kind), form, status=422)
    try:
        save_letter_template(
            actor=current_actor(),
            kind=kind,
            seen_version=form.version.data,
            subject=form.subject.data,
            body=form.body.data,
        )
    except LetterTemplateChangedError:
        return _changed_meanwhile(kind, form)
    flash(_("Saved: the next letters are made from this text."), "yes")
    return redirect_after_post(url_for("moderation.edit_letter_template", address=address))


@moderation.post(f"{TEMPLATE}/anteprima")
@requires(Permission.LETTER_TEMPLATE_EDIT)
def preview_letter_text(address: str) -> Response:
    """Show how what is typed will read, without keeping it."""
    kind = _KIND_OF[address]
    form = LetterTemplateForm(kind)
    form.validate()
    return _page(get_letter_template(kind), form, partial="moderation/_letter_preview.html")


@moderation.get(f"{TEMPLATE}/anteprima.pdf")
@requires(Permission.LETTER_TEMPLATE_EDIT)
def download_letter_preview(address: str) -> Response:
    """Hand out the PDF of the saved text about an invented request."""
    saved = get_letter_template(_KIND_OF[address])
    content = render_sample(subject=saved.subject, body=saved.body)
    return made_response(f"anteprima-{address}.pdf", content)


@moderation.post(f"{TEMPLATE}/testo-del-portale")
@requires(Permission.LETTER_TEMPLATE_EDIT)
@writes
def reset_letter_text(address: str) -> BaseResponse:
    """Let the portal's own words hold again."""
    kind = _KIND_OF[address]
    seen = VersionForm()
    if not seen.validate_on_submit():
        return _page(get_letter_template(kind), _as_saved(kind), status=422)
    try:
        reset_letter_template(actor=current_actor(), kind=kind, seen_version=seen.version.data)
    except LetterTemplateChangedError:
        return _page(get_letter_template(kind), _as_saved(kind), status=409, has_changed=True)
    flash(_("This letter has the portal’s own words again."), "yes")
    return redirect_after_post(url_for("moderation.edit_letter_template", address=address))


def _as_saved(kind: LetterKind) -> LetterTemplateForm:
    saved = get_letter_template(kind)
    written = {"version": saved.version, "subject": saved.subject, "body": saved.body}
    return LetterTemplateForm(kind, formdata=None, data=written)


def _changed_meanwhile(kind: LetterKind, form: LetterTemplateForm) -> Response:
    """Show what somebody else saved beside what was typed; saving again means it."""
    saved = get_letter_template(kind)
    form.version.raw_data = None
    form.version.data = saved.version
    return _page(saved, form, status=409, has_changed=True)


def _page(
    saved: LetterTemplateRow,
    form: LetterTemplateForm,
    *,
    status: int = 200,
    partial: str | None = None,
    has_changed: bool = False,
) -> Response:
    return render_page(
        "moderation/letter_form.html",
        partial=partial,
        status=status,
        saved=saved,
        form=form,
        has_changed=has_changed,
        address=LETTER_ADDRESSES[saved.kind],
        placeholders=placeholders_of(saved.kind),
        needed=REQUIRED[saved.kind],
        samples=SAMPLE_FACTS,
        preview_subject=fill(form.subject.data or "", SAMPLE_FACTS),
        preview_body=fill(form.body.data or "", SAMPLE_FACTS),
    )
