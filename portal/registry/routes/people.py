"""The people of an association: who represents it, who is invited, who leaves."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.routes.throttling import limit_mails
from portal.core.access import authorize, can, current_actor, forget_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.registry import services
from portal.registry.forms import LEAVE, ConfirmForm, HandOverForm, InvitationForm
from portal.registry.people import find_change_refusal
from portal.registry.queries import (
    DeskRow,
    RepresentativeRow,
    get_desk,
    list_invitations,
    list_representatives,
)
from portal.registry.routes import registry
from portal.registry.states import RepresentativeRole

PEOPLE = "/associazione/<slug>/persone"
# Numbers no id can have are no address of ours (404, not a refusal of the database).
PERSON = f"{PEOPLE}/<int:user_id>"
INVITATION = f"{PEOPLE}/inviti/<int:invitation_id>"


@registry.get(PEOPLE)
@requires(Permission.ASSOCIATION_EDIT)
def show_people(slug: str) -> Response:
    """Show who represents the association and who is invited; a manager sees what can be done."""
    return _people_page(_own_association(slug), InvitationForm(formdata=None))


@registry.post(PEOPLE)
@requires(Permission.ASSOCIATION_MANAGE_PEOPLE)
@limit_mails
@writes
def invite_person(slug: str) -> BaseResponse:
    """Invite somebody by mail."""
    association = _managed_association(slug)
    form = InvitationForm()
    if form.validate_on_submit():
        try:
            services.invite_person(
                actor=current_actor(),
                association_id=association.id,
                email=form.email.data,
                role=RepresentativeRole(form.role.data),
            )
        except services.PeopleRefusedError as error:
            form.take_error(RuleBrokenError(error.sentence, "email"))
        else:
            flash(_("The invitation is on its way to %(email)s.", email=form.email.data), "yes")
            return _back(slug)
    return _people_page(association, form, status=422)


@registry.post(f"{INVITATION}/rimanda")
@requires(Permission.ASSOCIATION_MANAGE_PEOPLE)
@limit_mails
@writes
def resend_invitation(slug: str, invitation_id: int) -> BaseResponse:
    """Send an invitation again."""
    invitation = services.resend_invitation(
        actor=current_actor(),
        association_id=_managed_association(slug).id,
        invitation_id=invitation_id,
    )
    flash(_("The invitation is on its way to %(email)s.", email=invitation.email), "yes")
    return _back(slug)


@registry.post(f"{INVITATION}/ritira")
@requires(Permission.ASSOCIATION_MANAGE_PEOPLE)
@writes
def withdraw_invitation(slug: str, invitation_id: int) -> BaseResponse:
    """Take an invitation back."""
    invitation = services.withdraw_invitation(
        actor=current_actor(),
        association_id=_managed_association(slug).id,
        invitation_id=invitation_id,
    )
    flash(_("The invitation to %(email)s is withdrawn.", email=invitation.email), "yes")
    return _back(slug)


@registry.post(f"{PERSON}/ruolo/<any(manager, editor):role>")
@requires(Permission.ASSOCIATION_MANAGE_PEOPLE)
@writes
def change_role(slug: str, user_id: int, role: str) -> BaseResponse:
    """Give somebody another role."""
    services.change_role(
        actor=current_actor(),
        association_id=_managed_association(slug).id,
        user_id=user_id,
        role=RepresentativeRole(role),
    )
    flash(_("The role is changed."), "yes")
    return _back(slug)


@registry.post(f"{PERSON}/togli")
@requires(Permission.ASSOCIATION_MANAGE_PEOPLE)
@writes
def remove_person(slug: str, user_id: int) -> BaseResponse:
    """Let somebody else no longer represent the association."""
    services.remove_person(
        actor=current_actor(), association_id=_managed_association(slug).id, user_id=user_id
    )
    flash(_("Done: this person no longer looks after the association."), "yes")
    return _back(slug)


@registry.get(f"{PEOPLE}/passa")
@requires(Permission.ASSOCIATION_MANAGE_PEOPLE)
def show_hand_over(slug: str) -> Response:
    """Ask who is responsible from now on."""
    association = _managed_association(slug)
    return _hand_over_page(association, HandOverForm(formdata=None))


@registry.post(f"{PEOPLE}/passa")
@requires(Permission.ASSOCIATION_MANAGE_PEOPLE)
@writes
def hand_over(slug: str) -> BaseResponse:
    """Hand the role of manager over."""
    association = _managed_association(slug)
    form = HandOverForm()
    form.offer(_colleagues(association))
    if not form.validate_on_submit():
        return _hand_over_page(association, form, status=422)
    is_leaving = form.then.data == LEAVE
    services.hand_over(
        actor=current_actor(),
        association_id=association.id,
        to_user_id=int(form.person.data),
        is_leaving=is_leaving,
    )
    flash(_("Done: the role is handed over."), "yes")
    return _away() if is_leaving else _back(slug)


@registry.post(f"{PEOPLE}/esci")
@requires(Permission.ASSOCIATION_LEAVE)
@writes
def leave_association(slug: str) -> BaseResponse:
    """No longer represent the association."""
    association = get_desk(slug)
    authorize(Permission.ASSOCIATION_LEAVE, association)
    services.leave_association(actor=current_actor(), association_id=association.id)
    flash(_("You no longer look after %(name)s.", name=association.name), "yes")
    return _away()


def _own_association(slug: str) -> DeskRow:
    association = get_desk(slug)
    authorize(Permission.ASSOCIATION_EDIT, association)
    return association


def _managed_association(slug: str) -> DeskRow:
    association = get_desk(slug)
    authorize(Permission.ASSOCIATION_MANAGE_PEOPLE, association)
    return association


def _back(slug: str) -> BaseResponse:
    return redirect_after_post(url_for("registry.show_people", slug=slug))


def _away() -> BaseResponse:
    """Lead who has left to what is still theirs."""
    forget_actor()
    return redirect_after_post(url_for("home.show_personal_area"))


def _colleagues(association: DeskRow) -> list[RepresentativeRow]:
    mine = current_actor().id
    return [p for p in list_representatives(association.id) if p.user_id != mine]


def _people_page(association: DeskRow, form: InvitationForm, *, status: int = 200) -> Response:
    people = list_representatives(association.id)
    team = {person.user_id: person.role for person in people}
    return render_page(
        "registry/people.html",
        status=status,
        association=association,
        people=people,
        refusals={user_id: find_change_refusal(team, user_id, None) for user_id in team},
        invitations=list_invitations(association.id),
        manages=can(Permission.ASSOCIATION_MANAGE_PEOPLE, association),
        form=form,
        button=ConfirmForm(formdata=None),
    )


def _hand_over_page(association: DeskRow, form: HandOverForm, *, status: int = 200) -> Response:
    colleagues = _colleagues(association)
    form.offer(colleagues)
    return render_page(
        "registry/hand_over_form.html",
        status=status,
        association=association,
        colleagues=colleagues,
        form=form,
    )
