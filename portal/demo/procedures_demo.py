"""Invented requests to be included in every step of the procedure."""

from datetime import timedelta

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import frozen, utc_now
from portal.demo.requests_demo import CLERK, DemoRequest, ask_for_inclusion, write_answers
from portal.demo.tax_codes import demo_tax_code
from portal.moderation.queries import CaseRow, find_case_of
from portal.moderation.services import (
    ask_integration,
    decide_case,
    give_refusal_notice,
    send_observations,
    take_case,
    write_message,
    write_note,
)
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.states import AssociationKind

ASKED = "Manca il verbale con cui l’assemblea ha eletto chi vi rappresenta: caricalo qui."
DOUBTS = "Dallo statuto sembra che i soci non votino il bilancio: il registro lo chiede."


def _request(days_ago: int, number: int, person: str, name: str, description: str) -> DemoRequest:
    email = person.lower().replace(" ", ".") + "@example.org"
    written = write_answers(
        name=f"{name} (inventata)",
        tax_code=demo_tax_code(number),
        kind=AssociationKind.APS,
        areas=["cultura"],
        description=description,
        email=email,
        applicant_role="presidente",
    )
    return DemoRequest((email, person), days_ago, "d", written)


SUSPENDED = _request(
    12, 4, "Pia Prova", "Biblioteca dei Pianerottoli APS", "Un libro per scala, da prestarsi."
)
OBSERVED = _request(
    22, 5, "Leo Prova", "Società degli Aquiloni APS", "Costruiamo aquiloni, se c’è vento."
)
ARCHIVED = _request(
    75, 6, "Ada Prova", "Amici del Tram APS", "Raccontiamo il tram che in città non c’è più."
)
REFUSED = _request(
    110, 7, "Gino Prova", "Club delle Serrande APS", "Dipingiamo serrande solo dei nostri soci."
)


def seed_procedures(people: dict[str, Actor]) -> None:
    """Leave one request suspended, one with observations, one archived and one refused."""
    clerk = people[CLERK]
    _suspend(clerk)
    _observe(clerk)
    _archive(clerk)
    _refuse(clerk)


def _open(demo: DemoRequest) -> tuple[Actor, int]:
    email, name = demo.applicant
    applicant = create_account(actor=PORTAL, email=email, name=name)
    return applicant, ask_for_inclusion(applicant, demo)


def _case(request_id: int) -> CaseRow:
    case = find_case_of(CaseKind.REGISTRY_REQUEST, request_id)
    if case is None:
        raise LookupError(request_id)
    return case


def _suspend(clerk: Actor) -> None:
    applicant, request_id = _open(SUSPENDED)
    now = utc_now()
    with frozen(now - timedelta(days=9)):
        case = _case(request_id)
        take_case(actor=clerk, case_id=case.id, version=case.version)
        write_note(
            actor=clerk,
            case_id=case.id,
            body="Sentita la presidente al telefono: il verbale c’è, va solo cercato.",
        )
    with frozen(now - timedelta(days=7)):
        case = _case(request_id)
        ask_integration(actor=clerk, case_id=case.id, version=case.version, text=ASKED)
    for days_ago, actor, body in (
        (6, applicant, "Buongiorno, va bene anche il verbale scritto a mano?"),
        (5, clerk, "Certo: basta che si legga e che sia firmato."),
    ):
        with frozen(now - timedelta(days=days_ago)):
            write_message(actor=actor, case_id=case.id, body=body, is_from_office=actor is clerk)


def _observe(clerk: Actor) -> None:
    applicant, request_id = _open(OBSERVED)
    _notice(clerk, request_id, days_ago=12)
    _answer_notice(applicant, request_id, days_ago=4)


def _archive(clerk: Actor) -> None:
    _applicant, request_id = _open(ARCHIVED)
    with frozen(utc_now() - timedelta(days=70)):
        case = _case(request_id)
        ask_integration(actor=clerk, case_id=case.id, version=case.version, text=ASKED)
    _decide(
        clerk,
        request_id,
        30,
        CaseAction.ARCHIVE,
        "Non è arrivato il verbale che avevamo chiesto. Puoi fare una richiesta nuova.",
    )


def _refuse(clerk: Actor) -> None:
    applicant, request_id = _open(REFUSED)
    _notice(clerk, request_id, days_ago=100)
    _answer_notice(applicant, request_id, days_ago=95)
    _decide(
        clerk,
        request_id,
        80,
        CaseAction.REFUSE,
        "Lo statuto non dà il voto a tutti i soci.",
        answer="Una consuetudine non basta: la regola deve stare nello statuto.",
    )


def _notice(clerk: Actor, request_id: int, *, days_ago: int) -> None:
    with frozen(utc_now() - timedelta(days=days_ago)):
        case = _case(request_id)
        give_refusal_notice(actor=clerk, case_id=case.id, version=case.version, text=DOUBTS)


def _answer_notice(applicant: Actor, request_id: int, *, days_ago: int) -> None:
    with frozen(utc_now() - timedelta(days=days_ago)):
        send_observations(
            actor=applicant,
            case_id=_case(request_id).id,
            text="Il bilancio lo votiamo da sempre tutti, anche se lo statuto non lo dice.",
        )


def _decide(
    clerk: Actor,
    request_id: int,
    days_ago: int,
    action: CaseAction,
    reason: str,
    *,
    answer: str | None = None,
) -> None:
    with frozen(utc_now() - timedelta(days=days_ago)):
        case = _case(request_id)
        decide_case(
            actor=clerk,
            case_id=case.id,
            version=case.version,
            action=action,
            reason=reason,
            observations_answer=answer,
        )
