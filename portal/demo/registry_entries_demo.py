"""Invented entries of the registry in every situation, from an invented national list."""

import csv
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import frozen, local_today, utc_now
from portal.demo.requests_demo import CLERK, OWN, make_paper
from portal.demo.tax_codes import demo_tax_code
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.import_file import read_import_data
from portal.registry.queries import get_association_by_slug, profile_of
from portal.registry.services import (
    check_import_run,
    claim_association,
    import_associations,
    update_profile,
    upload_list,
)
from portal.registry.services.certified_email import set_certified_email
from portal.registry.services.changes import lock_association
from portal.registry.services.merging import merge_associations
from portal.registry.services.removals import give_removal_notice, remove_association
from portal.registry.states import RemovalCause

HEADER = (
    *("Codice fiscale", "Repertorio", "Denominazione", "Sezione", "Rappresentante legale"),
    *("Rete", "Comune sede legale", "Provincia sede legale", "5x1000", "Data iscrizione"),
)
CLAIMED = "circolo-del-tempo-ritrovato-inventata"
STALE = "banda-dei-cortili-inventata"
REMOVED = "amici-delle-lucciole-inventata"
CHANGING = "teatro-dei-portici-inventata"
KEPT, MERGED = "ricamo-di-via-della-prova-inventata", "ricamo-via-della-prova-inventata"
LISTED = (
    (11, "Circolo del Tempo Ritrovato (inventata)"),
    (12, "Banda dei Cortili (inventata)"),
    (13, "Amici delle Lucciole (inventata)"),
    (14, "Teatro dei Portici (inventata)"),
    (15, "Ricamo di via della Prova (inventata)"),
    (16, "Ricamo via della Prova (inventata)"),
)


def seed_registry_entries(people: dict[str, Actor]) -> None:
    """Write the invented entries; needs the invented association of `requests_demo`."""
    clerk = people[CLERK]
    _enter()
    _let_two_claim(clerk)
    _let_one_fall_silent(clerk)
    _let_one_move(clerk)
    with frozen(_days_ago(40)):
        remove_association(
            actor=clerk,
            association_id=_id(REMOVED),
            cause=RemovalCause.OWN_WISH,
            reason="Lo ha chiesto l’assemblea: l’associazione si è sciolta.",
        )
    _merge(clerk)
    _leave_a_list(clerk)


def _days_ago(days: int) -> datetime:
    return utc_now() - timedelta(days=days)


def _id(slug: str) -> int:
    return get_association_by_slug(slug).id


def _row(
    number: int, name: str, municipality: str = "Reggio nell'Emilia", province: str = "RE"
) -> list[str]:
    section = "ASSOCIAZIONI DI PROMOZIONE SOCIALE"
    return [
        *(demo_tax_code(number), str(900_000 + number), name, section, ""),
        *("No", municipality, province, "Si", "07/11/2022"),
    ]


def _list(*rows: list[str]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows((HEADER, *rows))
    return text.getvalue().encode()


def _enter() -> None:
    """Import a list with the listed ones, and the invented association's place in it."""
    rows = [_row(number, name) for number, name in LISTED]
    rows.append(_row(1, str(OWN.written["name"])))
    with frozen(_days_ago(560)):
        file_name = f"{local_today():%Y%m%d}_iscritti_inventati.csv"
        file = read_import_data(_list(*rows), file_name=file_name)
        import_associations(actor=PORTAL, file=file, is_applied=True)


def _claim(slug: str, email: str, name: str, role: str, evidence: str) -> tuple[Actor, int]:
    claimant = create_account(actor=PORTAL, email=email, name=name)
    claim = claim_association(
        actor=claimant,
        association_id=_id(slug),
        applicant_role=role,
        evidence=evidence,
        has_declared=True,
        uploads=[make_paper("verbale dell'assemblea")],
    )
    return claimant, claim.id


def _let_two_claim(clerk: Actor) -> None:
    with frozen(_days_ago(200)):
        set_certified_email(
            actor=clerk, association_id=_id(CLAIMED), certified_email="circolo@pec.example.org"
        )
    with frozen(_days_ago(5)):
        says = "Sono nel consiglio da marzo: il mio nome è nel verbale dell’ultima assemblea."
        _claim(CLAIMED, "rita.prova@example.org", "Rita Prova", "consigliera", says)
    with frozen(_days_ago(1)):
        says = "Sono il presidente eletto: allego il verbale."
        _claim(CLAIMED, "tullio.prova@example.org", "Tullio Prova", "presidente", says)


def _claimed(clerk: Actor, slug: str, email: str, name: str) -> Actor:
    """Let somebody claim an entry, be accepted and represent it."""
    claimant, claim_id = _claim(slug, email, name, "presidente", "Allego il verbale.")
    case = find_case_of(CaseKind.CLAIM, claim_id)
    if case is None:
        raise LookupError(slug)
    decide_case(
        actor=clerk,
        case_id=case.id,
        version=case.version,
        action=CaseAction.ACCEPT,
        reason="Il verbale lo dice.",
    )
    ids = frozenset({_id(slug)})
    return replace(claimant, association_ids=ids, managed_association_ids=ids)


def _write(actor: Actor, slug: str, **written: Any) -> None:  # noqa: ANN401 - each field of a profile has its type
    association = lock_association(_id(slug))
    update_profile(
        actor=actor,
        association_id=association.id,
        seen_version=association.version,
        values=replace(profile_of(association), **written),
    )


def _let_one_fall_silent(clerk: Actor) -> None:
    with frozen(_days_ago(470)):
        actor = _claimed(clerk, STALE, "bice.prova@example.org", "Bice Prova")
        _write(actor, STALE, description="Suoniamo nei cortili, quando c’è chi ascolta.")
    with frozen(_days_ago(6)):
        give_removal_notice(
            actor=clerk,
            association_id=_id(STALE),
            cause=RemovalCause.STALE,
            reason="Da più di un anno nessuno conferma la pagina.",
            effective_on=local_today() + timedelta(days=40),
        )


def _let_one_move(clerk: Actor) -> None:
    """Leave a change of seat in the queue."""
    with frozen(_days_ago(150)):
        actor = _claimed(clerk, CHANGING, "remo.prova@example.org", "Remo Prova")
        _write(actor, CHANGING, description="Facciamo teatro sotto i portici, anche se piove.")
    with frozen(_days_ago(3)):
        _write(actor, CHANGING, address="via della Prova 12")


def _merge(clerk: Actor) -> None:
    kept, merged = get_association_by_slug(KEPT), get_association_by_slug(MERGED)
    with frozen(_days_ago(20)):
        merge_associations(
            actor=clerk,
            survivor_id=kept.id,
            duplicate_id=merged.id,
            seen_versions=(lock_association(kept.id).version, lock_association(merged.id).version),
            taken=(),
            reason="È la stessa associazione, scritta due volte.",
        )


def _leave_a_list(clerk: Actor) -> None:
    """Leave a list that is checked and waits: of five rows one is rejected."""
    content = _list(
        _row(11, "Circolo del Tempo Ritrovato APS (inventata)"),
        _row(15, "Ricamo di via della Prova (inventata)"),
        _row(17, "Gruppo delle Merende (inventata)"),
        _row(18, "Cantiere dei Racconti (inventata)"),
        _row(19, "Ponte sul Secchia (inventata)", "Modena", "MO"),
    )
    with frozen(_days_ago(1)):
        name = f"{local_today():%Y%m%d}_iscritti_inventati.csv"
        run = upload_list(actor=clerk, file_name=name, content=content)
        check_import_run(run_id=run.id)
