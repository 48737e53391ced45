"""Two entries of one body become one: find the other, compare, look once more, merge."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import DomainError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_page, requested_text
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry.forms import MergeForm
from portal.registry.merge_rules import (
    MERGE_FIELDS,
    differing_fields,
    find_merge_refusal,
    suggested_fields,
)
from portal.registry.queries import administration, duplicates, get_association_by_slug
from portal.registry.queries.administration import EntryView, count_what_moves
from portal.registry.routes import registry
from portal.registry.routes.entries import ENTRY
from portal.registry.services.merging import merge_associations

MERGE = f"{ENTRY}/unisci"
THEIRS = "altra"
"""What a field says in an address when the duplicate's value is taken."""


@registry.get("/gestione/registro/doppioni")
@requires(Permission.REGISTRY_ADMINISTER)
def list_duplicates() -> Response:
    """Show entries that are likely the same body."""
    return render_page(
        "registry/duplicate_list.html",
        partial="registry/_duplicate_results.html",
        page=duplicates.list_duplicates(page=requested_page()),
    )


@registry.get(MERGE)
@requires(Permission.REGISTRY_ADMINISTER)
def choose_merge(slug: str) -> Response:
    """Find the other entry; with `con` compare the two and choose what stays."""
    survivor, other_slug = get_association_by_slug(slug), request.args.get("con", "")
    if other_slug:
        return _pair_page("registry/merge_form.html", slug, other_slug)
    text, number = requested_text(), requested_page()
    page: Any = (
        administration.list_entries(text=text, view=EntryView.ALL, page=number)
        if text
        else duplicates.list_candidates(survivor, page=number)
    )
    return render_page(
        "registry/merge_search.html",
        partial="registry/_merge_results.html",
        survivor=survivor,
        text=text,
        page=page,
    )


@registry.get(f"{MERGE}/riepilogo")
@requires(Permission.REGISTRY_ADMINISTER)
def show_merge_summary(slug: str) -> Response:
    """Show what the one entry will be, and what moves to it."""
    return _summary_page(slug, request.args.get("con", ""))


@registry.post(MERGE)
@requires(Permission.REGISTRY_ADMINISTER)
@writes
def merge(slug: str) -> BaseResponse:
    """Merge; what was chosen stands in the address."""
    other_slug = request.args.get("con", "")
    survivor, duplicate = get_association_by_slug(slug), get_association_by_slug(other_slug)
    form = MergeForm()
    if not form.validate_on_submit():
        return _summary_page(slug, other_slug, form=form, status=422)
    try:
        merge_associations(
            actor=current_actor(),
            survivor_id=survivor.id,
            duplicate_id=duplicate.id,
            seen_versions=(form.survivor_version.data, form.duplicate_version.data),
            taken=_taken(),
            reason=form.reason.data,
        )
    except DomainError as error:
        return _summary_page(slug, other_slug, form=form, status=409, problem=error.sentence)
    flash(_("Merged: there is one entry now, and the old address leads to it."), "yes")
    return redirect_after_post(url_for("registry.show_entry", slug=slug))


def _taken() -> list[str]:
    return [field for field in MERGE_FIELDS if request.args.get(field) == THEIRS]


def _pair(slug: str, other_slug: str) -> dict[str, Any]:
    survivor, duplicate = get_association_by_slug(slug), get_association_by_slug(other_slug)
    return {
        "survivor": survivor,
        "duplicate": duplicate,
        "differing": differing_fields(survivor, duplicate),
        "refusal": find_merge_refusal(
            survivor_id=survivor.id,
            survivor_state=survivor.state,
            duplicate_id=duplicate.id,
            duplicate_state=duplicate.state,
        ),
    }


def _pair_page(template: str, slug: str, other_slug: str) -> Response:
    pair = _pair(slug, other_slug)
    return render_page(
        template, suggested=suggested_fields(pair["survivor"], pair["duplicate"]), **pair
    )


def _summary_page(
    slug: str,
    other_slug: str,
    *,
    form: MergeForm | None = None,
    status: int = 200,
    problem: object = None,
) -> Response:
    pair = _pair(slug, other_slug)
    form = form or MergeForm(formdata=None)
    if status != 422:  # noqa: PLR2004 - only what was typed is wrong: what changed is still told
        form.survivor_version.data = pair["survivor"].version
        form.duplicate_version.data = pair["duplicate"].version
    taken = _taken()
    return render_page(
        "registry/merge_summary.html",
        status=status,
        form=form,
        problem=problem,
        taken=taken,
        choices=dict.fromkeys(taken, THEIRS),
        moving=count_what_moves(pair["duplicate"].id),
        **pair,
    )
