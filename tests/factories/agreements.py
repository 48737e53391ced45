"""Agreements for tests, made by the services as the desk makes them."""

from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import from_local, frozen, local_today, utc_now
from portal.core.database import db
from portal.core.files import store_made
from portal.laboratories.models import Agreement, AgreementDocument, Commitment, Laboratory
from portal.laboratories.queries import signing as queries
from portal.laboratories.services import agreements, amendments, commitment_drafts, force, signing
from portal.laboratories.services.draft_marks import mark_draft
from portal.laboratories.states import CommitmentState, PartyKind, Phase, SheetState
from portal.permissions import Role
from tests.factories.files import PDF
from tests.factories.laboratories import make_laboratory
from tests.factories.laboratory_rows import key, make_sheet
from tests.factories.people import actor_of, make_user

IN_FORCE = "vigore"
"""Address of the laboratory of the world whose agreement is in force."""


def days_before_end(agreement: Agreement, days: int) -> AbstractContextManager[None]:
    """Hold the clock at noon of that day: so many days from now may be another day in summer."""
    return frozen(from_local(datetime.combine(agreement.ends_on - timedelta(days), time(12))))


def make_clerk() -> Actor:
    """Store somebody of the office."""
    return actor_of(make_user(name="Carla Ufficio", roles=(Role.STAFF,)))


def make_shared(
    clerk: Actor,
    spokesperson: int | None = None,
    laboratory: Laboratory | None = None,
    words: str = "",
    **content: Any,
) -> Agreement:
    """Store a draft everybody reads, with one sheet and a commitment of two parties.

    `spokesperson`: the account that signs for the group of neighbours. `words` stand in every
    text.
    """
    laboratory = laboratory or make_laboratory(phase=Phase.SIGNATURE)
    today = local_today()
    facts = {
        "title": f"Un quartiere che si incontra {words}".strip(),
        "premises": f"Perche\u0301 insieme. {words}".strip(),
        "starts_on": today,
        "ends_on": today + timedelta(days=365),
        **content,
    }
    agreement = agreements.start_agreement(
        actor=clerk, laboratory_id=laboratory.id, content=agreements.AgreementContent(**facts)
    )
    sheet = make_sheet(
        laboratory, state=SheetState.SHARED, contents=f"Cortili aperti la sera. {words}"
    )
    agreements.choose_sheets(
        actor=clerk, agreement_id=agreement.id, version=agreement.version, sheet_ids=[sheet.id]
    )
    parties = (
        (PartyKind.MUNICIPALITY, "", None),
        (PartyKind.GROUP, f"Vicine di casa {words}".strip(), spokesperson),
    )
    for kind, name, user_id in parties:
        commitment_drafts.add_commitment(
            actor=clerk,
            agreement_id=agreement.id,
            form_key=key(),
            content=commitment_drafts.CommitmentContent(
                party_kind=kind, party_name=name, user_id=user_id,
                title=f"Riaprire la sala {words}".strip(), details=words or None,
                indicator=words or None, due_on=today + timedelta(days=90),
            ),
        )  # fmt: skip
    return agreements.share_agreement(actor=clerk, agreement_id=agreement.id)


def make_open(clerk: Actor, **content: Any) -> Agreement:
    """Store an agreement that can be signed."""
    agreement = make_shared(clerk, **content)
    agreements.approve_agreement(
        actor=clerk, agreement_id=agreement.id, version=agreement.version,
        seen=mark_draft(agreement.id), number="41",
        approved_on=local_today(),
    )  # fmt: skip
    return agreements.open_for_signature(actor=clerk, agreement_id=agreement.id)


def wish(
    agreement: Agreement, kind: PartyKind = PartyKind.PERSON, **more: Any
) -> signing.SignatureContent:
    """Return what somebody sends who has read the newest text."""
    sha256 = queries.get_newest_version(agreement.id).sha256
    return signing.SignatureContent(kind=kind, seen_sha256=more.pop("seen", sha256), **more)


