"""Documents of a proposal: for who may read it; added and taken away by its author."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.downloads import file_response
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.files import get_stored_file
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.attachments import AttachmentForm
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.proposal_pages import own_proposal
from portal.permissions import Permission

OF_PROPOSAL = "/laboratori/<slug>/proposte/<int:proposal_id>/documenti"
# A number no id can have is no address of ours (404, not a refusal of the database).
ONE = f"{OF_PROPOSAL}/<int:attachment_id>"
INVALID = 422


@laboratories.get(OF_PROPOSAL)
@requires(Permission.PROPOSAL_EDIT)
def show_attachments(slug: str, proposal_id: int) -> Response:
    """Show the documents of my proposal, and take another one."""
    return _page(slug, proposal_id, AttachmentForm(formdata=None))


@laboratories.post(OF_PROPOSAL)
@requires(Permission.PROPOSAL_EDIT)
@writes
def add_attachment(slug: str, proposal_id: int) -> BaseResponse:
    """Keep a document."""
    own_proposal(slug, proposal_id)
    form = AttachmentForm()
    if not form.validate():
        return _page(slug, proposal_id, form, status=INVALID)
    try:
        services.add_attachment(
            actor=current_actor(),
            proposal_id=proposal_id,
            title=form.title.data,
            upload=form.upload.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _page(slug, proposal_id, form, status=INVALID)
    flash(_("The document is here."), "yes")
    return _back(slug, proposal_id)


@laboratories.post(f"{ONE}/togli")
@requires(Permission.PROPOSAL_EDIT)
@writes
def remove_attachment(slug: str, proposal_id: int, attachment_id: int) -> BaseResponse:
    """Take a document away."""
    own_proposal(slug, proposal_id)
    services.remove_attachment(
        actor=current_actor(), proposal_id=proposal_id, attachment_id=attachment_id
    )
    flash(_("The document is gone."), "yes")
    return _back(slug, proposal_id)


@laboratories.get(ONE)
@requires(Permission.PROPOSAL_READ)
def download_attachment(slug: str, proposal_id: int, attachment_id: int) -> Response:
    """Send a document to who may read its proposal."""
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    authorize(Permission.PROPOSAL_READ, proposal.facts)
    found = next((a for a in proposal.attachments if a.id == attachment_id), None)
    if found is None:
        raise NotFoundError
    return file_response(get_stored_file(found.file_id))


def _page(slug: str, proposal_id: int, form: AttachmentForm, *, status: int = 200) -> Response:
    return render_page(
        "laboratories/proposal_attachments.html",
        status=status,
        proposal=own_proposal(slug, proposal_id),
        form=form,
    )


def _back(slug: str, proposal_id: int) -> BaseResponse:
    return redirect_after_post(
        url_for("laboratories.show_attachments", slug=slug, proposal_id=proposal_id)
    )
