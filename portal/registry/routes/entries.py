"""All entries of the registry, for staff: found, looked at, removed, brought back."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, flash, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import Actor, current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry.forms import CertifiedEmailForm, NoticeForm, ReasonForm, RemovalForm
from portal.registry.queries import administration, get_association_by_slug, list_representatives
from portal.registry.queries.administration import EntryView
from portal.registry.routes import registry
from portal.registry.services.certified_email import set_certified_email
from portal.registry.services.removals import (
    StepRefusedError,
    give_removal_notice,
    remove_association,
    restore_association,
    withdraw_removal_notice,
)
from portal.registry.staff_steps import StaffStep, earliest_removal, find_step_refusal
from portal.registry.states import AssociationState, RemovalCause

ENTRY = "/gestione/registro/associazioni/<slug>"
STEP = f"{ENTRY}/<any({', '.join(repr(str(step)) for step in StaffStep)}):step>".replace("'", '"')

FORMS: Mapping[StaffStep, type[PortalForm]] = {
    StaffStep.GIVE_NOTICE: NoticeForm,
    StaffStep.WITHDRAW_NOTICE: ReasonForm,
    StaffStep.REMOVE: RemovalForm,
    StaffStep.RESTORE: ReasonForm,
    StaffStep.CERTIFIED_EMAIL: CertifiedEmailForm,
}
DONE: Mapping[StaffStep, object] = {
    StaffStep.GIVE_NOTICE: _l("The notice is on its way to who represents the association."),
    StaffStep.WITHDRAW_NOTICE: _l("The notice is withdrawn: the association stays."),
    StaffStep.REMOVE: _l("The association is no longer in the registry."),
    StaffStep.RESTORE: _l("The association is back in the registry."),
    StaffStep.CERTIFIED_EMAIL: _l("Saved."),
}


@registry.get("/gestione/registro/elenco")
@requires(Permission.REGISTRY_ADMINISTER)
def list_entries() -> Response:
    """Show every entry of the registry, removed ones too."""
    view, text = EntryView(requested_choice("stato", set(EntryView))), requested_text()
    return render_page(
        "registry/entry_list.html",
        partial="registry/_entry_results.html",
        page=administration.list_entries(text=text, view=view, page=requested_page()),
        text=text,
        view=view,
        views=list(EntryView),
    )


@registry.get(ENTRY)
@requires(Permission.REGISTRY_ADMINISTER)
def show_entry(slug: str) -> Response:
    """Show what the office knows of an association, and what can be done with it."""
    return _entry_page(slug)


@registry.get(STEP)
@requires(Permission.REGISTRY_ADMINISTER)
def edit_entry(slug: str, step: str) -> Response:
    """Ask what a step needs."""
    association = get_association_by_slug(slug)
    wanted = StaffStep(step)
    prefilled: dict[str, Any] = {}
    if wanted is StaffStep.CERTIFIED_EMAIL:
        prefilled = {"certified_email": association.certified_email}
    elif wanted is StaffStep.GIVE_NOTICE:
        prefilled = {"effective_on": earliest_removal(local_today())}
    return _step_page(association, wanted, FORMS[wanted](data=prefilled))


@registry.post(STEP)
@requires(Permission.REGISTRY_ADMINISTER)
@writes
def change_entry(slug: str, step: str) -> BaseResponse:
    """Take a step with an association."""
    association, wanted = get_association_by_slug(slug), StaffStep(step)
    form = FORMS[wanted]()
    if not form.validate_on_submit():
        return _step_page(association, wanted, form, status=422)
    try:
        _ACTS[wanted](current_actor(), association.id, form)
    except StepRefusedError as error:
        return _entry_page(slug, status=409, problem=error.sentence, reason=error.refusal)
    except RuleBrokenError as error:
        form.take_error(error)
        return _step_page(association, wanted, form, status=422)
    flash(str(DONE[wanted]), "yes")
    return redirect_after_post(url_for("registry.show_entry", slug=slug))


def _give_notice(actor: Actor, association_id: int, form: Any) -> None:  # noqa: ANN401 - a form has no type
    give_removal_notice(
        actor=actor,
        association_id=association_id,
        cause=RemovalCause(form.cause.data),
        reason=form.reason.data,
        effective_on=form.effective_on.data,
    )


def _withdraw_notice(actor: Actor, association_id: int, form: Any) -> None:  # noqa: ANN401 - as above
    withdraw_removal_notice(actor=actor, association_id=association_id, reason=form.reason.data)


def _remove(actor: Actor, association_id: int, form: Any) -> None:  # noqa: ANN401 - as above
    remove_association(
        actor=actor,
        association_id=association_id,
        cause=RemovalCause(form.cause.data),
        reason=form.reason.data,
    )


def _restore(actor: Actor, association_id: int, form: Any) -> None:  # noqa: ANN401 - as above
    restore_association(actor=actor, association_id=association_id, reason=form.reason.data)


def _set_email(actor: Actor, association_id: int, form: Any) -> None:  # noqa: ANN401 - as above
    set_certified_email(
        actor=actor,
        association_id=association_id,
        certified_email=form.certified_email.data or None,
    )


_ACTS: Mapping[StaffStep, Callable[[Actor, int, Any], None]] = {
    StaffStep.GIVE_NOTICE: _give_notice,
    StaffStep.WITHDRAW_NOTICE: _withdraw_notice,
    StaffStep.REMOVE: _remove,
    StaffStep.RESTORE: _restore,
    StaffStep.CERTIFIED_EMAIL: _set_email,
}


def _entry_page(
    slug: str, *, status: int = 200, problem: object = None, reason: str | None = None
) -> Response:
    association = get_association_by_slug(slug)
    merged = administration.list_merged(association.id)
    notice = administration.find_notice(association.id)
    return render_page(
        "registry/entry_detail.html",
        status=status,
        association=association,
        survivor=administration.find_name(association.merged_into_id),
        merged=merged,
        notice=notice,
        representatives=list_representatives(association.id),
        waiting=administration.list_waiting(association.id),
        history=administration.list_entry_history(association.id, merged),
        is_removed=association.state is AssociationState.REMOVED,
        refusals={
            step: find_step_refusal(
                step,
                state=association.state,
                has_notice=notice is not None,
                is_merged=association.merged_into_id is not None,
            )
            for step in StaffStep
        },
        problem=problem,
        reason=reason,
    )


def _step_page(
    association: Any,  # noqa: ANN401 - a route does not know models
    step: StaffStep,
    form: PortalForm,
    *,
    status: int = 200,
) -> Response:
    return render_page(
        "registry/entry_form.html",
        status=status,
        association=association,
        step=step,
        form=form,
        representatives=list_representatives(association.id),
    )
