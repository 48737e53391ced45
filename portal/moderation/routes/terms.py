"""How long each kind of case may take."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.moderation.deadlines import Term, Terms
from portal.moderation.forms import TermsForm
from portal.moderation.queries import find_terms, list_terms
from portal.moderation.routes import moderation
from portal.moderation.services import set_terms
from portal.moderation.states import CaseKind, DayCount
from portal.permissions import Permission

KIND_TERMS = f"/gestione/termini/<any({', '.join(CaseKind)}):kind>"


@moderation.get("/gestione/termini")
@requires(Permission.PROCEDURE_READ)
def show_terms() -> Response:
    """Show the terms of every kind of case."""
    return render_page("moderation/terms_list.html", terms=list_terms())


@moderation.get(KIND_TERMS)
@requires(Permission.PROCEDURE_SET)
def edit_terms(kind: str) -> Response:
    """Show the form of one kind."""
    terms = find_terms(CaseKind(kind))
    form = TermsForm(
        formdata=None,
        answer_days=terms.answer.days,
        day_count=terms.answer.day_count,
        integration_days=terms.integration_days,
        observation_days=terms.observation_days,
    )
    return render_page("moderation/terms_form.html", form=form, kind=CaseKind(kind))


@moderation.post(KIND_TERMS)
@requires(Permission.PROCEDURE_SET)
@writes
def save_terms(kind: str) -> BaseResponse:
    """Set the terms of one kind: for cases opened from now on."""
    form = TermsForm()
    if not form.validate_on_submit():
        return invalid_form("moderation/terms_form.html", form=form, kind=CaseKind(kind))
    set_terms(
        actor=current_actor(),
        kind=CaseKind(kind),
        terms=Terms(
            answer=Term(form.answer_days.data, DayCount(form.day_count.data)),
            integration_days=form.integration_days.data,
            observation_days=form.observation_days.data,
        ),
    )
    flash(_("Saved: requests that come in from now on have these terms."), "yes")
    return redirect_after_post(url_for("moderation.show_terms"))
