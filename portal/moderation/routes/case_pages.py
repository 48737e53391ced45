"""The panel of one case, after a step on it or instead of one: what several views share."""

from dataclasses import dataclass, replace
from typing import Any

from flask import Response, flash, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import Actor, can, current_actor
from portal.core.errors import AlreadyDecidedError, DomainError
from portal.core.htmx import push_address, redirect_after_post, render_page, wants_partial
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.moderation.forms import DecideForm, MessageForm, NoteForm
from portal.moderation.kinds import case_looks, load_subject
from portal.moderation.queries import (
    CaseRow,
    Neighbours,
    QueueFilter,
    case_history,
    count_queue,
    find_neighbours,
    get_case_row,
    list_office_entries,
    list_papers,
    list_queue,
    procedure_of,
)
from portal.moderation.states import CaseKind, CaseState, QueueOrder, QueueView
from portal.permissions import Permission


@dataclass(frozen=True)
class PanelForms:
    """What can be written on the panel of a case; one of them may have been sent."""

    decide: DecideForm
    message: MessageForm
    note: NoteForm


def panel_forms(
    *,
    decide: DecideForm | None = None,
    message: MessageForm | None = None,
    note: NoteForm | None = None,
) -> PanelForms:
    """Return the forms of a panel, empty but for the one that was sent."""
    return PanelForms(
        decide=decide or DecideForm(formdata=None),
        message=message or MessageForm(formdata=None),
        note=note or NoteForm(formdata=None),
    )


def wanted_queue() -> QueueFilter:
    """Return what the address asks of the queue."""
    kind = requested_choice("tipo", set(CaseKind))
    state = requested_choice("stato", set(CaseState))
    return QueueFilter(
        view=QueueView(requested_choice("vista", set(QueueView))),
        kind=CaseKind(kind) if kind else None,
        state=CaseState(state) if state else None,
        text=requested_text(),
        order=QueueOrder(requested_choice("ordina", set(QueueOrder))),
        page=requested_page(),
    )


def queue_context(wanted: QueueFilter, *, total: int | None = None) -> dict[str, Any]:
    """Return what the list shows; `total` where it has been counted already."""
    actor = current_actor()
    return {
        "wanted": wanted,
        "figures": count_queue(actor=actor),
        "page": list_queue(actor=actor, wanted=wanted, total=total),
        "looks": case_looks(),
        "views": list(QueueView),
        "kinds": list(CaseKind),
        "states": list(CaseState),
        "orders": list(QueueOrder),
    }


def desk_context(case: CaseRow, wanted: QueueFilter, forms: PanelForms) -> dict[str, Any]:
    """Return what the list and the panel beside it show."""
    neighbours = find_neighbours(actor=current_actor(), wanted=wanted, case_id=case.id)
    queue = queue_context(wanted, total=neighbours.total)
    listed = {row.id: row for row in queue["page"].rows}
    return queue | panel_context(case, wanted, forms, neighbours=neighbours, listed=listed)


def panel_context(
    case: CaseRow,
    wanted: QueueFilter,
    forms: PanelForms,
    *,
    neighbours: Neighbours | None = None,
    listed: dict[int, CaseRow] | None = None,
) -> dict[str, Any]:
    """Return what the panel of a case shows to the person asking."""
    actor: Actor = current_actor()
    neighbours = neighbours or find_neighbours(actor=actor, wanted=wanted, case_id=case.id)
    looks = case_looks()
    entries = list_office_entries(case.id)
    papers = list_papers(case.id)
    email, case = case.applicant_email, replace(case, applicant_email=None)
    return {
        "case": case,
        "look": looks[case.kind],
        "subject": load_subject(case.kind, case.subject_id),
        "email": email if can(Permission.CASE_READ_CONTACT) else None,
        "history": case_history(case.id),
        "procedure": procedure_of(case, needs_notice=looks[case.kind].needs_notice),
        "messages": entries.messages,
        # Who asked may work here too: what the office writes to itself is not for them.
        "notes": entries.notes if can(Permission.CASE_NOTE, case) else [],
        "documents": papers.documents,
        "letters": papers.letters,
        "neighbours": neighbours,
        "following": _following(neighbours, listed or {}),
        "form": forms.decide,
        "message_form": forms.message,
        "note_form": forms.note,
        "version": case.version,
    }


def show_refused(
    case: CaseRow,
    *,
    status: int,
    forms: PanelForms | None = None,
    error: DomainError | None = None,
    sentence: object = None,
) -> Response:
    """Show the case as it is now, with what stood in the way and what was typed."""
    wanted = wanted_queue()
    context = desk_context(case, wanted, forms or panel_forms())
    if forms is not None and error is None and forms.decide.version.data is not None:
        # Only what was typed is wrong: what changed meanwhile is still told at the next try.
        context["version"] = forms.decide.version.data
    return render_page(
        "moderation/case_detail.html",
        partial="moderation/_case.html",
        status=status,
        has_changed=isinstance(error, AlreadyDecidedError),
        refusal=getattr(error, "refusal", None),
        problem=sentence or (error.sentence if error else None),
        **context,
    )


def show_done(case: CaseRow, words: str, *, changed: CaseRow | None = None) -> BaseResponse:
    """Show `case` after a step on it, or on `changed`; for HTMX its panel and the rows of both."""
    wanted = wanted_queue()
    address = case_address(case.id, wanted)
    if not wants_partial():
        flash(words, "yes")
        return redirect_after_post(address)
    response = render_page(
        "moderation/_case_step.html",
        done=words,
        rows=[case, changed] if changed else [case],
        wanted=wanted,
        looks=case_looks(),
        **panel_context(case, wanted, panel_forms()),
    )
    return push_address(response, address) if changed else response


def case_address(case_id: int, wanted: QueueFilter) -> str:
    """Return the address of a case in the list it was opened from."""
    return url_for("moderation.show_case", case_id=case_id, **queue_arguments(wanted))


def queue_arguments(wanted: QueueFilter) -> dict[str, Any]:
    """Return the filters for `url_for`."""
    return dict(wanted.arguments)


def _following(neighbours: Neighbours, listed: dict[int, CaseRow]) -> CaseRow | None:
    if neighbours.next_id is None:
        return None
    return listed.get(neighbours.next_id) or get_case_row(neighbours.next_id)
