"""Comments at a section of a project sheet: writing, finding useful, taking back, reporting."""

from functools import partial

from flask import Response, redirect
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import requires
from portal.core.htmx import redirect_after_post
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.forms.talk import ReportForm
from portal.laboratories.queries import get_laboratory
from portal.laboratories.queries.talk import find_section
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.comments import judge_comment, withdraw_from
from portal.laboratories.routes.reports import report_form_page, send_report
from portal.laboratories.routes.sheets import ONE, read_sheet, section_talk
from portal.laboratories.routes.talk_places import LARGEST_ID, SECTIONS, TalkPlace, send_comment
from portal.laboratories.states import SheetSection
from portal.permissions import Permission

COMMENT = f"{ONE}/commenti/<int(max={LARGEST_ID}):comment_id>"
PART = f"<any({', '.join(SECTIONS)}):part>"


@laboratories.post(f"{ONE}/commenta/{PART}")
@requires(Permission.COMMENT_WRITE)
@writes
def comment_on_section(slug: str, sheet_id: int, part: str) -> BaseResponse:
    """Send a comment at a section; whatever is wrong, the text is kept."""
    section = SECTIONS[part]
    write = partial(services.comment_on_section, sheet_id=sheet_id, section=section)
    return send_comment(_get_place(slug, sheet_id, section), write)


@laboratories.get(f"{ONE}/commenta/{PART}")
@requires(Permission.PORTAL_READ)
def show_section_again(slug: str, sheet_id: int, part: str) -> BaseResponse:
    """Lead a reloaded answer, or a way back from signing in, to the section itself."""
    return redirect(f"{_get_place(slug, sheet_id, SECTIONS[part]).page()}#talk")


@laboratories.get(COMMENT)
@requires(Permission.PORTAL_READ)
def show_section_comment(slug: str, sheet_id: int, comment_id: int) -> BaseResponse:
    """Lead to where a comment stands, at its section."""
    return redirect(_find_place(slug, sheet_id, comment_id).find_comment(comment_id))


@laboratories.post(f"{COMMENT}/utile")
@requires(Permission.COMMENT_WRITE)
@writes
def find_section_comment_useful(slug: str, sheet_id: int, comment_id: int) -> BaseResponse:
    """Find a comment useful, or no longer."""
    address = _find_place(slug, sheet_id, comment_id).find_comment(comment_id)
    judge_comment(comment_id)
    return redirect_after_post(address)


@laboratories.post(f"{COMMENT}/ritira")
@requires(Permission.COMMENT_WRITE)
@writes
def withdraw_section_comment(slug: str, sheet_id: int, comment_id: int) -> BaseResponse:
    """Take one's own comment back."""
    return withdraw_from(_find_place(slug, sheet_id, comment_id), comment_id)


@laboratories.get(f"{COMMENT}/<any(utile, ritira):_step>")
@requires(Permission.PORTAL_READ)
def show_section_comment_again(
    slug: str, sheet_id: int, comment_id: int, _step: str
) -> BaseResponse:
    """Lead a way back from signing in to the comment itself."""
    return show_section_comment(slug, sheet_id, comment_id)


@laboratories.get(f"{COMMENT}/segnala")
@requires(Permission.CONTENT_REPORT)
def show_section_report_form(slug: str, sheet_id: int, comment_id: int) -> Response:
    """Ask what is wrong with one comment; the sheet itself is the municipality's own."""
    place = _find_place(slug, sheet_id, comment_id)
    return report_form_page(ReportForm(comment_id=comment_id), place)


@laboratories.post(f"{COMMENT}/segnala")
@requires(Permission.CONTENT_REPORT)
@writes
def report_section_comment(slug: str, sheet_id: int, comment_id: int) -> BaseResponse:
    """Take a report of a comment; a machine is told the same and nothing is kept."""
    form = ReportForm()
    form.comment_id.data = comment_id
    return send_report(form, _find_place(slug, sheet_id, comment_id))


def _find_place(slug: str, sheet_id: int, comment_id: int) -> TalkPlace:
    """Return the talk a comment of this sheet is part of; 404 where it is of none."""
    return _get_place(slug, sheet_id, find_section(sheet_id, comment_id))


def _get_place(slug: str, sheet_id: int, section: SheetSection) -> TalkPlace:
    return section_talk(get_laboratory(slug), read_sheet(slug, sheet_id), section)
