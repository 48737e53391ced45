"""Texts of letters: written by staff, or back to the portal's own words."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import AlreadyDecidedError, RuleBrokenError
from portal.moderation.letters import check_template
from portal.moderation.models import LetterTemplate
from portal.moderation.states import LetterKind


class LetterTemplateChangedError(AlreadyDecidedError):
    """Somebody else saved the text since it was read."""

    sentence = _l("Somebody has changed this text in the meantime.")


def save_letter_template(
    *, actor: Actor, kind: LetterKind, seen_version: int, subject: str, body: str
) -> None:
    """Make letters of `kind` from this text from now on; those sent stay as they are.

    `seen_version` is 0 where the portal's own words held. Raises `LetterTemplateChangedError` when
    somebody else was faster, `RuleBrokenError` with the sentence of the first thing to mend.
    """
    for field, problems in (
        ("subject", check_template(kind, subject, is_subject=True)),
        ("body", check_template(kind, body)),
    ):
        if problems:
            raise RuleBrokenError(problems[0].sentence, field)
    written = {
        "subject": subject,
        "body": body,
        "updated_at": utc_now(),
        "updated_by_id": actor.account_id,
    }
    template = _lock(kind)
    if seen_version != (template.version if template else 0):
        raise LetterTemplateChangedError
    if template is None:
        _write_first(kind, written)
        return
    for name, value in written.items():
        setattr(template, name, value)
    session().flush()


def reset_letter_template(*, actor: Actor, kind: LetterKind, seen_version: int) -> None:  # noqa: ARG001 - who acts, as everywhere
    """Let the portal's own words hold again; raises `LetterTemplateChangedError`."""
    template = _lock(kind)
    if seen_version != (template.version if template else 0):
        raise LetterTemplateChangedError
    if template is not None:
        session().delete(template)
        session().flush()


def _lock(kind: LetterKind) -> LetterTemplate | None:
    return session().scalar(
        select(LetterTemplate)
        .where(LetterTemplate.kind == kind)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _write_first(kind: LetterKind, written: dict[str, object]) -> None:
    """Insert the row; there is none to hold, so two people may come here at once."""
    statement = (
        insert(LetterTemplate)
        .values(kind=kind, version=1, **written)
        .on_conflict_do_nothing(index_elements=[LetterTemplate.kind])
        .returning(LetterTemplate.kind)
    )
    if session().scalar(statement) is None:
        raise LetterTemplateChangedError
