"""An agreement of the demo that has run its course: evaluated, accounted for, closed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select

from portal.core.access import PORTAL, Actor
from portal.core.database import session
from portal.demo.agreement_texts import (
    CITIZEN,
    IVANA,
    PAOLO,
    SAMIRA,
    SPOKESPERSON,
    DemoCommitment,
    DemoCourse,
    DemoReport,
    DemoSheet,
)
from portal.demo.days import days_ago
from portal.laboratories.models import Agreement
from portal.laboratories.queries.evaluation import list_questions, mark_questions
from portal.laboratories.services import advance_phase, force
from portal.laboratories.services.evaluation import (
    answer_evaluation,
    ask_participants,
    record_paper_answer,
)
from portal.laboratories.services.final_accounts import (
    AccountContent,
    publish_account,
    save_account,
)
from portal.laboratories.states import BudgetSource, PartyKind, SheetFamily

CORTILE = DemoCourse(
    laboratory="cortile",
    title="Un cortile per quattro condomini",
    summary="Un anno di cene, attrezzi in comune e un cortile senza auto: com’è andata.",
    texts={
        "premises": "Un cortile è di chi ci si affaccia.",
        "context": "Quattro condomini, duecento persone, un cortile pieno di auto.",
        "needs": "Un posto per le sere d’estate. Conoscersi. Prestarsi le cose.",
        "objectives": "Un cortile senza auto due sere alla settimana, da maggio a settembre.",
        "key_project": "La cena del primo venerdì del mese.",
    },
    sheets=(
        DemoSheet(
            "La cena del primo venerdì",
            SheetFamily.COMMUNITY_CARE,
            {
                "contents": "Una tavola lunga in cortile: chi viene porta qualcosa.",
                "aims": "Che i vicini si conoscano per nome.",
                "actions": "Cinque cene.\nUn armadio di attrezzi da prestarsi.",
                "times": "Da maggio a settembre, il primo venerdì.",
                "spaces": "Il cortile.",
                "contact": "Chi guida il laboratorio",
            },
            (
                (PartyKind.MUNICIPALITY, "", "Dà i tavoli e il permesso."),
                (PartyKind.GROUP, "Vicine e vicini del cortile", "Prepara e rimette in ordine."),
            ),
            (
                (BudgetSource.MUNICIPALITY, "Tavoli e permessi", 1_200_00),
                (BudgetSource.VOLUNTEER_WORK, "Ore dei vicini", 1_000_00),
            ),
            (("Cene", "cene", 5), ("Persone a tavola", "persone", 60)),
        ),
    ),
    commitments=(
        DemoCommitment(
            PartyKind.MUNICIPALITY,
            "Dare i tavoli e il permesso",
            -300,
            "tavoli in cortile",
            sheet=0,
            reports=(DemoReport(310, "I tavoli sono in cortile, il permesso c’è.", True),),
        ),
        DemoCommitment(
            PartyKind.GROUP,
            "Cinque cene",
            -90,
            "cinque cene",
            name="Vicine e vicini del cortile",
            speaks=IVANA,
            sheet=0,
            reports=(
                DemoReport(200, "Due cene: la seconda sotto i portici, pioveva."),
                DemoReport(95, "Sei, non cinque: a settembre l’hanno voluta in due venerdì.", True),
            ),
        ),
        DemoCommitment(
            PartyKind.ASSOCIATION,
            "Un armadio di attrezzi da prestarsi",
            -80,
            "armadio montato",
            sheet=0,
            reports=(DemoReport(110, "Montato, con un quaderno per segnare chi prende.", True),),
        ),
    ),
    resolution="98",
    feasible=470,
    sharing=455,
    shared=450,
    approval=430,
    approved=425,
    opened=420,
    signers=(SPOKESPERSON, CITIZEN, PAOLO, SAMIRA, IVANA),
    on_paper=(("Aldo Inventato", True),),
    in_force=405,
    ends=-25,
)

ANSWERS: Sequence[tuple[str, Mapping[int, int | str]]] = (
    (SAMIRA, {1: 5, 2: 5, 3: 4, 4: "Le cene. E l’armadio degli attrezzi."}),
    (PAOLO, {1: 4, 2: 5, 3: 4, 5: "Una sera in più, e la musica fino alle undici."}),
    (
        IVANA,
        {1: 5, 2: 4, 3: 5, 4: "Adesso ci salutiamo per nome.", 5: "Togliere le auto del tutto."},
    ),
)
ON_PAPER: Sequence[Mapping[int, int | str]] = (
    {1: 4, 2: 4, 3: 2, 5: "Avvisare anche con un foglio in bacheca."},
    {1: 3, 2: 4, 3: 3},
)
WORDS = (
    "Cinque cene promesse, sei fatte. Alla prima eravamo in venti, all’ultima in settantotto: la"
    " tavola non bastava più.\n\nL’armadio degli attrezzi funziona: un trapano e una scala girano"
    " per quattro scale. Le auto in cortile il venerdì non ci sono più, gli altri giorni sì: su"
    " questo non ci siamo messi d’accordo, e ne parliamo nel prossimo laboratorio."
)


REACHED = (6, 78)
SPENT_CENTS = (1_150_00, 1_000_00)


def end_agreement(leader: Actor, people: Mapping[str, Actor], laboratory_id: int) -> None:
    """Evaluate, account for and close the agreement, as its desk would have done."""
    agreement = (
        session().scalars(select(Agreement).where(Agreement.laboratory_id == laboratory_id)).one()
    )
    with days_ago(110):
        force.tell_of_ending(actor=PORTAL, agreement_id=agreement.id)
    with days_ago(60):
        advance_phase(actor=leader, laboratory_id=laboratory_id)
        ask_participants(actor=leader, agreement_id=agreement.id)
    with days_ago(50):
        _answer(leader, people, agreement)
    with days_ago(30):
        _account(leader, agreement)
    with days_ago(20):
        force.close_agreement(actor=leader, agreement_id=agreement.id)


def _answer(leader: Actor, people: Mapping[str, Actor], agreement: Agreement) -> None:
    for email, replies in ANSWERS:
        answer_evaluation(
            actor=people[email],
            agreement_id=agreement.id,
            seen=mark_questions(list_questions(agreement.id)),
            replies=replies,
        )
    for replies in ON_PAPER:
        record_paper_answer(
            actor=leader,
            agreement_id=agreement.id,
            form_key=uuid4().hex,
            seen=mark_questions(list_questions(agreement.id)),
            replies=replies,
        )


def _account(leader: Actor, agreement: Agreement) -> None:
    [sheet] = agreement.sheets
    reached = zip(sheet.indicators, REACHED, strict=True)
    spent = zip(sheet.budget, SPENT_CENTS, strict=True)
    save_account(
        actor=leader,
        agreement_id=agreement.id,
        version=agreement.version,
        content=AccountContent(
            WORDS,
            {indicator.id: Decimal(number) for indicator, number in reached},
            {line.id: cents for line, cents in spent},
        ),
    )
    publish_account(actor=leader, agreement_id=agreement.id)
