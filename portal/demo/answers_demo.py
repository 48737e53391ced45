"""What an invented office answers to the demo's proposals."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import frozen, utc_now
from portal.core.database import session
from portal.laboratories.models import Proposal
from portal.laboratories.services import AnswerContent, publish_answer, save_office
from portal.laboratories.states import AnswerOutcome

ANSWERS = (
    (
        "rosta",
        "Il cortile della scuola aperto il pomeriggio",
        4,
        AnswerContent(
            outcome=AnswerOutcome.ACCEPTED,
            office_id=0,
            headline="Sì, il cortile apre.",
            reasons="Il cortile è del Comune e ha un ingresso separato dalle aule. Restano fuori i"
            " giorni di elezioni.",
            times="da febbraio, martedì e giovedì fino alle 18:30",
            cost_cents=420_000,
            cost_words="l’anno: luce e assicurazione, già in bilancio",
            contact_name="chi guida il laboratorio",
        ),
    ),
    (
        "ospizio",
        "Attraversamento rialzato davanti al cancello",
        30,
        AnswerContent(
            outcome=AnswerOutcome.NOT_FEASIBLE,
            office_id=0,
            headline="Lì no, ma rallentiamo la via.",
            reasons="Davanti al cancello passa l’autobus di linea, che su un attraversamento"
            " rialzato non può fermarsi. Mettiamo la zona 30 e il Pedibus parte lo stesso.",
        ),
    ),
    (
        "orti",
        "Il pane del sabato nella cucina di quartiere",
        360,
        AnswerContent(
            outcome=AnswerOutcome.ACCEPTED,
            office_id=0,
            headline="Sì, dal primo sabato di ottobre.",
            reasons="Il forno è a norma e il sabato la cucina è libera.",
            times="ogni sabato mattina",
            cost_cents=0,
        ),
    ),
    (
        "orologio",
        "Compiti e merenda nella sala piccola",
        110,
        AnswerContent(
            outcome=AnswerOutcome.ACCEPTED,
            office_id=0,
            headline="Sì: riapriamo la sala.",
            reasons="La sala è del Comune e i lavori sono piccoli. Il doposcuola lo tiene chi lo"
            " propone.",
            times="da ottobre a giugno",
            cost_cents=600_000,
            cost_words="l’anno, per il doposcuola",
        ),
    ),
)
"""Laboratory, proposal, days ago, what the municipality answered."""


def seed_answers(clerk: Actor, laboratory_ids: Mapping[str, int]) -> None:
    """Answer proposals; `laboratory_ids` are the demo's laboratories by their keys."""
    office = save_office(
        actor=clerk, office_id=None, name="Ufficio inventato Scuola e strade", email=None
    )
    for laboratory_key, title, days, content in ANSWERS:
        proposal = (
            session()
            .scalars(
                select(Proposal).where(
                    Proposal.laboratory_id == laboratory_ids[laboratory_key],
                    Proposal.title == title,
                )
            )
            .one()
        )
        with frozen(utc_now() - timedelta(days=days)):
            publish_answer(
                actor=clerk,
                proposal_id=proposal.id,
                seen_answer_id=0,
                content=replace(content, office_id=office.id),
            )
