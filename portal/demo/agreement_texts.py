"""What the demo's agreements say: invented, but as long and as plain as real ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.laboratories.states import BudgetSource, PartyKind, SheetFamily

CITIZEN, SPOKESPERSON = "cittadina@example.org", "associazione@example.org"
SAMIRA, PAOLO, IVANA = (
    "samira.prova@example.org",
    "paolo.prova@example.org",
    "ivana.prova@example.org",
)


@dataclass(frozen=True)
class DemoSheet:
    """A project sheet."""

    title: str
    family: SheetFamily
    texts: dict[str, str]
    parties: Sequence[tuple[PartyKind, str, str]]
    """Kind, name, what they do; the association is the demo's own."""
    budget: Sequence[tuple[BudgetSource, str, int]]
    """Source, for what, cents."""
    indicators: Sequence[tuple[str, str, int]]
    """What is counted, its unit, how much."""
    proposals: Sequence[str] = ()
    """Titles of those it comes from."""


@dataclass(frozen=True)
class DemoReport:
    """What a party told about its commitment, so many days ago."""

    days_ago: int
    text: str
    says_done: bool = False


@dataclass(frozen=True)
class DemoCommitment:
    """What a party takes on."""

    kind: PartyKind
    title: str
    due: int
    """Days from today."""
    indicator: str
    name: str = ""
    speaks: str | None = None
    """E-mail of who reports for it."""
    sheet: int | None = None
    """Which of the sheets, from 0."""
    reports: Sequence[DemoReport] = ()
    late_because: str | None = None


@dataclass(frozen=True)
class DemoCourse:
    """How a laboratory came to its agreement; days are counted back from today."""

    laboratory: str
    title: str
    summary: str
    texts: dict[str, str]
    sheets: Sequence[DemoSheet]
    commitments: Sequence[DemoCommitment]
    resolution: str
    feasible: int
    """The day its listening ended; the rest follows in the order of the fields."""
    sharing: int
    shared: int
    approval: int
    approved: int
    opened: int
    signers: Sequence[str]
    """E-mail addresses; the association signs by its spokesperson."""
    on_paper: Sequence[tuple[str, bool]] = ()
    """Name, and whether by initials."""
    in_force: int | None = None
    """None: it can still be signed."""
    ends: int = 300
    sign_until: int | None = None


