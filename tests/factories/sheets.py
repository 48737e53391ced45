"""Project sheets for tests, written by the services as people write them."""

from decimal import Decimal
from typing import Any

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import db
from portal.laboratories.models import Laboratory, ProjectSheet
from portal.laboratories.services import (
    BudgetContent,
    IndicatorContent,
    PartyContent,
    add_editor,
    add_line,
    save_sheet,
    share_sheet,
    start_sheet,
)
from portal.laboratories.states import Ability, BudgetSource, PartyKind, SheetFamily
from tests.factories.laboratory_rows import key
from tests.factories.people import actor_of
from tests.factories.talk import make_section_comment

TEXTS = {
    "title": "Compiti e merenda",
    "family": SheetFamily.COMMUNITY_CARE,
    "contents": "Doposcuola tre pomeriggi alla settimana.",
    "aims": "",
    "actions": "",
    "times": "",
    "spaces": "",
    "contact": "",
}


def make_written(leader: Actor, laboratory: Laboratory, **texts: Any) -> ProjectSheet:
    """Store a draft with its texts and a line of each kind."""
    sheet = start_sheet(
        actor=leader,
        laboratory_id=laboratory.id,
        form_key=key(),
        title="Compiti",
        family=SheetFamily.COMMUNITY_CARE,
    )
    save_sheet(actor=leader, sheet_id=sheet.id, version=sheet.version, texts={**TEXTS, **texts})
    for content in (
        PartyContent(PartyKind.GROUP, "Vicine di casa", "Aiutano nei compiti."),
        BudgetContent(BudgetSource.MUNICIPALITY, "Merende", 600_00),
        IndicatorContent("Ragazze e ragazzi", "persone", Decimal(25)),
    ):
        add_line(actor=leader, sheet_id=sheet.id, content=content)
    db.session.commit()
    return sheet


def make_shared_sheet(leader: Actor, laboratory: Laboratory, **texts: Any) -> ProjectSheet:
    """Store a sheet everybody reads."""
    sheet = make_written(leader, laboratory, **texts)
    share_sheet(actor=leader, sheet_id=sheet.id)
    db.session.commit()
    return sheet


def make_world_sheets(
    people: dict[str, User], laboratory: Laboratory, words: str
) -> dict[str, dict[str, Any]]:
    """Store a draft the owner writes along in, and a shared one; their values in addresses."""
    clerk = actor_of(people["staff"])
    told = {"contents": f"Doposcuola {words}", "aims": words, "contact": words[:150]}
    draft = make_written(clerk, laboratory, **told)
    add_editor(actor=clerk, sheet_id=draft.id, email=str(people["owner"].email))
    shared = make_shared_sheet(clerk, laboratory, **told)
    # The laboratory of the world still listens; here people may talk about sheets all the same.
    listening = laboratory.phases[0]
    listening.allows = [*listening.allows, Ability.COMMENT_DRAFT]
    said = make_section_comment(shared.id, people["owner"], f"Commento {words}")
    db.session.commit()
    slug = {"slug": laboratory.slug}
    return {
        "sheet": slug | {"sheet_id": shared.id},
        "sheet-said": slug | {"sheet_id": shared.id, "comment_id": said},
        "sheet-draft": slug | {"sheet_id": draft.id},
        "sheet-line": slug | {"sheet_id": draft.id, "line_id": draft.budget[0].id},
        "sheet-pen": slug | {"sheet_id": draft.id, "user_id": people["owner"].id},
    }
