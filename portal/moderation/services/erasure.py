"""What becomes of the cases of a person who erases their account."""

from collections.abc import Mapping

from sqlalchemy import and_, delete, or_, select, update

from portal.accounts.erasure import Leaver
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import delete_stored_files
from portal.core.history import forget_words_about
from portal.core.person_names import NO_NAME
from portal.moderation.models import Case, CaseAttachment, CaseMessage, CaseNote
from portal.moderation.services.cases import release_case, withdraw_case
from portal.moderation.states import CaseKind, CaseState

PERSONAL_KINDS = (
    CaseKind.ENROLMENT,
    CaseKind.EXPENSE,
    CaseKind.PROPOSAL,
    CaseKind.COMMENT,
    CaseKind.CLAIM,
)
"""Asked for oneself. The others are asked for an association: records of a procedure."""
_NAMED_KINDS = (CaseKind.ENROLMENT, CaseKind.EXPENSE)
"""Their titles say who asks."""

FORGOTTEN: frozenset[str] = frozenset()
_OFFICE = "an act of office"
KEPT: Mapping[str, str] = {
    "moderation_case.applicant_id": "that it was asked and answered; what was said goes",
    "moderation_case.officer_id": _OFFICE,
    "moderation_case.decided_by_id": _OFFICE,
    "case_message.author_id": "goes with cases of the person; stays in those of associations",
    "case_attachment.uploaded_by_id": "goes with cases of the person; stays with the procedure",
    "case_note.author_id": _OFFICE,
    "letter.author_id": _OFFICE,
    "letter_template.updated_by_id": _OFFICE,
    "procedure_terms.updated_by_id": _OFFICE,
}


def forget_in_cases(leaver: Leaver) -> None:
    """Take what was said in the person's own cases, and give back cases in their charge."""
    own = Case.applicant_id == leaver.id
    ids = list(session().scalars(select(Case.id).where(own, Case.kind.in_(PERSONAL_KINDS))))
    files = list(
        session().scalars(
            delete(CaseAttachment)
            .where(CaseAttachment.case_id.in_(ids))
            .returning(CaseAttachment.file_id)
        )
    )
    session().execute(delete(CaseMessage).where(CaseMessage.case_id.in_(ids)))
    session().execute(delete(CaseNote).where(CaseNote.case_id.in_(ids)))
    delete_stored_files(files)
    forget_words_about(subject_kind=Case.__tablename__, subject_ids=ids)
    # What was never accepted is not public: neither is its title.
    names_somebody = or_(
        Case.kind.in_(_NAMED_KINDS),
        and_(Case.kind.in_(PERSONAL_KINDS), Case.state != CaseState.ACCEPTED),
    )
    session().execute(
        update(Case).where(own, names_somebody).values(title=NO_NAME, version=Case.version + 1)
    )
    _give_back(leaver)


def withdraw_if_open(leaver: Leaver, kind: CaseKind, subject_id: int) -> None:
    """Take a case back that the office has not answered, or that was returned."""
    try:
        withdraw_case(actor=leaver.actor, kind=kind, subject_id=subject_id)
    except NotFoundError:
        # Answered already.
        return


def _give_back(leaver: Leaver) -> None:
    in_charge = session().execute(
        select(Case.id, Case.version)
        .where(Case.officer_id == leaver.id, Case.state == CaseState.IN_CHARGE)
        .order_by(Case.id)
    )
    for case_id, version in in_charge.all():
        release_case(actor=leaver.actor, case_id=case_id, version=version)
