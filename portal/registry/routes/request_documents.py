"""The documents of a request: read by who uploaded them and by the office, taken away again."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, can, current_actor, requires
from portal.core.downloads import file_response
from portal.core.errors import NotFoundError
from portal.core.files import get_stored_file
from portal.core.htmx import redirect_after_post
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import services
from portal.registry.queries import get_request
from portal.registry.routes import registry
from portal.registry.routes.requests import REQUEST
from portal.registry.states import DocumentKind, RequestStep

KIND = f"<any({', '.join(DocumentKind)}):kind>"


@registry.get(f"{REQUEST}/documenti/{KIND}")
@requires(Permission.ASSOCIATION_REQUEST)
def show_request_document(request_id: int, kind: str) -> Response:
    """Download a document: one's own, or as the office that has the request in its queue."""
    shown = get_request(request_id)
    if not can(Permission.ASSOCIATION_REQUEST, shown):
        if shown.case is None:
            raise NotFoundError
        authorize(Permission.QUEUE_READ, shown.case)
    document = next((d for d in shown.documents if d.kind == kind), None)
    if document is None:
        raise NotFoundError
    return file_response(get_stored_file(document.file_id))


@registry.post(f"/registro/richiesta/documenti/{KIND}/togli")
@requires(Permission.ASSOCIATION_REQUEST)
@writes
def remove_request_document(kind: str) -> BaseResponse:
    """Take a document out of what I am writing."""
    services.remove_request_document(actor=current_actor(), kind=DocumentKind(kind))
    flash(_("The document is gone."), "yes")
    return redirect_after_post(url_for("registry.edit_request_step", step=RequestStep.DOCUMENTS))
