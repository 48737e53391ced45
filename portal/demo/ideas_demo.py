"""What hangs on the demo's proposals: co-authors, a changed text, documents, the counter."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from portal.accounts.queries import find_account_facts, find_user_by_email
from portal.core.access import Actor
from portal.core.clock import frozen, local_today, utc_now
from portal.demo.laboratories_demo import ARCHITECT, CITIZEN, CLERK, SPOKESPERSON
from portal.demo.requests_demo import make_paper
from portal.laboratories import queries
from portal.laboratories.queries import LaboratoryDetail, ProposalDetail
from portal.laboratories.queries.neighbourhoods import list_neighbourhoods_of
from portal.laboratories.services import (
    ProposalContent,
    RecordedPerson,
    accept_coauthorship,
    add_attachment,
    change_published,
    invite_association,
    invite_person,
    list_project,
    record_proposal,
)
from portal.laboratories.states import Origin, ProposalCategory, ProposalState
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.queries import find_represented

AUTHOR = "samira.prova@example.org"
NEIGHBOUR = "paolo.prova@example.org"
COURTYARD = "Il cortile della scuola aperto il pomeriggio"
KIOSK = (
    "Il chiosco è chiuso da due anni. Il Comune mette muri, acqua e luce; cerca chi lo apra nei"
    " fine settimana, con qualcosa da leggere e da bere."
)
TREES = (
    "Centododici alberi, ognuno con un nome da trovare. I cartellini li stampa il Comune, le"
    " passeggiate le guida chi adotta il progetto."
)
LISTED = (
    ("Il chiosco vuoto accanto al parco", KIOSK, 18),
    ("Una mappa degli alberi di Rosta Nuova", TREES, 30),
)
"""Title, text, and days from today in which it can be adopted."""


def seed_ideas(people: dict[str, Actor]) -> None:
    """Let neighbours propose together, change a text, adopt projects, and speak at the counter."""
    slug = queries.list_open_laboratories(1)[0].slug
    laboratory = queries.get_laboratory(slug)
    author, neighbour = (_actor(email) for email in (AUTHOR, NEIGHBOUR))
    _propose_together(laboratory, author, people, neighbour)
    _change_text(laboratory, author)
    _prepare_draft(laboratory, people[CITIZEN], neighbour)
    _list_projects(laboratory, people[ARCHITECT])
    _record(laboratory, people)


def _actor(email: str) -> Actor:
    user = find_user_by_email(email)
    if user is None:
        raise LookupError(email)
    return find_account_facts(user)


def _find(laboratory: LaboratoryDetail, actor: Actor, *, title: str = "") -> ProposalDetail:
    mine = queries.list_proposals_of(actor.account_id, laboratory_id=laboratory.id)
    found = next(row for row in mine if row.title == title or (not title and row.state == "draft"))
    return queries.get_proposal(actor, slug=laboratory.slug, proposal_id=found.id)


def _propose_together(
    laboratory: LaboratoryDetail, author: Actor, people: dict[str, Actor], neighbour: Actor
) -> None:
    proposal = _find(laboratory, author, title=COURTYARD)
    spokesperson = replace(
        people[SPOKESPERSON],
        association_ids=find_represented(people[SPOKESPERSON].account_id).association_ids,
    )
    with frozen(utc_now() - timedelta(days=16)):
        together = invite_association(
            actor=author,
            proposal_id=proposal.id,
            association_id=min(spokesperson.association_ids),
        )
        accept_coauthorship(actor=spokesperson, coauthor_id=together.id)
        invite_person(actor=author, proposal_id=proposal.id, email=neighbour.email or "")


def _change_text(laboratory: LaboratoryDetail, author: Actor) -> None:
    proposal = _find(laboratory, author, title=COURTYARD)
    with frozen(utc_now() - timedelta(days=9)):
        change_published(
            actor=author,
            proposal_id=proposal.id,
            version=proposal.version,
            content=ProposalContent(
                title=proposal.title,
                text=proposal.text.replace(
                    "Apriamolo due pomeriggi alla settimana.",
                    "Apriamolo il martedì e il giovedì, fino alle 18:30.",
                ),
                needs=proposal.needs,
                what_i_offer=proposal.what_i_offer,
                category=proposal.category,
                neighbourhood_id=proposal.neighbourhood_id,
                place_words=proposal.place_words,
                spot=proposal.spot,
            ),
        )


def _prepare_draft(laboratory: LaboratoryDetail, citizen: Actor, neighbour: Actor) -> None:
    draft = _find(laboratory, citizen)
    add_attachment(
        actor=citizen,
        proposal_id=draft.id,
        title="I tavoli che ci sono già",
        upload=make_paper("tavoli"),
    )
    invite_person(actor=citizen, proposal_id=draft.id, email=neighbour.email or "")


def _list_projects(laboratory: LaboratoryDetail, architect: Actor) -> None:
    for title, text, days in LISTED:
        list_project(
            actor=architect,
            laboratory_id=laboratory.id,
            form_key=uuid4().hex,
            title=title,
            text=text,
            adopt_until=local_today() + timedelta(days=days),
        )


def _record(laboratory: LaboratoryDetail, people: dict[str, Actor]) -> None:
    belvedere = next(
        row.id
        for row in list_neighbourhoods_of(laboratory.facts.district_ids)
        if row.name == "Belvedere"
    )
    with frozen(utc_now() - timedelta(days=8)):
        told = record_proposal(
            actor=people[ARCHITECT],
            laboratory_id=laboratory.id,
            form_key=uuid4().hex,
            author=RecordedPerson(Origin.PHONE, "Ines Prova", "0522 000 111, la mattina"),
            content=ProposalContent(
                title="Un corrimano sulla scala del parco",
                text="La scala dietro il campetto non ha un corrimano: chi è anziano fa il giro"
                " lungo. Ne basta uno, da un lato.",
                category=ProposalCategory.CARE,
                neighbourhood_id=belvedere,
                place_words="la scala dietro il campetto",
                spot=(492, 428),
            ),
        )
    with frozen(utc_now() - timedelta(days=6)):
        case = find_case_of(CaseKind.PROPOSAL, told.id)
        if case is None or told.state is not ProposalState.SUBMITTED:
            raise LookupError(told.title)
        decide_case(
            actor=people[CLERK],
            case_id=case.id,
            version=case.version,
            action=CaseAction.ACCEPT,
            reason="Grazie: è pubblica, e la scala la guardiamo.",
        )
    _record_sheet(laboratory, people[CLERK])


def _record_sheet(laboratory: LaboratoryDetail, clerk: Actor) -> None:
    record_proposal(
        actor=clerk,
        laboratory_id=laboratory.id,
        form_key=uuid4().hex,
        author=RecordedPerson(Origin.PAPER, "Oreste Prova", "via della Prova 3"),
        content=ProposalContent(
            title="Un’ora di silenzio la sera d’estate",
            text="Dopo le undici chi abita di fronte vorrebbe dormire.",
            place_words="il prato grande del parco",
        ),
        scans=[make_paper("foglio")],
    )
