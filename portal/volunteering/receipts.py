"""Receipts that the front desk prints: what a person asked for, its number, what comes next."""

from typing import Any

from portal.core.clock import utc_now
from portal.core.documents import render_pdf
from portal.core.sign_ups import SignUpState
from portal.core.templating import format_day, format_hour, format_long_day, format_moment
from portal.moderation.queries import CaseRow
from portal.volunteering.queries.counter import CounterPersonRow
from portal.volunteering.queries.enrolments import EnrolmentRow
from portal.volunteering.queries.sign_ups import SignUpRow

TEMPLATE = "counter_receipt.typ"
AFTER_ENROLMENT = (
    "L’ufficio risponde entro la data indicata. Prima ti chiama per un colloquio conoscitivo, di"
    " un quarto d’ora."
)
ABOUT_PAPERS = (
    "Al colloquio porta, se li hai, il permesso di soggiorno e il certificato di idoneità: li"
    " guardiamo e annotiamo solo fino a quando valgono."
)


def enrolment_receipt(
    person: CounterPersonRow, enrolment: EnrolmentRow, case: CaseRow, *, clerk: str
) -> bytes:
    """Return the receipt of a request to be in the register, as PDF/UA.

    It says the number and the day by which the office answers (Law 241/1990, art. 18-bis).
    """
    pairs = [
        ["Numero", case.case_number],
        ["Consegnata il", format_day(case.received_on)],
        ["Risposta entro il", format_day(case.due_on)],
    ]
    if case.officer_name:
        pairs.append(["Se ne occupa", case.officer_name])
    if enrolment.guardian is not None and enrolment.guardian.is_current:
        pairs.append(["Chi autorizza", enrolment.guardian.full_name])
    return _render(
        title="Ricevuta della domanda di iscrizione al registro dei volontari",
        name=enrolment.full_name or person.name,
        pairs=pairs,
        words=[AFTER_ENROLMENT, ABOUT_PAPERS],
        clerk=clerk,
    )


def sign_up_receipt(person: CounterPersonRow, sign_up: SignUpRow, *, clerk: str) -> bytes:
    """Return the receipt of a place in a shift, or on its waiting list, as PDF/UA."""
    has_place = sign_up.state is SignUpState.CONFIRMED
    state = "Posto confermato" if has_place else "In lista d’attesa"
    if sign_up.position:
        state += f", numero {sign_up.position}"
    hours = f"dalle {format_hour(sign_up.starts_at)} alle {format_hour(sign_up.ends_at)}"
    when = f"{format_long_day(sign_up.starts_at)}, {hours}"
    where = ", ".join(filter(None, (sign_up.place_name, sign_up.address)))
    return _render(
        title="Ricevuta di iscrizione a un turno",
        name=person.full_name or person.name,
        pairs=[
            ["Turno", sign_up.title],
            ["Quando", when],
            ["Dove", where],
            ["Stato", state],
        ],
        words=[
            "Se non puoi venire, dillo allo sportello: il posto va a chi aspetta."
            if has_place
            else "Se si libera un posto ti chiamiamo.",
        ],
        clerk=clerk,
    )  # fmt: skip


def _render(
    *, title: str, name: str, pairs: list[list[str]], words: list[str], clerk: str
) -> bytes:
    now = utc_now()
    sheet: dict[str, Any] = {
        "title": title,
        "name": name,
        "pairs": pairs,
        "words": words,
        "made": f"Fatto allo sportello da {clerk}, {format_moment(now)}.",
    }
    return render_pdf(TEMPLATE, sheet, made_at=now)
