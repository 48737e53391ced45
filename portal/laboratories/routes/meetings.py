"""A meeting as everybody sees it; registering, giving the place back; calendars."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import can, current_actor, requires
from portal.core.calendar import calendar_response, calendar_text
from portal.core.downloads import file_response
from portal.core.errors import ForbiddenStepError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page, wants_partial
from portal.core.sign_ups import SignUpState
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.calendars import meeting_event
from portal.laboratories.forms.meetings import NameChoiceForm, OfferForm, RegisterForm
from portal.laboratories.policies import LaboratoryFacts
from portal.laboratories.policies.meetings import RegistrationDecision
from portal.laboratories.queries.attendance import list_named
from portal.laboratories.queries.meeting_answers import OfferState, find_meeting_offer
from portal.laboratories.queries.meetings import (
    MeetingDetail,
    get_meeting,
    get_photo,
    list_feed,
    list_photos,
)
from portal.laboratories.queries.news import list_documents
from portal.laboratories.queries.registrations import find_standing
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.states import MeetingRefusal
from portal.permissions import Permission

MEETING = "/laboratori/<slug>/incontri/<int:meeting_id>"
OFFER = "/incontri/offerta/<token>"
NOT_FOUND, CONFLICT, INVALID = 404, 409, 422


@laboratories.get(MEETING)
@requires(Permission.PORTAL_READ)
def show_meeting(slug: str, meeting_id: int) -> Response:
    """Show when and where, what about, what came of it, and what the reader can do."""
    return _meeting_page(slug, meeting_id)


@laboratories.get(f"{MEETING}.ics")
@requires(Permission.PORTAL_READ)
def download_meeting(slug: str, meeting_id: int) -> Response:
    """Send one meeting for one's own calendar; a cancelled one says so."""
    meeting = get_meeting(slug, meeting_id)
    return calendar_response(calendar_text([meeting_event(meeting)], name=meeting.title))


@laboratories.get("/laboratori/<slug>/calendario.ics")
@requires(Permission.PORTAL_READ)
def show_meeting_feed(slug: str) -> Response:
    """Send the meetings of a laboratory as a calendar to subscribe to."""
    laboratory = queries.get_laboratory(slug)
    events = [meeting_event(meeting) for meeting in list_feed(laboratory.id)]
    return calendar_response(calendar_text(events, name=laboratory.title))


@laboratories.get(f"{MEETING}/foto/<int:photo_id>")
@requires(Permission.PORTAL_READ)
def show_meeting_photo(slug: str, meeting_id: int, photo_id: int) -> Response:
    """Send a picture of a meeting."""
    return file_response(get_photo(slug, meeting_id, photo_id), as_attachment=False)


@laboratories.get(f"{MEETING}/<any(partecipo, lascio, nome):_step>")
@requires(Permission.PORTAL_READ)
def show_meeting_again(slug: str, meeting_id: int, _step: str) -> BaseResponse:
    """Lead to the meeting who comes back to the address of a button (after signing in)."""
    return redirect_after_post(_address(slug, meeting_id))


@laboratories.post(f"{MEETING}/partecipo")
@requires(Permission.MEETING_ATTEND)
@writes
def register_for_meeting(slug: str, meeting_id: int) -> BaseResponse:
    """Take places, or room on the waiting list; a second tap answers like the first."""
    meeting = get_meeting(slug, meeting_id)
    form = RegisterForm()
    # A button in a list asks for one place and nothing else.
    if "people" in request.form and not form.validate():
        return _meeting_page(slug, meeting_id, status=INVALID, form=form)
    decision = services.register(
        actor=current_actor(),
        meeting_id=meeting.id,
        people=form.number if "people" in request.form else 1,
    )
    if decision.refusal not in (None, MeetingRefusal.ALREADY_SIGNED_UP):
        # The page says why by the reason that stands in place of the button.
        return _meeting_page(
            slug, meeting_id, status=CONFLICT, is_answer=True, form=form, refused=decision
        )
    if wants_partial():
        return _meeting_page(slug, meeting_id, is_answer=True)
    if decision.outcome is SignUpState.WAITING:
        flash(_("You are on the waiting list: we have sent you a mail."), "wait")
    else:
        flash(_("You are registered: we have sent you a mail. See you there!"), "yes")
    return redirect_after_post(_address(slug, meeting_id))


