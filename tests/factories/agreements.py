"""Agreements for tests, made by the services as the desk makes them."""

from datetime import timedelta
from typing import Any

from portal.core.access import Actor
from portal.core.clock import local_today
from portal.laboratories.models import Agreement
from portal.laboratories.queries import signing as queries
from portal.laboratories.services import agreements, commitment_drafts, signing
from portal.laboratories.states import PartyKind, Phase, SheetState
from portal.permissions import Role
from tests.factories.laboratories import make_laboratory
from tests.factories.laboratory_rows import key, make_sheet
from tests.factories.people import actor_of, make_user


def make_clerk() -> Actor:
    """Store somebody of the office."""
    return actor_of(make_user(name="Carla Ufficio", roles=(Role.STAFF,)))


def make_shared(clerk: Actor, spokesperson: int | None = None, **content: Any) -> Agreement:
    """Store a draft everybody reads, with one sheet and a commitment of two parties.

    `spokesperson`: the account that signs for the group of neighbours.
    """
    laboratory = make_laboratory(phase=Phase.SIGNATURE)
    today = local_today()
    facts = {
        "title": "Un quartiere che si incontra",
        "premises": "Perche\u0301 insieme.",
        "starts_on": today,
        "ends_on": today + timedelta(days=365),
        **content,
    }
    agreement = agreements.start_agreement(
        actor=clerk, laboratory_id=laboratory.id, content=agreements.AgreementContent(**facts)
    )
    sheet = make_sheet(laboratory, state=SheetState.SHARED, contents="Cortili aperti la sera.")
    agreements.choose_sheets(
        actor=clerk, agreement_id=agreement.id, version=agreement.version, sheet_ids=[sheet.id]
    )
    parties = (
        (PartyKind.MUNICIPALITY, "", None),
        (PartyKind.GROUP, "Vicine di casa", spokesperson),
    )
    for kind, name, user_id in parties:
        commitment_drafts.add_commitment(
            actor=clerk,
            agreement_id=agreement.id,
            form_key=key(),
            content=commitment_drafts.CommitmentContent(
                party_kind=kind, party_name=name, user_id=user_id,
                title="Riaprire la sala", due_on=today + timedelta(days=90),
            ),
        )  # fmt: skip
    return agreements.share_agreement(actor=clerk, agreement_id=agreement.id)


def make_open(clerk: Actor, **content: Any) -> Agreement:
    """Store an agreement that can be signed."""
    agreement = make_shared(clerk, **content)
    agreements.approve_agreement(
        actor=clerk, agreement_id=agreement.id, version=agreement.version, number="41",
        approved_on=local_today(),
    )  # fmt: skip
    return agreements.open_for_signature(actor=clerk, agreement_id=agreement.id)


def wish(
    agreement: Agreement, kind: PartyKind = PartyKind.PERSON, **more: Any
) -> signing.SignatureContent:
    """Return what somebody sends who has read the newest text."""
    sha256 = queries.get_newest_version(agreement.id).sha256
    return signing.SignatureContent(kind=kind, seen_sha256=more.pop("seen", sha256), **more)