ORTI = DemoCourse(
    laboratory="orti",
    title="Tra due quartieri: coltivare, cucinare, stare insieme",
    summary="Tre orti, una cucina di quartiere e un anno di sabati: chi fa che cosa, entro quando.",
    texts={
        "premises": "Il Comune e chi firma credono che prendersi cura dei luoghi comuni sia un modo"
        " di prendersi cura delle persone.",
        "context": "Santa Croce e Pieve Modolena hanno tre orti vicini e una cucina usata un giorno"
        " alla settimana. Chi coltiva ha troppe zucchine, chi cucina le compra.",
        "needs": "Un posto dove incontrarsi il sabato. Acqua negli orti d’estate. Qualcuno che apra"
        " e chiuda la cucina.",
        "objectives": "La cucina aperta due giorni alla settimana. Gli orti con l’acqua da maggio a"
        " settembre. Cinquanta persone che imparano qualcosa dai vicini.",
        "key_project": "Il pane del sabato: si impasta alle otto, si mangia a mezzogiorno.",
    },
    sheets=(
        DemoSheet(
            "Il pane del sabato",
            SheetFamily.COMMUNITY_CARE,
            {
                "contents": "Ogni sabato mattina la cucina di quartiere è aperta a chi vuole"
                " imparare a fare il pane. Quattro fornaie insegnano, chi viene porta il pane a"
                " casa.",
                "aims": "Far incontrare chi sa e chi vuole imparare.",
                "actions": "Corso di quattro sabati, poi forno aperto.\nUna festa del pane a"
                " giugno.",
                "times": "Da ottobre a giugno, il sabato dalle 8 alle 13.",
                "spaces": "La cucina di quartiere e il cortile.",
                "contact": "Chi guida il laboratorio",
            },
            (
                (PartyKind.MUNICIPALITY, "", "Apre la cucina, paga luce e acqua."),
                (PartyKind.ASSOCIATION, "", "Insegna, compra la farina dei primi due mesi."),
            ),
            (
                (BudgetSource.MUNICIPALITY, "Luce, acqua, pulizie", 3_200_00),
                (BudgetSource.PARTNERS, "Farina e lievito", 600_00),
                (BudgetSource.VOLUNTEER_WORK, "Ore delle fornaie", 2_400_00),
            ),
            (("Sabati di forno aperto", "sabati", 32), ("Persone che imparano", "persone", 50)),
            ("Il pane del sabato nella cucina di quartiere",),
        ),
        DemoSheet(
            "Acqua e ombra negli orti",
            SheetFamily.CITY_CARE,
            {
                "contents": "Due punti d’acqua e una pergola nei tre orti di confine.",
                "aims": "Coltivare anche d’estate, e fermarsi a parlare all’ombra.",
                "actions": "Allaccio dell’acqua.\nPergola costruita insieme in due domeniche.",
                "times": "Entro la fine di maggio.",
                "spaces": "I tre orti tra i due quartieri.",
                "contact": "Chi guida il laboratorio",
            },
            (
                (PartyKind.MUNICIPALITY, "", "Porta l’acqua."),
                (PartyKind.GROUP, "Vicine e vicini degli orti", "Costruisce la pergola."),
            ),
            (
                (BudgetSource.MUNICIPALITY, "Due allacci", 7_800_00),
                (BudgetSource.SPONSORS, "Legname", 900_00),
            ),
            (("Punti d’acqua", "punti", 2), ("Domeniche di lavoro insieme", "domeniche", 2)),
        ),
    ),
    commitments=(
        DemoCommitment(
            PartyKind.MUNICIPALITY,
            "Portare l’acqua negli orti",
            -20,
            "due punti d’acqua aperti",
            sheet=1,
            reports=(DemoReport(60, "Il primo punto d’acqua è aperto."),),
            late_because="Per il secondo punto mancava il permesso di passare sotto la strada: è"
            " arrivato, i lavori finiscono entro il mese.",
        ),
        DemoCommitment(
            PartyKind.MUNICIPALITY,
            "Aprire la cucina anche il sabato",
            -200,
            "cucina aperta il sabato dalle 8 alle 13",
            sheet=0,
            reports=(DemoReport(205, "Da oggi la cucina è aperta anche il sabato.", True),),
        ),
        DemoCommitment(
            PartyKind.ASSOCIATION,
            "Insegnare a fare il pane",
            60,
            "32 sabati",
            sheet=0,
            reports=(
                DemoReport(150, "Nove sabati, ventidue persone."),
                DemoReport(30, "Ventiquattro sabati, quarantuno persone."),
            ),
        ),
        DemoCommitment(
            PartyKind.GROUP,
            "Costruire la pergola",
            -60,
            "pergola in piedi",
            name="Vicine e vicini degli orti",
            speaks=PAOLO,
            sheet=1,
            reports=(DemoReport(75, "In piedi! Due domeniche, diciannove persone.", True),),
        ),
        DemoCommitment(
            PartyKind.GROUP,
            "Tenere in ordine gli attrezzi",
            80,
            "inventario due volte l’anno",
            name="Vicine e vicini degli orti",
            speaks=PAOLO,
            sheet=1,
        ),
    ),
    resolution="112",
    feasible=347,
    sharing=330,
    shared=322,
    approval=300,
    approved=294,
    opened=290,
    signers=(SPOKESPERSON, PAOLO, SAMIRA, CITIZEN),
    on_paper=(("Maria Inventata", True),),
    in_force=280,
    ends=80,
)

