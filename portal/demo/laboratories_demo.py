"""Five invented laboratories in real neighbourhoods, and what invented people propose there."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import uuid4

from portal.accounts.services import create_account
from portal.core.access import PORTAL, Actor
from portal.core.clock import frozen, local_today, utc_now
from portal.demo.agreements_demo import seed_agreements
from portal.demo.answers_demo import seed_answers
from portal.demo.meetings_demo import seed_meetings
from portal.demo.sheet_talk_demo import SHARED_SINCE, seed_shared_sheet
from portal.laboratories.models import Laboratory, Proposal
from portal.laboratories.queries.neighbourhoods import list_neighbourhoods_of
from portal.laboratories.services import (
    LaboratoryContent,
    PhaseContent,
    ProposalContent,
    advance_phase,
    create_laboratory,
    default_phases,
    start_proposal,
    submit_proposal,
    withdraw_proposal,
)
from portal.laboratories.states import ProposalCategory
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.registry.queries import find_represented
from portal.territory.queries import list_districts

CITIZEN, SPOKESPERSON = "cittadina@example.org", "associazione@example.org"
CLERK, ARCHITECT = "operatore@example.org", "architetta@example.org"
NEIGHBOURS = {
    "samira.prova@example.org": "Samira Prova",
    "paolo.prova@example.org": "Paolo Prova",
    "ivana.prova@example.org": "Ivana Prova",
}
"""Further invented people; without a password nobody signs in as them."""


@dataclass(frozen=True)
class DemoLaboratory:
    """A laboratory, with days counted from today."""

    key: str
    title: str
    summary: str
    description: str
    districts: tuple[str, ...]
    opened: int
    until: int
    planned: tuple[int, ...] = ()
    """When the phases after the first are to begin."""


@dataclass(frozen=True)
class DemoProposal:
    """A proposal, handed in and decided so many days ago."""

    laboratory: str
    author: str
    title: str
    text: str
    offer: str | None
    place: str | None
    written: int
    decided: int | None = None
    """None: not decided yet."""
    decision: CaseAction = CaseAction.ACCEPT
    reason: str = ""
    is_sent: bool = True
    is_withdrawn: bool = False
    category: ProposalCategory | None = None
    neighbourhood: str | None = None
    spot: tuple[int, int] | None = None
    """On the city's map, in its units."""
    needs: str | None = None


LABORATORIES = (
    DemoLaboratory(
        "rosta",
        "Rosta Nuova: il parco di tutte le età",
        "Ombra, panchine, giochi e un posto dove stare la sera. Rosta Nuova e Belvedere decidono"
        " insieme che cosa serve al parco.",
        "Il parco c’è, ma d’estate manca l’ombra e d’inverno alle cinque è vuoto. In questo"
        " laboratorio raccogliamo bisogni e idee di chi ci abita, ci lavora o ci passa.\n\n"
        "Poi i servizi del Comune guardano costi e tempi di ognuna, e insieme scriviamo un"
        " accordo: chi fa che cosa, entro quando.",
        ("d",),
        -24,
        21,
        planned=(22, 67, 109, 139, 160, 520),
    ),
    DemoLaboratory(
        "ospizio",
        "Ospizio: strade lente intorno alla scuola",
        "Attraversare senza paura, arrivare a piedi, fermarsi a parlare davanti al cancello.",
        "Alle otto del mattino davanti alla scuola ci sono più auto che bambini. I servizi del"
        " Comune hanno risposto alle idee: adesso scriviamo insieme la scheda progetto, e ognuno"
        " può dire la sua.",
        ("e",),
        -90,
        -20,
    ),
    DemoLaboratory(
        "orti",
        "Tra due quartieri: orti, cortili e cucine",
        "Santa Croce e Pieve Modolena coltivano e cucinano insieme: si fa, e si vede a che punto"
        " siamo.",
        "Un laboratorio di due ambiti, nato da tre orti vicini e da una cucina di quartiere usata"
        " un giorno alla settimana. L’accordo è firmato: ora si realizza.",
        ("b", "h"),
        -420,
        -350,
    ),
    DemoLaboratory(
        "cortile",
        "Un cortile per quattro condomini",
        "Cene, attrezzi in comune, un cortile senza auto: l’accordo è finito, ecco che cosa ne è"
        " stato.",
        "Quattro condomini intorno a un cortile pieno di auto. Per un anno ci si è provato insieme;"
        " adesso si guarda che cosa è rimasto.",
        ("h",),
        -540,
        -480,
    ),
    DemoLaboratory(
        "orologio",
        "Orologio e Regina Pacis: un quartiere che si incontra",
        "Doposcuola, una strada più sicura e la sala del centro sociale riaperta.",
        "Dopo un anno di incontri l’accordo è scritto e approvato: adesso si può leggere e"
        " firmare.",
        ("b",),
        -200,
        -120,
    ),
)

