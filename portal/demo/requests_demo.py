"""An invented association with its representative, and invented people who ask to be included."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from werkzeug.datastructures import FileStorage

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import frozen, utc_now
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case, take_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.request_gaps import FIELDS_OF_STEP, NEEDED_DOCUMENTS
from portal.registry.services import (
    save_request_documents,
    save_request_step,
    submit_request,
)
from portal.registry.states import AssociationKind, DocumentKind, RequestStep
from portal.territory.queries import CITY_CODE, list_districts

SPOKESPERSON, CLERK = "associazione@example.org", "operatore@example.org"


_PAPERS = {DocumentKind.DEED: "atto costitutivo", DocumentKind.BYLAWS: "statuto"}


@dataclass(frozen=True)
class DemoRequest:
    """What an invented person asked so many days ago; the tax code belongs to nobody."""

    applicant: tuple[str, str]
    """E-mail and name."""
    days_ago: int
    district: str
    written: Mapping[str, Any]


def write_answers(**answers: object) -> dict[str, Any]:
    """Return all answers of a request; what is not given is as everybody of the demo says it."""
    nothing = {field: None for fields in FIELDS_OF_STEP.values() for field in fields}
    return {
        **nothing,
        "municipality_code": CITY_CODE,
        "is_email_public": True,
        "is_phone_public": False,
        "is_address_public": True,
        "has_declared": True,
        "purposes": "Come dice lo statuto, che è inventato: stare insieme e fare bene al rione.",
        "legal_representative": "Invento Prova",
        "officers": [{"name": "Inventa Prova", "role": "tesoriera"}],
        **answers,
    }


OWN = DemoRequest(
    (SPOKESPERSON, "Bruno Prova"),
    800,
    "d",
    write_answers(
        name="Associazione Inventata per la Demo APS",
        acronym="AID",
        tax_code="00000000018",
        kind=AssociationKind.APS,
        areas=["cultura", "sociale"],
        description=(
            "Non esistiamo: siamo qui per provare il portale. Se esistessimo, il giovedì leggeremmo"
            " ad alta voce nei cortili e il sabato sistemeremmo le panchine del parco."
        ),
        email="associazione@example.org",
        website="https://example.org/associazione-inventata",
        address="via della Prova 1",
        phone="0522 000000",
        is_phone_public=True,
        audience="Tutti, e chi è appena arrivato nel rione",
        meeting_times="Giovedì: 21–23, nel cortile che non c’è\nSabato mattina, al parco",
        applicant_role="presidente",
    ),
)

WAITING = (
    DemoRequest(
        ("nadia.prova@example.org", "Nadia Prova"),
        12,
        "e",
        write_answers(
            name="Coro dei Balconi ODV (inventata)",
            tax_code="00000000026",
            kind=AssociationKind.ODV,
            areas=["cultura"],
            description=(
                "Cantiamo dai balconi la prima domenica del mese, e insegniamo i cori a chi passa"
                " sotto."
            ),
            email="coro@example.org",
            phone="0522 000001",
            applicant_role="segretaria",
        ),
    ),
    DemoRequest(
        ("ugo.prova@example.org", "Ugo Prova"),
        3,
        "a",
        write_answers(
            name="Polisportiva Passo Lento ASD (inventata)",
            acronym="PPL",
            tax_code="00000000034",
            kind=AssociationKind.ASD,
            areas=["sport", "salute"],
            description="Camminate per chi non ha fretta: due sere la settimana, un’ora, insieme.",
            email="passolento@example.org",
            website="https://example.org/passo-lento",
            applicant_role="presidente",
        ),
    ),
)


def seed_requests(people: dict[str, Actor]) -> None:
    """Enter the invented association, and leave two requests in the queue.

    `people` are the demo's accounts by e-mail; needs the territory and the areas of activity.
    """
    spokesperson, clerk = people[SPOKESPERSON], people[CLERK]
    request_id = ask_for_inclusion(spokesperson, OWN)
    with frozen(utc_now() - timedelta(days=OWN.days_ago - 4)):
        _accept(clerk, request_id)
    for demo in WAITING:
        email, name = demo.applicant
        ask_for_inclusion(create_account(actor=PORTAL, email=email, name=name), demo)


def ask_for_inclusion(applicant: Actor, demo: DemoRequest) -> int:
    """Write and hand in a request on its day; return its id."""
    districts = {district.code: district.id for district in list_districts()}
    written = {**demo.written, "district_id": districts[demo.district]}
    with frozen(utc_now() - timedelta(days=demo.days_ago)):
        for step in RequestStep:
            save_request_step(actor=applicant, step=step, values=written)
        papers = {kind: make_paper(_PAPERS[kind]) for kind in NEEDED_DOCUMENTS}
        save_request_documents(actor=applicant, uploads=papers)
        return submit_request(actor=applicant).id


def make_paper(title: str) -> FileStorage:
    """Return a sheet that says it is invented."""
    sheet, out = Image.new("L", (827, 1169), 255), BytesIO()
    ImageDraw.Draw(sheet).text((80, 80), "Documento inventato per la demo", fill=0)
    sheet.save(out, "PDF")
    return FileStorage(BytesIO(out.getvalue()), filename=f"{title}.pdf")


def _accept(clerk: Actor, request_id: int) -> None:
    case = find_case_of(CaseKind.REGISTRY_REQUEST, request_id)
    if case is None:
        raise LookupError(request_id)
    taken = take_case(actor=clerk, case_id=case.id, version=case.version)
    decide_case(
        actor=clerk,
        case_id=case.id,
        version=taken.version,
        action=CaseAction.ACCEPT,
        reason="C’è tutto quello che serve: benvenute e benvenuti nel registro.",
    )
