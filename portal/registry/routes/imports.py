"""Staff brings the registry up to date with a public list."""

from typing import Any

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import DomainError
from portal.core.forms import invalid_form
from portal.core.htmx import htmx_redirect, redirect_after_post, render_page, wants_partial
from portal.core.pagination import Page, clamp_page, requested_page
from portal.core.request_limits import takes_at_most
from portal.core.sentences import sentence as _l
from portal.core.spreadsheet import csv_response
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import services
from portal.registry.forms.imports import LARGEST_LIST_BYTES, RunVersionForm, UploadListForm
from portal.registry.queries import (
    ImportRunDetail,
    get_import_run,
    list_all_import_rows,
    list_import_rows,
    list_import_runs,
)
from portal.registry.routes import registry
from portal.territory.queries import list_municipalities

IMPORTS = "/gestione/registro/importa"
# A number no id can have is no address of ours.
IMPORT = f"{IMPORTS}/<int:import_id>"
LARGEST_REQUEST = LARGEST_LIST_BYTES + 1024 * 1024
OUTCOMES = {"rifiutate": "rejected", "cambiate": "changed", "nuove": "new"}
SHOWN_FIRST = {"rejected": 20, "changed": 10, "new": 10}
ROWS_ON_A_PAGE = 50


@registry.get(IMPORTS)
@requires(Permission.ASSOCIATION_IMPORT)
def list_imports() -> Response:
    """Show where to upload a list, and the lists so far."""
    return render_page("registry/import_list.html", **_list_context(UploadListForm()))


@registry.post(IMPORTS)
@takes_at_most(LARGEST_REQUEST)
@requires(Permission.ASSOCIATION_IMPORT)
@writes
def upload_list() -> BaseResponse:
    """Keep a list and have it checked."""
    form = UploadListForm()
    if not form.validate_on_submit():
        return invalid_form("registry/import_list.html", **_list_context(form))
    [upload] = form.file.uploads
    run = services.upload_list(
        actor=current_actor(), file_name=upload.filename or "", content=upload.stream.read()
    )
    return redirect_after_post(url_for("registry.show_import", import_id=run.id))


@registry.get(IMPORT)
@requires(Permission.ASSOCIATION_IMPORT)
def show_import(import_id: int) -> Response:
    """Show how far a list is, and what it would change or has changed."""
    run = get_import_run(import_id)
    if wants_partial() and not run.is_running:
        return htmx_redirect(url_for("registry.show_import", import_id=import_id))
    return _run_page(run)


@registry.get(f"{IMPORT}/<any({', '.join(OUTCOMES)}):outcome>")
@requires(Permission.ASSOCIATION_IMPORT)
def list_imported_rows(import_id: int, outcome: str) -> Response:
    """Show all rows of one outcome."""
    run, name = get_import_run(import_id), OUTCOMES[outcome]
    total = {"rejected": run.rejected_shown, "changed": run.changed, "new": run.new}[name] or 0
    number = clamp_page(requested_page(), total, ROWS_ON_A_PAGE)
    rows = list_import_rows(
        import_id, name, limit=ROWS_ON_A_PAGE, offset=(number - 1) * ROWS_ON_A_PAGE
    )
    return render_page(
        "registry/import_rows.html",
        partial="registry/_import_rows.html",
        run=run,
        outcome=name,
        page=Page(rows, number, total, ROWS_ON_A_PAGE),
        municipality_names=_municipality_names(),
    )


@registry.get(f"{IMPORT}/rifiutate.csv")
@requires(Permission.ASSOCIATION_IMPORT)
def download_rejected_rows(import_id: int) -> Response:
    """Give the rejected rows with their reasons, to be mended in a spreadsheet."""
    run = get_import_run(import_id)
    return csv_response(
        (
            (row.row, row.tax_code, row.name, str(row.reason or ""))
            for row in list_all_import_rows(run.id, "rejected")
        ),
        header=("riga", "codice_fiscale", "denominazione", "motivo"),
        file_name=f"righe-rifiutate-{run.id}.csv",
    )


@registry.post(f"{IMPORT}/applica")
@requires(Permission.ASSOCIATION_IMPORT)
@writes
def apply_import(import_id: int) -> BaseResponse:
    """Have a checked list applied."""
    form = RunVersionForm()
    if not form.validate_on_submit():
        return _refused(import_id, _l("Reload the page and try again."), status=422)
    try:
        services.start_import(actor=current_actor(), run_id=import_id, version=form.version.data)
    except DomainError as error:
        return _refused(import_id, error.sentence, status=409)
    return redirect_after_post(url_for("registry.show_import", import_id=import_id))


@registry.post(f"{IMPORT}/scarta")
@requires(Permission.ASSOCIATION_IMPORT)
@writes
def discard_import(import_id: int) -> BaseResponse:
    """Throw a list away."""
    form = RunVersionForm()
    if not form.validate_on_submit():
        return _refused(import_id, _l("Reload the page and try again."), status=422)
    try:
        services.discard_import_run(
            actor=current_actor(), run_id=import_id, version=form.version.data
        )
    except DomainError as error:
        return _refused(import_id, error.sentence, status=409)
    return redirect_after_post(url_for("registry.show_import", import_id=import_id))


def _list_context(form: UploadListForm) -> dict[str, Any]:
    return {"form": form, "page": list_import_runs(page=requested_page())}


def _refused(import_id: int, sentence: object, *, status: int) -> Response:
    return _run_page(get_import_run(import_id), status=status, sentence=sentence)


def _run_page(run: ImportRunDetail, *, status: int = 200, sentence: object = None) -> Response:
    first = {
        outcome: list_import_rows(run.id, outcome, limit=limit)
        for outcome, limit in SHOWN_FIRST.items()
    }
    return render_page(
        "registry/import_detail.html",
        partial="registry/_import_progress.html",
        status=status,
        run=run,
        first=first,
        municipality_names=_municipality_names(),
        sentence=sentence,
    )


def _municipality_names() -> dict[str, str]:
    return {m.istat_code: m.name for m in list_municipalities()}
