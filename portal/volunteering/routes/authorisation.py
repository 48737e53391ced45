"""Authorising a minor by the link of a mail, without an account: GET shows, POST acts."""

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import requires
from portal.core.errors import ForbiddenStepError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.permissions import Permission
from portal.volunteering import queries, services
from portal.volunteering.forms.enrolments import GuardianAnswerForm
from portal.volunteering.queries.guardians import GuardianLinkState, find_guardian_link
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import GuardianAction

AUTHORISATION = "/volontariato/autorizzazione/<token>"
NOT_FOUND, CONFLICT, UNPROCESSABLE = 404, 409, 422


@volunteering.get(AUTHORISATION)
@requires(Permission.LINK_ANSWER)
def show_authorisation(token: str) -> Response:
    """Show who asks, what it is about and by which rules; a mail scanner answers nothing."""
    return _render(token)


@volunteering.post(AUTHORISATION)
@requires(Permission.LINK_ANSWER)
@writes
def answer_authorisation(token: str) -> BaseResponse:
    """Authorise, refuse, or take the authorisation back."""
    form = GuardianAnswerForm()
    if not form.validate():
        return _render(token, form, status=UNPROCESSABLE)
    try:
        services.answer_as_guardian(
            link=find_guardian_link(token), action=GuardianAction(form.answer.data)
        )
    except ForbiddenStepError:
        return _render(token, form, status=CONFLICT)
    return redirect_after_post(url_for("volunteering.show_authorisation", token=token))


def _render(token: str, form: GuardianAnswerForm | None = None, *, status: int = 200) -> Response:
    link = find_guardian_link(token)
    is_shown = form is not None and request.method == "POST"
    return render_page(
        "volunteering/authorisation.html",
        status=NOT_FOUND if link.state is GuardianLinkState.DEAD else status,
        link=link,
        token=token,
        rules=queries.find_register_rules(),
        form=form if is_shown else GuardianAnswerForm(formdata=None),
    )
