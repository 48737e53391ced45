"""Comments and reports, made and decided by the services."""

from portal.accounts.models import User
from portal.core.access import ANONYMOUS
from portal.core.database import db
from portal.laboratories.services import comment_on_section, report_content, write_comment
from portal.laboratories.states import CommentState, SheetSection
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of, make_user


def make_published_comment(proposal_id: int, author: User, words: str = "") -> int:
    """Store a comment that everybody reads, and return its id."""
    comment = write_comment(
        actor=actor_of(author),
        proposal_id=proposal_id,
        text=f"Commento {words}",
        form_key=key(),
    )
    _accept(CaseKind.COMMENT, comment.id)
    return comment.id


def make_section_comment(
    sheet_id: int,
    author: User,
    text: str = "Commento",
    *,
    section: SheetSection = SheetSection.CONTENTS,
    parent_id: int | None = None,
    is_decided: bool = True,
) -> int:
    """Store a comment at a section of a sheet, published unless it waits; return its id."""
    comment = comment_on_section(
        actor=actor_of(author),
        sheet_id=sheet_id,
        section=section,
        text=text,
        form_key=key(),
        parent_id=parent_id,
    )
    db.session.commit()
    if is_decided and comment.state is CommentState.WAITING:
        _accept(CaseKind.COMMENT, comment.id)
    return comment.id


def make_hidden(proposal_id: int | None, comment_id: int, words: str = "") -> int:
    """Report and hide a comment, and return the id of the report."""
    report = report_content(
        actor=ANONYMOUS, proposal_id=proposal_id, comment_id=comment_id, reason=f"Così {words}"
    )
    _accept(CaseKind.CONTENT_REPORT, report.id)
    return report.id


def _accept(kind: CaseKind, subject_id: int) -> None:
    case = find_case_of(kind, subject_id)
    assert case is not None
    decide_case(
        actor=actor_of(make_user(name="Carla Ufficio", roles=(Role.STAFF,))),
        case_id=case.id,
        version=case.version,
        action=CaseAction.ACCEPT,
        reason="Va bene così.",
    )
    db.session.commit()