def make_in_force(clerk: Actor, citizen: Actor, **facts: Any) -> Agreement:
    """Store an agreement the municipality and a citizen have signed."""
    agreement = make_open(clerk, **facts)
    municipality = wish(agreement, PartyKind.MUNICIPALITY, role_words="assessora")
    signing.sign_agreement(actor=clerk, agreement_id=agreement.id, content=municipality, leads=True)
    signing.sign_agreement(actor=citizen, agreement_id=agreement.id, content=wish(agreement))
    return force.enter_into_force(actor=clerk, agreement_id=agreement.id)


def make_world_agreements(
    people: dict[str, User], district: str, words: str
) -> dict[str, dict[str, Any]]:
    """Store a draft, one to be signed, one it renews that is being changed and accounted for.

    Returned are their values in addresses.
    """
    clerk, owner = actor_of(people["staff"]), actor_of(people["owner"])
    drafted, signable, changing = (
        make_laboratory(title=title, districts=(district,), phase=phase)
        for title, phase in (
            ("Bozza", Phase.SIGNATURE),
            ("Firma", Phase.SIGNATURE),
            (IN_FORCE.title(), Phase.EVALUATION),
        )
    )
    facts: dict[str, Any] = {"spokesperson": people["owner"].id, "words": words}
    draft = make_shared(clerk, laboratory=drafted, **facts)
    to_sign = make_open(clerk, laboratory=signable, **facts)
    _store_document(to_sign)
    changed = make_in_force(clerk, owner, laboratory=changing, **facts)
    content = amendments.AmendmentContent(changes=f"Una sala in più {words}", ends_on=_end(changed))
    amendments.start_amendment(actor=clerk, agreement_id=changed.id, content=content)
    entry = amendments.add_amended_commitment(
        agreement_id=changed.id,
        form_key=key(),
        content=commitment_drafts.CommitmentContent(
            party_kind=PartyKind.SCHOOL,
            party_name=f"Scuola {words}",
            title=f"Aprire la palestra {words}",
            due_on=local_today(),
        ),
    )
    changed.account_words, changed.account_published_at = f"Bene. {words}", utc_now()
    draft.renews_id = changed.id
    kept = db.session.get_one(Commitment, _last_commitment(changed))
    kept.state, kept.done_on = CommitmentState.DONE, local_today()
    db.session.commit()
    desk = {"slug": changing.slug}
    return {
        "agr-draft": {"slug": drafted.slug},
        "agr-sheet": {"slug": drafted.slug, "sheet_id": draft.sheets[0].id},
        "promise": {"slug": drafted.slug, "commitment_id": _first_commitment(draft)},
        "agr-open": {"slug": signable.slug},
        "to-sign": {"slug": to_sign.slug},
        "agr-change": desk,
        "agr-signed": {"slug": changed.slug},
        "kept": desk | {"commitment_id": kept.id},
        "agr-entry": desk | {"entry_id": entry.id},
        "agr-promise": desk | {"commitment_id": _first_commitment(changed)},
    }


def _end(agreement: Agreement) -> date:
    assert agreement.ends_on is not None
    return agreement.ends_on


def _first_commitment(agreement: Agreement) -> int:
    statement = db.select(Commitment.id).where(Commitment.agreement_id == agreement.id)
    return db.session.scalars(statement.order_by(Commitment.id).limit(1)).one()


def _last_commitment(agreement: Agreement) -> int:
    statement = db.select(Commitment.id).where(Commitment.agreement_id == agreement.id)
    return db.session.scalars(statement.order_by(Commitment.id.desc()).limit(1)).one()


def _store_document(agreement: Agreement) -> None:
    version = queries.get_newest_version(agreement.id)
    stored = store_made(name="accordo.pdf", content=PDF)
    db.session.add(
        AgreementDocument(
            version_id=version.id,
            sha256=stored.sha256,
            signatures=0,
            made_at=utc_now(),
            file_id=stored.id,
        )
    )
