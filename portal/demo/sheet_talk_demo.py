"""A project sheet of the demo that is written together, and what is said at its sections."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import uuid4

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import frozen, utc_now
from portal.core.database import session
from portal.demo.talk_demo import (
    ARCHITECT,
    CITIZEN,
    CLERK,
    IVANA,
    PAOLO,
    SAMIRA,
    Said,
    find_person,
    say,
)
from portal.laboratories.models import ProjectSheet
from portal.laboratories.services import (
    BudgetContent,
    IndicatorContent,
    LineContent,
    PartyContent,
    add_editor,
    add_line,
    comment_on_section,
    save_sheet,
    share_sheet,
    start_sheet,
)
from portal.laboratories.states import BudgetSource, PartyKind, SheetFamily, SheetSection
from portal.moderation.letter_texts import MUNICIPALITY

TITLE = "A scuola a piedi, in zona 30"
SHARED_SINCE = 7
"""Days."""

TEXTS = {
    "title": TITLE,
    "family": SheetFamily.CITY_CARE,
    "contents": "La via della scuola diventa zona 30 e il Pedibus parte da tre punti del quartiere."
    " Chi accompagna i bambini si alterna: nessuno è da solo.",
    "aims": "Arrivare a scuola a piedi senza paura, e trovarsi davanti al cancello.",
    "actions": "Segnaletica e due dossi nuovi.\nTre linee di Pedibus, due mattine alla settimana.\n"
    "Una festa della strada a maggio.",
    "times": "Dossi entro febbraio. Pedibus da marzo a giugno.",
    "spaces": "",
    "contact": "Chi guida il laboratorio",
}
LINES: tuple[LineContent, ...] = (
    PartyContent(PartyKind.MUNICIPALITY, MUNICIPALITY, "Mette i cartelli e i dossi."),
    PartyContent(PartyKind.GROUP, "Genitori del Pedibus", "Accompagnano, a turni di due."),
    BudgetContent(BudgetSource.MUNICIPALITY, "Segnaletica e dossi", 1_850_000),
    BudgetContent(BudgetSource.VOLUNTEER_WORK, "Accompagnatori, 160 ore", 240_000),
    IndicatorContent("Bambini che arrivano a piedi", "bambini", Decimal(60)),
)

TALKS: Mapping[SheetSection, tuple[Said, ...]] = {
    SheetSection.ACTIONS: (
        Said(
            PAOLO,
            "Due dossi bastano solo se sono prima e dopo il cancello, non tutti e due dallo stesso"
            " lato.",
            120,
            answers=(
                Said(
                    SAMIRA,
                    "Hai ragione: lo scriviamo nella scheda, uno per lato.",
                    100,
                ),
            ),
            useful_for=(IVANA, CITIZEN),
        ),
        Said(
            ARCHITECT,
            "La mobilità conferma: uno per lato, a venti metri dal cancello.",
            76,
        ),
    ),
    SheetSection.TIMES: (
        Said(IVANA, "Marzo è tardi: si può partire a febbraio con una linea sola?", 50),
        Said(CITIZEN, "A giugno fa già caldo alle otto: chiudiamo a maggio?", 4, is_decided=False),
    ),
    SheetSection.SPACES: (
        Said(PAOLO, "Come punto di ritrovo c’è la pensilina davanti al forno: è coperta.", 30),
    ),
}


def seed_shared_sheet(leader: Actor, laboratory_id: int) -> None:
    """Write a sheet, let a citizen write along, and share it."""
    with frozen(utc_now() - timedelta(days=SHARED_SINCE)):
        sheet = start_sheet(
            actor=leader,
            laboratory_id=laboratory_id,
            form_key=uuid4().hex,
            title=TITLE,
            family=SheetFamily.CITY_CARE,
        )
        save_sheet(actor=leader, sheet_id=sheet.id, version=sheet.version, texts=TEXTS)
        for content in LINES:
            add_line(actor=leader, sheet_id=sheet.id, content=content)
        add_editor(actor=leader, sheet_id=sheet.id, email=SAMIRA)
        share_sheet(actor=leader, sheet_id=sheet.id)


def seed_sheet_talk() -> None:
    """Let people say what they think where it belongs."""
    emails = (CITIZEN, CLERK, ARCHITECT, SAMIRA, PAOLO, IVANA)
    people = {email: find_person(email) for email in emails}
    sheet_id = session().scalars(select(ProjectSheet.id).where(ProjectSheet.title == TITLE)).one()
    for section, talk in TALKS.items():
        write = partial(comment_on_section, sheet_id=sheet_id, section=section)
        for said in talk:
            say(people, write, said)
