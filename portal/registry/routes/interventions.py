"""The office looks at the people of an association, and steps in with a reason."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import services
from portal.registry.forms import AddPersonForm, InterventionForm
from portal.registry.people import Intervention, PeopleRefusal
from portal.registry.queries import (
    get_association_by_slug,
    list_invitations,
    list_representatives,
)
from portal.registry.routes import registry
from portal.registry.states import RepresentativeRole

PEOPLE = "/gestione/registro/<slug>/persone"
HEIR_REFUSALS = frozenset({PeopleRefusal.NO_ACCOUNT, PeopleRefusal.ONESELF})


@registry.get(PEOPLE)
@requires(Permission.REPRESENTATIVE_INTERVENE)
def show_people_for_office(slug: str) -> Response:
    """Show who represents an association, and what the office may change."""
    return _office_page(slug, AddPersonForm(formdata=None), InterventionForm(formdata=None))


@registry.post(f"{PEOPLE}/aggiungi")
@requires(Permission.REPRESENTATIVE_INTERVENE)
@writes
def add_person_by_office(slug: str) -> BaseResponse:
    """Add somebody, or invite who has no account."""
    association = get_association_by_slug(slug)
    form = AddPersonForm()
    if form.validate_on_submit():
        try:
            done = services.add_person_by_office(
                actor=current_actor(),
                association_id=association.id,
                email=form.email.data,
                role=RepresentativeRole(form.role.data),
                capacity=form.capacity.data or "",
                reason=form.reason.data,
            )
        except services.PeopleRefusedError as error:
            form.take_error(RuleBrokenError(error.sentence, "email"))
        else:
            flash(
                _("Nobody has an account with this address yet: an invitation is on its way.")
                if done is Intervention.INVITE
                else _("Done: the people of the association read why by mail."),
                "yes",
            )
            return redirect_after_post(url_for("registry.show_people_for_office", slug=slug))
    return _office_page(slug, form, InterventionForm(formdata=None), status=422)


@registry.post(f"{PEOPLE}/cambia")
@requires(Permission.REPRESENTATIVE_INTERVENE)
@writes
def intervene(slug: str) -> BaseResponse:
    """Change a role, remove somebody, or put another in their place."""
    association = get_association_by_slug(slug)
    form = InterventionForm()
    form.offer(list_representatives(association.id))
    if form.validate_on_submit():
        try:
            services.intervene(
                actor=current_actor(),
                association_id=association.id,
                user_id=int(form.person.data),
                act=Intervention(form.act.data),
                reason=form.why.data,
                heir_email=form.heir_email.data,
            )
        except services.PeopleRefusedError as error:
            field = "heir_email" if error.refusal in HEIR_REFUSALS else "act"
            form.take_error(RuleBrokenError(error.sentence, field))
        else:
            flash(_("Done: the people of the association read why by mail."), "yes")
            return redirect_after_post(url_for("registry.show_people_for_office", slug=slug))
    return _office_page(slug, AddPersonForm(formdata=None), form, status=422)


def _office_page(
    slug: str, add_form: AddPersonForm, form: InterventionForm, *, status: int = 200
) -> Response:
    association = get_association_by_slug(slug)
    people = list_representatives(association.id)
    form.offer(people)
    return render_page(
        "registry/people_for_office.html",
        status=status,
        association=association,
        people=people,
        invitations=list_invitations(association.id),
        history=list_history(subject_kind="association", subject_id=association.id),
        add_form=add_form,
        form=form,
    )
