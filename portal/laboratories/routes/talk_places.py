"""Where people talk: at a proposal, or at a section of a project sheet."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor
from portal.core.extensions import limiter
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_number, requested_page
from portal.core.text import short_name
from portal.laboratories.forms.talk import CommentForm
from portal.laboratories.policies import CommentRefusal
from portal.laboratories.queries.talk import (
    TalkPage,
    find_comment,
    find_page_of,
    list_comments,
)
from portal.laboratories.services import CommentRefusedError
from portal.laboratories.states import CommentOrder, CommentState, SheetSection, Topic, Window

HTTP_CONFLICT, HTTP_INVALID, HTTP_TOO_MANY = 409, 422, 429
COMMENTS_PER_PERSON = "20 per minute"
LARGEST_ID = 10**9 - 1

SECTION_WORDS: Mapping[SheetSection, str] = {
    SheetSection.CONTENTS: "contenuti",
    SheetSection.AIMS: "finalita",
    SheetSection.ACTIONS: "azioni",
    SheetSection.TIMES: "tempi",
    SheetSection.SPACES: "spazi",
    SheetSection.PARTIES: "chi",
    SheetSection.BUDGET: "soldi",
    SheetSection.INDICATORS: "indicatori",
}
"""Sections of a project sheet as addresses say them, in their order."""
SECTIONS = {word: section for section, word in SECTION_WORDS.items()}

_OF_PROPOSAL = {
    "page": "show_proposal",
    "write": "write_comment",
    "comment": "show_comment",
    "useful": "find_comment_useful",
    "withdraw": "withdraw_comment",
    "report": "show_report_form",
}
_OF_SECTION = {
    "page": "show_sheet",
    "write": "comment_on_section",
    "comment": "show_section_comment",
    "useful": "find_section_comment_useful",
    "withdraw": "withdraw_section_comment",
    "report": "show_section_report_form",
}


@dataclass(frozen=True)
class TalkPlace:
    """What is talked about, as the pages of its talk name it and lead to it."""

    topic: Topic
    slug: str
    """Of its laboratory."""
    laboratory_title: str
    title: str
    """Of the proposal or the sheet."""
    author_ids: Collection[int]
    window: Window
    refusal: CommentRefusal | None
    """Why nobody can comment here today."""
    is_for_office: bool
    """What the person reading says here is said for the municipality."""
    text: str = ""
    """What a proposal says, for who reports it."""

    def page(self, **query: object) -> str:
        """Return the address of its page, with this talk open."""
        if self.topic.section is not None:
            query = {"sezione": SECTION_WORDS[self.topic.section], **query}
        return self.address("page", **query)

    def address(self, step: str, **values: object) -> str:
        """Return the address of something that is done in the talk."""
        names = _OF_PROPOSAL if self.topic.sheet_id is None else _OF_SECTION
        found: dict[str, Any] = {"slug": self.slug, **values}
        if self.topic.sheet_id is None:
            found["proposal_id"] = self.topic.proposal_id
        else:
            found["sheet_id"] = self.topic.sheet_id
        if step == "write" and self.topic.section is not None:
            found["part"] = SECTION_WORDS[self.topic.section]
        return url_for(f"laboratories.{names[step]}", **found)

    def report_address(self, comment_id: int | None = None) -> str:
        """Return where to report a comment, or the proposal itself."""
        if self.topic.sheet_id is not None:
            return self.address("report", comment_id=comment_id)
        return self.address("report", **({"commento": comment_id} if comment_id else {}))

    def at_comment(self, comment_id: int, number: int = 1) -> str:
        """Return the address of a comment on a page of the talk."""
        query = {"pagina": number} if number > 1 else {}
        return f"{self.page(**query)}#commento-{comment_id}"

    def find_comment(self, comment_id: int) -> str:
        """Return the address of a comment, wherever it stands; raises `NotFoundError`."""
        number = find_page_of(current_actor(), self.topic, comment_id=comment_id)
        return self.at_comment(comment_id, number)


def talk_context(place: TalkPlace, *, is_shown: bool = True) -> dict[str, Any]:
    """Return the page of comments the address asks for, and the form below them."""
    order = CommentOrder(requested_choice("commenti", set(CommentOrder)) or CommentOrder.NEWEST)
    actor = current_actor()
    talk = (
        list_comments(
            actor, place.topic, author_ids=place.author_ids, order=order, page=requested_page()
        )
        if is_shown
        else None
    )
    return {
        "talk": talk,
        "talk_place": place,
        "comment_orders": tuple(CommentOrder),
        "answered": _find_answered(talk),
        "comment_form": CommentForm(formdata=None, parent_id=_answered_id()),
        "comment_name": short_name(actor.name),
    }


def send_comment(place: TalkPlace, write: Callable[..., Any]) -> BaseResponse:
    """Send a comment by `write`, a service; whatever is wrong, the text is kept."""
    form = CommentForm()
    if not form.validate():
        return _form_page(form, place, HTTP_INVALID)
    try:
        with limiter.limit(
            COMMENTS_PER_PERSON, key_func=lambda: f"account:{current_actor().account_id}"
        ):
            comment = write(
                actor=current_actor(),
                text=form.text.data,
                form_key=form.form_key.data,
                parent_id=form.parent_id.data or None,
            )
    except RateLimitExceeded:
        form.form_errors.append(_("That was many comments in a minute: wait a moment, then send."))
        return _form_page(form, place, HTTP_TOO_MANY)
    except CommentRefusedError as error:
        form.form_errors.append(error.sentence)
        return _form_page(form, place, HTTP_CONFLICT)
    if comment.state is CommentState.PUBLISHED:
        flash(_("Your comment is public."), "yes")
    else:
        flash(_("Your comment has arrived. The office reads it first, you get a mail."), "yes")
    return redirect_after_post(place.at_comment(comment.id))


def _answered_id() -> int:
    return requested_number("rispondi", default=0, least=1, most=LARGEST_ID)


def _find_answered(talk: TalkPage | None) -> str | None:
    """Return whose comment of this page the form answers to, if it is one."""
    wanted = _answered_id()
    rows = talk.rows if talk else []
    return next((row.author for row in rows if row.id == wanted and row.is_public), None)


def _form_page(form: CommentForm, place: TalkPlace, status: int) -> Response:
    return render_page(
        "laboratories/comment_form.html",
        status=status,
        form=form,
        talk_place=place,
        answered=find_comment(place.topic, form.parent_id.data),
        comment_name=short_name(current_actor().name),
    )