OROLOGIO = DemoCourse(
    laboratory="orologio",
    title="Orologio e Regina Pacis: un quartiere che si incontra",
    summary="Doposcuola, una strada più sicura e la sala riaperta: l’accordo si può firmare.",
    texts={
        "premises": "Un quartiere è di chi lo attraversa, di chi ci cresce e di chi ci invecchia.",
        "context": "La sala piccola del centro sociale è chiusa da due anni. Davanti alla scuola si"
        " attraversa in fretta.",
        "needs": "Compiti fatti insieme. Attraversare senza paura. Un posto per incontrarsi.",
        "objectives": "Tre pomeriggi di doposcuola. Un attraversamento rifatto. La sala riaperta.",
        "key_project": "Compiti e merenda: tre pomeriggi alla settimana nella sala riaperta.",
    },
    sheets=(
        DemoSheet(
            "Compiti e merenda",
            SheetFamily.COMMUNITY_CARE,
            {
                "contents": "Doposcuola nella sala riaperta, tre pomeriggi alla settimana, con chi"
                " ha tempo e pazienza. La merenda la portano a turno le famiglie.",
                "aims": "Che nessuno resti indietro, e che i grandi si conoscano.",
                "actions": "Riaprire la sala.\nTrovare dodici volontarie e volontari.",
                "times": "Da ottobre a giugno.",
                "spaces": "La sala piccola del centro sociale.",
                "contact": "Chi guida il laboratorio",
            },
            (
                (PartyKind.MUNICIPALITY, "", "Riapre la sala."),
                (PartyKind.ASSOCIATION, "", "Tiene il doposcuola."),
                (PartyKind.SCHOOL, "Scuola primaria inventata", "Segnala chi ha bisogno."),
            ),
            (
                (BudgetSource.MUNICIPALITY, "Doposcuola", 6_000_00),
                (BudgetSource.VOLUNTEER_WORK, "Ore di chi aiuta nei compiti", 4_500_00),
            ),
            (("Ragazze e ragazzi", "persone", 25), ("Pomeriggi", "pomeriggi", 90)),
            ("Compiti e merenda nella sala piccola",),
        ),
        DemoSheet(
            "A piedi, al sicuro",
            SheetFamily.CITY_CARE,
            {
                "contents": "L’attraversamento davanti alla scuola rifatto e illuminato; una linea"
                " di Pedibus.",
                "aims": "Arrivare a scuola a piedi, tutti i giorni.",
                "actions": "Lavori sulla strada.\nDue accompagnatori per ogni mattina.",
                "times": "Entro settembre.",
                "spaces": "La via della scuola.",
                "contact": "Chi guida il laboratorio",
            },
            (
                (PartyKind.MUNICIPALITY, "", "Rifà l’attraversamento."),
                (PartyKind.GROUP, "Vicine e vicini di Regina Pacis", "Accompagna il Pedibus."),
            ),
            ((BudgetSource.MUNICIPALITY, "Attraversamento e luci", 48_000_00),),
            (("Bambine e bambini del Pedibus", "persone", 16),),
        ),
    ),
    commitments=(
        DemoCommitment(
            PartyKind.MUNICIPALITY,
            "Rifare l’attraversamento davanti alla scuola",
            240,
            "lavori finiti",
            sheet=1,
        ),
        DemoCommitment(
            PartyKind.MUNICIPALITY, "Riaprire la sala piccola", 60, "sala aperta", sheet=0
        ),
        DemoCommitment(
            PartyKind.ASSOCIATION,
            "Doposcuola, tre pomeriggi alla settimana",
            300,
            "90 pomeriggi",
            sheet=0,
        ),
        DemoCommitment(
            PartyKind.GROUP,
            "Pedibus, una linea",
            200,
            "16 bambine e bambini",
            name="Vicine e vicini di Regina Pacis",
            speaks=IVANA,
            sheet=1,
        ),
        DemoCommitment(
            PartyKind.SCHOOL,
            "Un’aula per le riunioni, una volta al mese",
            300,
            "10 riunioni",
            name="Scuola primaria inventata",
        ),
    ),
    resolution="41",
    feasible=118,
    sharing=96,
    shared=88,
    approval=40,
    approved=20,
    opened=12,
    signers=(SAMIRA,),
    ends=340,
    sign_until=25,
)

COURSES = (ORTI, OROLOGIO)
