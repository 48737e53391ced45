"""The portal's own words of each letter, from `templates/documents/letters/`.

A file is the subject, a blank line, the body. Letters are acts of the municipality, so they are in
Italian whatever language the reader's pages have; staff may write others (`LetterTemplate`). Each
legal word is explained where it stands, and each letter says what the law asks of it: Law
241/1990, articles 2, 3, 8 and 10-bis.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.config import PROJECT_ROOT
from portal.moderation.states import LetterKind

TEXTS = PROJECT_ROOT / "templates" / "documents" / "letters"
LETTERS_LANGUAGE = "it"
WORDS_OF_THE_SHEET: Mapping[str, str] = {
    "page": "Pagina",
    "protocol": "Protocollo",
    "subject": "Oggetto",
}

MUNICIPALITY = "Comune di Reggio Emilia"
OFFICE = "Ufficio Città collaborativa"
PLACE = "Reggio Emilia"
FOOTER = (
    f"{MUNICIPALITY} · {OFFICE}",
    "Puoi leggere questa lettera e tutta la pratica nella tua area personale del portale.",
)
SIGNED_BY_OFFICER = "Responsabile del procedimento"
SIGNED_BY_PORTAL = "Lettera scritta dal portale"

NO_OFFICER = "chi dirige l’ufficio, finché una persona non la prende in carico"
"""Law 241/1990, art. 5, paragraph 2: until somebody is assigned, whoever heads the unit."""
NO_OBSERVATIONS = "Non ci sono arrivate osservazioni."
NO_ANSWER = "Nel termine che avevi non ci sono arrivate osservazioni a cui rispondere."


@dataclass(frozen=True)
class LetterText:
    """Subject and body of a letter, with placeholders."""

    subject: str
    body: str


def _read(kind: LetterKind) -> LetterText:
    written = (TEXTS / f"{kind}.txt").read_text(encoding="utf-8")
    subject, body = written.strip().split("\n\n", 1)
    return LetterText(subject, body)


DEFAULT_TEXTS: Mapping[LetterKind, LetterText] = {kind: _read(kind) for kind in LetterKind}

SAMPLE_FACTS: Mapping[str, str] = {
    "associazione": "Amici inventati di una via inventata APS",
    "richiedente": "Anna Prova",
    "numero": "2026/000118",
    "pratica": "2026-42",
    "ricevuta_il": "9 novembre 2026",
    "termine": "9 dicembre 2026",
    "motivo": "Nello statuto che ci hai mandato manca la pagina con le firme."
    "\n\nMandaci il documento intero.",
    "entro": "24 dicembre 2026",
    "giorni": "30",
    "osservazioni": "La pagina con le firme è in fondo al documento.",
    "risposta": "Abbiamo guardato di nuovo: in fondo al documento le firme non ci sono.",
    "responsabile": "Carla Prova",
    "ufficio": OFFICE,
}
"""Invented, for the preview."""
