"""News and documents of a laboratory, to read and on the desk."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.downloads import file_response
from portal.core.errors import RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.laboratories import DocumentForm, NewsForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.news import (
    get_document,
    get_news,
    list_documents,
    list_news,
)
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import DESK, INVALID, led_laboratory
from portal.laboratories.states import DocumentKind
from portal.permissions import Permission


@laboratories.get("/laboratori/<slug>/notizie/<int:news_id>")
@requires(Permission.PORTAL_READ)
def show_news(slug: str, news_id: int) -> Response:
    """Show a piece of news."""
    laboratory = queries.get_laboratory(slug)
    return render_page(
        "laboratories/news_detail.html",
        laboratory=laboratory,
        news=get_news(laboratory.id, news_id),
    )


@laboratories.get("/laboratori/<slug>/documenti/")
@requires(Permission.PORTAL_READ)
def show_documents(slug: str) -> Response:
    """Show the documents everybody can read."""
    laboratory = queries.get_laboratory(slug)
    return render_page(
        "laboratories/document_list.html",
        laboratory=laboratory,
        documents=list_documents(laboratory.id),
    )


@laboratories.get("/laboratori/<slug>/documenti/<int:document_id>")
@requires(Permission.PORTAL_READ)
def download_document(slug: str, document_id: int) -> Response:
    """Send a document."""
    return file_response(get_document(slug, document_id))


@laboratories.get(f"{DESK}<slug>/notizie")
@requires(Permission.LABORATORY_OPEN)
def edit_news(slug: str) -> Response:
    """Show what was told, and an empty form."""
    return _news_page(led_laboratory(slug), NewsForm())


@laboratories.post(f"{DESK}<slug>/notizie")
@requires(Permission.LABORATORY_OPEN)
@writes
def publish_news(slug: str) -> BaseResponse:
    """Publish a piece of news; who follows is told by mail."""
    laboratory, form = led_laboratory(slug), NewsForm()
    if not form.validate_on_submit():
        return _news_page(laboratory, form, status=INVALID)
    services.publish_news(
        actor=current_actor(),
        laboratory_id=laboratory.id,
        form_key=form.form_key.data,
        title=form.title.data,
        text=form.text.data,
    )
    flash(_("Published: who follows the laboratory gets a mail."), "yes")
    return redirect_after_post(url_for("laboratories.edit_news", slug=slug))


@laboratories.get(f"{DESK}<slug>/documenti")
@requires(Permission.LABORATORY_OPEN)
def edit_documents(slug: str) -> Response:
    """Show the documents, and an empty form."""
    return _documents_page(led_laboratory(slug), DocumentForm())


@laboratories.post(f"{DESK}<slug>/documenti")
@requires(Permission.LABORATORY_OPEN)
@writes
def add_document(slug: str) -> BaseResponse:
    """Keep a document everybody can read."""
    laboratory, form = led_laboratory(slug), DocumentForm()
    if not form.validate_on_submit():
        return _documents_page(laboratory, form, status=INVALID)
    try:
        services.add_document(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            kind=DocumentKind(form.kind.data),
            title=form.title.data,
            upload=form.file.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _documents_page(laboratory, form, status=INVALID)
    flash(_("The document is on the page of the laboratory."), "yes")
    return redirect_after_post(url_for("laboratories.edit_documents", slug=slug))


@laboratories.post(f"{DESK}<slug>/documenti/<int:document_id>/togli")
@requires(Permission.LABORATORY_OPEN)
@writes
def remove_document(slug: str, document_id: int) -> BaseResponse:
    """Remove a document."""
    laboratory = led_laboratory(slug)
    services.remove_document(
        actor=current_actor(), laboratory_id=laboratory.id, document_id=document_id
    )
    flash(_("Removed."), "yes")
    return redirect_after_post(url_for("laboratories.edit_documents", slug=slug))


def _news_page(laboratory: LaboratoryDetail, form: NewsForm, *, status: int = 200) -> Response:
    return render_page(
        "laboratories/news_form.html",
        status=status,
        laboratory=laboratory,
        form=form,
        news=list_news(laboratory.id),
    )


def _documents_page(
    laboratory: LaboratoryDetail, form: DocumentForm, *, status: int = 200
) -> Response:
    return render_page(
        "laboratories/document_form.html",
        status=status,
        laboratory=laboratory,
        form=form,
        button=PortalForm(formdata=None),
        documents=list_documents(laboratory.id),
    )
