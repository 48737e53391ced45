"""Writing to the volunteers of a project or of a shift."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.sign_ups import SignUpState
from portal.core.templating import format_moment
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.messages import ALL, SHIFT, TICKED, MessageForm
from portal.volunteering.queries import PresenceShiftRow, TutorProjectRow
from portal.volunteering.queries.messages import (
    ReachableRow,
    ShiftChoice,
    find_last_message_id,
    get_message,
    list_deliveries,
    list_messages,
    list_reachable_of_project,
    list_reachable_of_shift,
    list_shift_choices,
)
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.services import MessageText

TUTOR = "/volontariato/tutor"
OF_PROJECT = f"{TUTOR}/progetti/<int:project_id>/messaggi"
OF_SHIFT = f"{TUTOR}/turni/<int:shift_id>/messaggi"
UNPROCESSABLE = 422


@dataclass(frozen=True)
class Audience:
    """Whom a page can write to: the people of a project, or of one shift."""

    project_id: int
    title: str
    people: list[ReachableRow]
    shift: PresenceShiftRow | None = None
    shifts: tuple[ShiftChoice, ...] = ()
    """Further shifts whose people can be chosen."""

    @property
    def address(self) -> str:
        """Where this is written."""
        if self.shift is not None:
            return url_for("volunteering.show_shift_messages", shift_id=self.shift.id)
        return url_for("volunteering.show_project_messages", project_id=self.project_id)

    @property
    def everybody(self) -> frozenset[int]:
        """All people of a project; of a shift those who have a place."""
        return frozenset(p.user_id for p in self.people if p.state in (None, SignUpState.CONFIRMED))


@volunteering.get(OF_PROJECT)
@requires(Permission.PROJECT_TUTOR)
def show_project_messages(project_id: int) -> Response:
    """Show what was written to people of a project, and the form."""
    return _render(_audience_of_project(project_id))


@volunteering.post(OF_PROJECT)
@requires(Permission.PROJECT_TUTOR)
@writes
def write_to_project(project_id: int) -> BaseResponse:
    """Write to people of a project."""
    return _send(_audience_of_project(project_id))


@volunteering.get(OF_SHIFT)
@requires(Permission.PROJECT_TUTOR)
def show_shift_messages(shift_id: int) -> Response:
    """Show what was written to people of a shift, and the form."""
    return _render(_audience_of_shift(shift_id))


@volunteering.post(OF_SHIFT)
@requires(Permission.PROJECT_TUTOR)
@writes
def write_to_shift(shift_id: int) -> BaseResponse:
    """Write to people of a shift."""
    return _send(_audience_of_shift(shift_id))


@volunteering.get(f"{TUTOR}/messaggi/<int:message_id>")
@requires(Permission.PROJECT_TUTOR)
def show_message(message_id: int) -> Response:
    """Show a message, and whom it has reached."""
    message = get_message(message_id)
    authorize(Permission.PROJECT_TUTOR, message)
    return render_page(
        "volunteering/message_detail.html",
        message=message,
        deliveries=list_deliveries(message_id),
    )


def _audience_of_project(project_id: int) -> Audience:
    project: TutorProjectRow = queries.get_tutor_project(project_id)
    authorize(Permission.PROJECT_TUTOR, project)
    shifts = tuple(list_shift_choices(project_id))
    return Audience(project_id, project.title, list_reachable_of_project(project_id), shifts=shifts)


def _audience_of_shift(shift_id: int) -> Audience:
    shift = queries.get_presence_shift(shift_id)
    authorize(Permission.PROJECT_TUTOR, shift)
    return Audience(shift.project_id, shift.title, list_reachable_of_shift(shift_id), shift)


def _send(audience: Audience) -> BaseResponse:
    form = _form_of(audience)
    if not form.validate():
        return _render(audience, form)
    user_ids, shift_id = _chosen(audience, form)
    if not user_ids:
        form.to.errors = [_("There is nobody to write to: choose other people.")]
        return _render(audience, form)
    try:
        message = services.send_message(
            actor=current_actor(),
            project_id=audience.project_id,
            shift_id=shift_id,
            user_ids=user_ids,
            text=MessageText(form.subject.data, form.body.data),
            seen_message_id=form.seen.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render(audience, form)
    flash(_("Sent: one mail to each. Here is whom it reaches."), "yes")
    return redirect_after_post(url_for("volunteering.show_message", message_id=message.id))


def _chosen(audience: Audience, form: MessageForm) -> tuple[Collection[int], int | None]:
    """Return to whom, and about which shift; people who are not of the audience are left out."""
    shift_id = audience.shift.id if audience.shift else form.chosen_shift
    if form.to.data == TICKED:
        return form.ticked & {p.user_id for p in audience.people}, shift_id
    if audience.shift is None and shift_id is not None:
        rows = list_reachable_of_shift(shift_id)
        return {r.user_id for r in rows if r.state is SignUpState.CONFIRMED}, shift_id
    return audience.everybody, shift_id


def _form_of(audience: Audience) -> MessageForm:
    form = MessageForm()
    number = len(audience.everybody)
    if audience.shift is None:
        everybody = ngettext(
            "Everybody of the project: %(num)s person", "Everybody of the project: %(num)s people",
            number,
        )  # fmt: skip
    else:
        everybody = ngettext(
            "Who has a place: %(num)s person", "Who has a place: %(num)s people", number
        )
    choices = [(ALL, everybody)]
    for shift in audience.shifts:
        words = ngettext(
            "The shift of %(moment)s: %(num)s person",
            "The shift of %(moment)s: %(num)s people",
            shift.people,
            moment=format_moment(shift.starts_at),
        )
        choices.append((f"{SHIFT}{shift.id}", words))
    form.offer([*choices, (TICKED, _("Those I tick below"))])
    return form


def _render(audience: Audience, form: MessageForm | None = None) -> Response:
    is_invalid = form is not None
    if form is None:
        form = _form_of(audience)
        form.to.data = ALL
        form.seen.data = find_last_message_id(current_actor().account_id)
    shift_id = audience.shift.id if audience.shift else None
    return render_page(
        "volunteering/messages.html",
        status=UNPROCESSABLE if is_invalid else 200,
        audience=audience,
        form=form,
        ticked=form.ticked,
        messages=list_messages(audience.project_id, shift_id=shift_id),
        today=local_today(),
    )
