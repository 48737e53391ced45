"""The PDF of a large agreement: 20 project sheets and 100 signatories, with nothing stored."""

import json
import time
from datetime import date, timedelta
from typing import Any

from bench.results import Result, summarise
from bench.stage import Stage
from portal.core.clock import utc_now
from portal.laboratories.models import Agreement, AgreementVersion, Signature
from portal.laboratories.services.agreement_documents import render_agreement
from portal.laboratories.services.agreement_text import fingerprint
from portal.laboratories.states import PartyKind, SignatureMode

SHEETS, SIGNATORIES = 20, 100
MOST_SECONDS = 2.0
PARAGRAPH = (
    "Il cortile della scuola si apre due pomeriggi alla settimana. Chi abita intorno apre e chiude"
    " a turno, la scuola mette gli attrezzi, il Comune la luce e l’assicurazione. A fine anno si"
    " conta chi è venuto e si decide insieme se andare avanti."
)


def measure_agreement(stage: Stage, *, times: int) -> list[Result]:
    """Return how long the PDF takes."""
    with stage.app.test_request_context():
        version, signatures = make_version(), make_signatures()
        waits = []
        for number in range(times + 1):
            start = time.perf_counter()
            render_agreement(version, signatures, made_at=utc_now())
            if number:  # the first warms up
                waits.append(time.perf_counter() - start)
    name = f"PDF of {SHEETS} sheets, {SIGNATORIES} signatories"
    return [summarise(name, "s", waits, at_most=MOST_SECONDS)]


def make_version() -> AgreementVersion:
    """Return a frozen text of the size of the largest agreements; it is not stored."""
    canonical = json.dumps(_text(), sort_keys=True)
    return AgreementVersion(
        number=1,
        canonical=canonical,
        sha256=fingerprint(canonical),
        frozen_at=utc_now(),
        agreement=Agreement(slug="accordo-di-prova"),
    )


def make_signatures() -> list[Signature]:
    """Return people and bodies who signed it; they are not stored."""
    kinds = (PartyKind.PERSON, PartyKind.GROUP)
    return [
        Signature(
            kind=kinds[n % 2],
            signer_name=f"Persona{n} Inventata",
            party_name=f"Gruppo inventato {n}" if n % 2 else None,
            role_words="portavoce" if n % 2 else None,
            shows_initials=n % 4 == 0,
            mode=SignatureMode.ONLINE,
            signed_at=utc_now(),
        )
        for n in range(SIGNATORIES)
    ]


def _text() -> dict[str, Any]:
    today = date(2026, 3, 14)
    names = ("premises", "context", "needs", "objectives", "key_project")
    return {
        "title": "Un accordo grande",
        "summary": PARAGRAPH[:200],
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=365)).isoformat(),
        "resolution": {"number": "41", "on": today.isoformat()},
        "districts": [{"code": "b", "name": "Ambito B"}],
        "neighbourhoods": ["Orologio", "Regina Pacis"],
        **{name: "\n".join([PARAGRAPH] * 3) for name in names},
        "sheets": [_sheet(n) for n in range(SHEETS)],
        "budget_total_cents": 12_345_678_00,
        "commitments": [
            {
                "party": f"Parte {n}",
                "party_kind": "group",
                "title": "Aprire il cortile due pomeriggi alla settimana",
                "due_on": today.isoformat(),
                "indicator": "90 pomeriggi",
            }
            for n in range(2 * SHEETS)
        ],
    }


def _sheet(number: int) -> dict[str, Any]:
    names = ("contents", "aims", "actions", "times", "spaces")
    return {
        "title": f"Scheda {number}",
        "family": "community_care",
        **{name: "\n".join([PARAGRAPH] * 2) for name in names},
        "parties": [
            {"kind": "group", "name": f"Parte {n}", "does": PARAGRAPH[:120]} for n in range(6)
        ],
        "budget": [
            {"source": "municipality", "words": f"Spesa {n}", "cents": 1_234_56} for n in range(6)
        ],
        "indicators": [{"name": f"Conta {n}", "unit": "persone", "target": "25"} for n in range(4)],
    }
