"""Receipts of proposals written down at the desk: the number, what comes next, the code."""

from portal.core.clock import utc_now
from portal.core.documents import render_pdf
from portal.core.mail import absolute_url
from portal.core.templating import format_day, format_moment
from portal.laboratories.queries import ProposalDetail
from portal.moderation.queries import CaseRow

TEMPLATE = "counter_receipt.typ"
WHAT_COMES_NEXT = (
    "L’ufficio legge la proposta e risponde entro la data indicata: la pubblica, chiede di"
    " sistemare qualcosa, o spiega perché non può."
)


def proposal_receipt(
    proposal: ProposalDetail, case: CaseRow, *, code: str | None, clerk: str
) -> bytes:
    """Return the receipt of a recorded proposal as PDF/UA.

    It says the number and the day by which the office answers (Law 241/1990, art. 18-bis), and,
    for who has no account, the code with which the proposal becomes theirs.
    """
    now = utc_now()
    pairs = [
        ["Proposta", proposal.title],
        ["Laboratorio", proposal.laboratory_title],
        ["Numero", case.case_number],
        ["Consegnata il", format_day(case.received_on)],
        ["Risposta entro il", format_day(case.due_on)],
    ]
    words = [WHAT_COMES_NEXT]
    if code is not None:
        pairs.append(["Codice", code])
        words.append(
            "Vuoi seguirla da te? Entra nel portale, apri"
            f" {absolute_url('laboratories.show_claim_form')} e scrivi il codice: la proposta"
            " diventa tua. Il codice vale una volta sola, tienilo per te."
        )
    sheet = {
        "title": "Ricevuta di una proposta",
        "area": "laboratori e accordi",
        "hue": "#00665e",
        "name": proposal.author,
        "pairs": pairs,
        "words": words,
        "made": f"Scritta allo sportello da {clerk}, {format_moment(now)}.",
    }
    return render_pdf(TEMPLATE, sheet, made_at=now)
