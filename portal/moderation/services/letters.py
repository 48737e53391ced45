"""Letters of a procedure: numbered, written, kept as PDF and mailed with the step they tell of."""

from collections.abc import Mapping
from datetime import date, datetime

from flask_babel import force_locale
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.queries import Recipient, get_recipient
from portal.core.access import Actor
from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.documents import render_pdf
from portal.core.files import StoredFile, store_made
from portal.core.templating import format_day
from portal.moderation.emails import mail_letter
from portal.moderation.letter_texts import (
    FOOTER,
    LETTERS_LANGUAGE,
    MUNICIPALITY,
    NO_ANSWER,
    NO_OBSERVATIONS,
    NO_OFFICER,
    OFFICE,
    PLACE,
    SAMPLE_FACTS,
    SIGNED_BY_OFFICER,
    SIGNED_BY_PORTAL,
    WORDS_OF_THE_SHEET,
)
from portal.moderation.letters import ALLOWED, Placeholder, fill, paragraphs_of
from portal.moderation.models import LONGEST_LETTER_SUBJECT, Case, Letter, ProtocolCounter
from portal.moderation.queries import get_letter_template
from portal.moderation.states import LetterKind

Fact = str | int | date
"""A date is written out, a number as it is."""


class MissingFactError(LookupError):
    """A letter is written without a fact that its kind needs (an error of ours)."""


def write_letter(
    *, actor: Actor, case: Case, kind: LetterKind, facts: Mapping[str, Fact] | None = None
) -> Letter:
    """Write a letter about `case` to its applicant: PDF, protocol number and mail in one.

    `facts` fill the text beside what the case itself says: `entro` and `giorni` where the
    applicant has to answer, `motivo` where the case holds no reason yet, `osservazioni` (what was
    observed) with a refusal. It takes the next number of the year and holds it until the
    transaction ends: write one letter a transaction, as its last step, and none is ever left out
    or given twice. Raises `MissingFactError`.
    """
    now = utc_now()
    applicant = get_recipient(case.asked_by_id)
    known = _known_facts(case, applicant) | _worded(facts or {})
    missing = {str(p) for p in ALLOWED[kind]} - set(known) - {str(Placeholder.PROTOCOL)}
    if missing:
        raise MissingFactError(f"{kind}: {', '.join(sorted(missing))}")
    year = to_local(now).year
    number = _next_number(year)
    protocol = f"{year}/{number:06d}"
    known[Placeholder.PROTOCOL] = protocol
    text = get_letter_template(kind)
    subject = _shorten(fill(text.subject, known))
    body = fill(text.body, known)
    is_signed = kind is not LetterKind.RECEIPT and actor.id not in (None, case.applicant_id)
    sheet = _sheet(
        subject=subject,
        body=body,
        protocol=protocol,
        at=now,
        recipient=_recipient_lines(case, applicant),
        signature=_signature(actor, case) if is_signed else (OFFICE, SIGNED_BY_PORTAL),
    )
    letter = Letter(
        case_id=case.id,
        kind=kind,
        at=now,
        author_id=actor.id if is_signed else None,
        protocol_year=year,
        protocol_number=number,
        subject=subject,
        body=body,
        file_id=_store(sheet, protocol, now).id,
    )
    session().add(letter)
    session().flush()
    mail_letter(letter=letter, case=case, reader=applicant)
    return letter


def render_sample(*, subject: str, body: str) -> bytes:
    """Return the PDF of a letter of this text about an invented request; nothing is kept."""
    sheet = _sheet(
        subject=_shorten(fill(subject, SAMPLE_FACTS)),
        body=fill(body, SAMPLE_FACTS),
        protocol=SAMPLE_FACTS[Placeholder.PROTOCOL],
        at=utc_now(),
        recipient=(SAMPLE_FACTS[Placeholder.APPLICANT],),
        signature=(SAMPLE_FACTS[Placeholder.OFFICER], SIGNED_BY_OFFICER),
    )
    return render_pdf("letter.typ", sheet, made_at=utc_now())


def _sheet(
    *,
    subject: str,
    body: str,
    protocol: str,
    at: datetime,
    recipient: tuple[str, ...],
    signature: tuple[str, ...],
) -> dict[str, object]:
    """Return what `letter.typ` makes its page from."""
    with force_locale(LETTERS_LANGUAGE):
        day = format_day(at)
    return {
        "labels": dict(WORDS_OF_THE_SHEET),
        "municipality": MUNICIPALITY,
        "office": OFFICE,
        "footer": list(FOOTER),
        "protocol": protocol,
        "place_and_date": f"{PLACE}, {day}",
        "recipient": list(recipient),
        "subject": subject,
        "paragraphs": paragraphs_of(body),
        "signature": list(signature),
    }


def _known_facts(case: Case, applicant: Recipient) -> dict[str, str]:
    officer = get_recipient(case.officer_id).name if case.officer_id else NO_OFFICER
    known: dict[str, Fact] = {
        Placeholder.ASSOCIATION: case.on_behalf_of or case.title,
        Placeholder.APPLICANT: applicant.name,
        Placeholder.CASE: case.case_number,
        Placeholder.RECEIVED_ON: case.received_on,
        Placeholder.DUE_ON: case.due_on,
        Placeholder.OFFICER: officer,
        Placeholder.OFFICE: OFFICE,
        Placeholder.OBSERVATIONS: NO_OBSERVATIONS,
        Placeholder.ANSWER: case.observations_answer or NO_ANSWER,
    }
    if case.reason:
        known[Placeholder.REASON] = case.reason
    return _worded(known)


def _worded(facts: Mapping[str, Fact]) -> dict[str, str]:
    with force_locale(LETTERS_LANGUAGE):
        return {
            str(name): format_day(fact) if isinstance(fact, date) else str(fact)
            for name, fact in facts.items()
        }


def _next_number(year: int) -> int:
    """Return the next number of the year; whoever else wants one waits until this is committed."""
    counter = ProtocolCounter.__table__
    statement = insert(counter).values(year=year, last_number=1)  # type: ignore[arg-type] # typed as any selectable
    number = session().scalar(
        statement.on_conflict_do_update(
            index_elements=[counter.c.year],
            set_={"last_number": counter.c.last_number + 1},
        ).returning(counter.c.last_number)
    )
    if number is None:
        raise LookupError(year)
    return number


def _shorten(subject: str) -> str:
    line = " ".join(subject.split())
    if len(line) <= LONGEST_LETTER_SUBJECT:
        return line
    return line[: LONGEST_LETTER_SUBJECT - 1].rstrip() + "…"


def _recipient_lines(case: Case, applicant: Recipient) -> tuple[str, ...]:
    return (applicant.name, *((f"per {case.on_behalf_of}",) if case.on_behalf_of else ()))


def _signature(actor: Actor, case: Case) -> tuple[str, ...]:
    return (actor.name, SIGNED_BY_OFFICER if actor.id == case.officer_id else OFFICE)


def _store(sheet: Mapping[str, object], protocol: str, at: datetime) -> StoredFile:
    return store_made(
        name=f"Lettera {protocol.replace('/', '-')}.pdf",
        content=render_pdf("letter.typ", sheet, made_at=at),
    )