PROPOSALS = (
    DemoProposal(
        "rosta",
        "samira.prova@example.org",
        "Il cortile della scuola aperto il pomeriggio",
        "Alle 16:30 il cancello chiude e il cortile resta vuoto. Fuori, i ragazzi giocano tra le"
        " auto. Apriamolo due pomeriggi alla settimana.\n\nServe qualcuno che apra, stia lì e"
        " chiuda. In quattro famiglie abbiamo già detto di sì.",
        "Quattro famiglie a turno, due pomeriggi alla settimana. La pulizia a fine giornata.",
        "il cortile della scuola, dal lato del parco",
        18,
        17,
        reason="Grazie: è chiara e dice già chi c’è. Da oggi la leggono tutti.",
        category=ProposalCategory.SCHOOL,
        neighbourhood="Rosta Nuova",
        spot=(478, 446),
        needs="Ai ragazzi manca un posto sicuro dove stare dopo la scuola; a chi lavora, qualcuno"
        " che apra il cancello.",
    ),
    DemoProposal(
        "rosta",
        SPOKESPERSON,
        "Letture ad alta voce sotto i tigli",
        "D’estate, il giovedì sera, leggiamo ad alta voce per chi passa. Bastano venti sedie, una"
        " presa di corrente e un permesso chiesto una volta sola.",
        "Portiamo le sedie e i libri. Leggiamo noi, e chi vuole legge con noi.",
        "il prato grande del parco",
        12,
        10,
        reason="Pubblicata. L’architetta vi cerca per la presa di corrente.",
        category=ProposalCategory.CULTURE,
        neighbourhood="Rosta Nuova",
        spot=(462, 470),
    ),
    DemoProposal(
        "rosta",
        "paolo.prova@example.org",
        "Una fontanella vicino al campetto",
        "Chi gioca beve dalle bottiglie e le lascia lì. Una fontanella costa meno delle bottiglie"
        " che raccogliamo.",
        None,
        "il campetto, dal lato del parcheggio",
        9,
        7,
        reason="Grazie, pubblicata.",
        category=ProposalCategory.SPORT,
        neighbourhood="Belvedere",
    ),
    DemoProposal(
        "rosta",
        "ivana.prova@example.org",
        "Uno scaffale di libri alla fermata",
        "Mentre aspetto l’autobus leggerei volentieri. Uno scaffale chiuso da un vetro, con i"
        " libri che abbiamo già letto.",
        "Lo tengo in ordine io, abito di fronte.",
        "la fermata davanti al parco",
        3,
    ),
    DemoProposal(
        "rosta",
        CITIZEN,
        "Una panchina all’ombra per chi va piano",
        "Dal parcheggio al centro del parco non ci si siede mai. Chi cammina piano si ferma a metà"
        " e torna indietro.",
        "Posso segnare con i vicini i punti dove serve.",
        None,
        6,
        4,
        CaseAction.RETURN,
        "È una buona idea. Per pubblicarla ci serve sapere dove: scrivi il viale o il punto del"
        " parco, poi inviala di nuovo.",
    ),
    DemoProposal(
        "rosta",
        CITIZEN,
        "Un pomeriggio di giochi da tavolo",
        "Quando piove il parco si svuota. Al centro sociale ci sono tavoli liberi:",
        None,
        None,
        1,
        is_sent=False,
    ),
    DemoProposal(
        "ospizio",
        "samira.prova@example.org",
        "Attraversamento rialzato davanti al cancello",
        "Le auto rallentano solo se la strada lo chiede. Un attraversamento rialzato, ben"
        " illuminato, proprio davanti al cancello.",
        "Sei genitori per il Pedibus, due mattine alla settimana.",
        "davanti al cancello della scuola",
        60,
        55,
        reason="Pubblicata. Ne guardiamo costi e tempi con la mobilità.",
    ),
    DemoProposal(
        "ospizio",
        "paolo.prova@example.org",
        "Buca davanti al civico 12",
        "C’è una buca da un mese, qualcuno si farà male.",
        None,
        "davanti al civico 12",
        50,
        48,
        CaseAction.REFUSE,
        "Le buche non passano dai laboratori, che preparano accordi: l’abbiamo girata alla"
        " manutenzione, che ti risponde direttamente.",
    ),
    DemoProposal(
        "ospizio",
        "ivana.prova@example.org",
        "Un cartellone con i nomi di chi va a piedi",
        "Ogni classe segna chi arriva a piedi, una volta alla settimana.",
        None,
        "atrio della scuola",
        45,
        43,
        reason="Grazie, pubblicata.",
        is_withdrawn=True,
    ),
    DemoProposal(
        "orti",
        SPOKESPERSON,
        "Il pane del sabato nella cucina di quartiere",
        "Il forno c’è e il sabato è spento. Chi sa fare il pane lo insegna a chi vuole imparare.",
        "Quattro fornaie e la farina dei primi due mesi.",
        "la cucina di quartiere",
        380,
        376,
        reason="Pubblicata, con piacere.",
    ),
    DemoProposal(
        "orologio",
        SPOKESPERSON,
        "Compiti e merenda nella sala piccola",
        "Tre pomeriggi alla settimana la sala potrebbe essere piena di compiti e di merende. Oggi"
        " è chiusa: serve qualcuno che la apra e che resti fino alle sei.",
        "Dodici di noi hanno tempo e pazienza.",
        "la sala piccola del centro sociale",
        170,
        168,
        reason="Pubblicata, grazie.",
        category=ProposalCategory.SCHOOL,
    ),
)