@laboratories.post(f"{MEETING}/lascio")
@requires(Permission.MEETING_ATTEND)
@writes
def leave_meeting(slug: str, meeting_id: int) -> BaseResponse:
    """Give a place back, or leave the waiting list."""
    meeting = get_meeting(slug, meeting_id)
    services.leave_meeting(actor=current_actor(), meeting_id=meeting.id)
    if wants_partial():
        return _meeting_page(slug, meeting_id, is_answer=True, has_left=True)
    flash(_("You have given the place back. Thank you for saying so in time."), "yes")
    return redirect_after_post(_address(slug, meeting_id))


@laboratories.post(f"{MEETING}/nome")
@requires(Permission.MEETING_ATTEND)
@writes
def choose_meeting_name(slug: str, meeting_id: int) -> BaseResponse:
    """Let who came be read by name, or be counted only."""
    meeting = get_meeting(slug, meeting_id)
    form = NameChoiceForm()
    services.choose_name(
        actor=current_actor(), meeting_id=meeting.id, shows_name=form.shows_name.data
    )
    flash(_("Saved: you can change it at any time."), "yes")
    return redirect_after_post(_address(slug, meeting_id))


@laboratories.get(OFFER)
@requires(Permission.LINK_ANSWER)
def show_meeting_offer(token: str) -> Response:
    """Show the place that is kept, and the two buttons; a mail scanner takes none."""
    return _offer_page(token)


@laboratories.post(OFFER)
@requires(Permission.LINK_ANSWER)
@writes
def answer_meeting_offer(token: str) -> BaseResponse:
    """Take the offered place, or leave it to the next."""
    form = OfferForm()
    if not form.validate():
        return _offer_page(token, status=INVALID)
    offer = find_meeting_offer(token)
    try:
        if form.says_yes:
            decision = services.accept_meeting_offer(offer=offer)
            if not decision.is_allowed:
                return _offer_page(token, status=CONFLICT, decision=decision)
        else:
            services.decline_meeting_offer(offer=offer)
    except ForbiddenStepError:
        return _offer_page(token, status=CONFLICT)
    return redirect_after_post(url_for("laboratories.show_meeting_offer", token=token))


def _address(slug: str, meeting_id: int) -> str:
    return url_for("laboratories.show_meeting", slug=slug, meeting_id=meeting_id)


def _meeting_page(
    slug: str,
    meeting_id: int,
    *,
    status: int = 200,
    is_answer: bool = False,
    has_left: bool = False,
    form: RegisterForm | None = None,
    refused: RegistrationDecision | None = None,
) -> Response:
    meeting = get_meeting(slug, meeting_id)
    standing = find_standing(current_actor(), meeting)
    return render_page(
        "laboratories/meeting_detail.html",
        partial="laboratories/_meeting_action.html",
        status=status,
        meeting=meeting,
        standing=standing,
        # What was refused for several people may be possible for one.
        decision=refused or standing.decision,
        is_answer=is_answer,
        has_left=has_left,
        form=form or RegisterForm(formdata=None),
        button=PortalForm(formdata=None),
        leads=_leads(slug),
        **({} if wants_partial() else _parts(meeting, shows_name=standing.shows_name)),
    )


def _parts(meeting: MeetingDetail, *, shows_name: bool) -> dict[str, object]:
    """Return what only the whole page shows."""
    return {
        "photos": list_photos(meeting.id),
        "documents": list_documents(meeting.laboratory_id, meeting_id=meeting.id),
        "names": list_named(meeting.id) if meeting.is_past else [],
        "name_form": NameChoiceForm(formdata=None, shows_name=shows_name),
    }


def _leads(slug: str) -> bool:
    """Say whether the reader leads the laboratory; asked of the database only where it can be."""
    if not can(Permission.LABORATORY_OPEN):
        return False
    facts: LaboratoryFacts = queries.get_laboratory(slug).facts
    return can(Permission.LABORATORY_LEAD, facts)


def _offer_page(
    token: str, *, status: int = 200, decision: RegistrationDecision | None = None
) -> Response:
    offer = find_meeting_offer(token)
    is_dead = offer.state is OfferState.DEAD
    return render_page(
        "laboratories/meeting_offer.html",
        status=NOT_FOUND if is_dead else status,
        offer=offer,
        token=token,
        meeting=None if is_dead else get_meeting(offer.slug, offer.meeting_id),
        form=OfferForm() if request.method == "POST" else OfferForm(formdata=None),
        decision=decision,
    )
