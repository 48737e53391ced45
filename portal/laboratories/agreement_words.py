"""The words of the official document of an agreement: it is in Italian whoever reads it."""

from collections.abc import Mapping

TEXT_HEADINGS: Mapping[str, str] = {
    "premises": "Premesse",
    "context": "Contesto",
    "needs": "Bisogni",
    "objectives": "Obiettivi",
    "key_project": "Progetto chiave",
}
SHEET_HEADINGS: Mapping[str, str] = {
    "contents": "In che cosa consiste",
    "aims": "A che cosa serve",
    "actions": "Azioni",
    "times": "Tempi",
    "spaces": "Spazi",
}
FAMILIES: Mapping[str, str] = {
    "community_care": "Cura della comunità",
    "city_care": "Cura della città",
}
SOURCES: Mapping[str, str] = {
    "municipality": "Comune",
    "region": "Regione",
    "partners": "Chi collabora",
    "sponsors": "Sponsor",
    "volunteer_work": "Lavoro volontario",
    "other": "Altro",
}
MODES: Mapping[str, str] = {"online": "online", "paper": "su carta"}
PERSON_ROLE = "per sé"
MUNICIPALITY_ROLE = "per il Comune"