def seed_laboratories(people: dict[str, Actor]) -> None:
    """Write laboratories and proposals; `people` are the demo's accounts by e-mail."""
    authors = {email: _with_associations(actor) for email, actor in people.items()}
    for email, name in NEIGHBOURS.items():
        authors[email] = create_account(actor=PORTAL, email=email, name=name)
    laboratories = {demo.key: _open_laboratory(people[ARCHITECT], demo) for demo in LABORATORIES}
    for written in PROPOSALS:
        laboratory = laboratories[written.laboratory]
        _write_proposal(authors[written.author], people[CLERK], laboratory, written)
    laboratory_ids = {key: made.id for key, made in laboratories.items()}
    seed_answers(people[CLERK], laboratory_ids)
    seed_meetings(people[ARCHITECT], authors, laboratory_ids)
    for days in (18, SHARED_SINCE):
        with frozen(utc_now() - timedelta(days=days)):
            advance_phase(actor=people[ARCHITECT], laboratory_id=laboratory_ids["ospizio"])
    seed_shared_sheet(people[ARCHITECT], laboratory_ids["ospizio"])
    seed_agreements(people[ARCHITECT], authors, laboratory_ids)


def _with_associations(actor: Actor) -> Actor:
    return replace(actor, association_ids=find_represented(actor.account_id).association_ids)


def _day(days: int) -> date:
    return local_today() + timedelta(days=days)


def _open_laboratory(architect: Actor, demo: DemoLaboratory) -> Laboratory:
    codes = {district.code: district.id for district in list_districts()}
    official = default_phases(listens_from=_day(demo.opened), listens_until=_day(demo.until))
    phases = _planned(official, demo)
    with frozen(utc_now() + timedelta(days=demo.opened - 3)):
        return create_laboratory(
            actor=architect,
            content=LaboratoryContent(
                title=demo.title,
                summary=demo.summary,
                description=demo.description,
                district_ids=[codes[code] for code in demo.districts],
                architect_id=architect.id,
            ),
            phases=phases,
        )


def _planned(phases: list[PhaseContent], demo: DemoLaboratory) -> list[PhaseContent]:
    first, *later = phases
    starts = map(_day, demo.planned)
    return [first, *(replace(phase, starts_on=next(starts, None)) for phase in later)]


def _write_proposal(
    author: Actor, clerk: Actor, laboratory: Laboratory, demo: DemoProposal
) -> None:
    with frozen(utc_now() - timedelta(days=demo.written)):
        proposal = start_proposal(
            actor=author,
            laboratory_id=laboratory.id,
            form_key=uuid4().hex,
            content=ProposalContent(
                title=demo.title,
                text=demo.text,
                what_i_offer=demo.offer,
                place_words=demo.place,
                association_id=min(author.association_ids, default=None),
                category=demo.category,
                neighbourhood_id=_neighbourhood_id(laboratory, demo.neighbourhood),
                spot=demo.spot,
                needs=demo.needs,
            ),
        )
        if demo.is_sent:
            submit_proposal(actor=author, proposal_id=proposal.id, version=proposal.version)
    if demo.decided is not None:
        with frozen(utc_now() - timedelta(days=demo.decided)):
            _decide(clerk, proposal, demo)
    if demo.is_withdrawn:
        withdraw_proposal(actor=author, proposal_id=proposal.id)


def _neighbourhood_id(laboratory: Laboratory, name: str | None) -> int | None:
    rows = list_neighbourhoods_of([district.id for district in laboratory.districts])
    return next((row.id for row in rows if row.name == name), None)


def _decide(clerk: Actor, proposal: Proposal, demo: DemoProposal) -> None:
    case = find_case_of(CaseKind.PROPOSAL, proposal.id)
    if case is None:
        raise LookupError(demo.title)
    decide_case(
        actor=clerk,
        case_id=case.id,
        version=case.version,
        action=demo.decision,
        reason=demo.reason,
    )
