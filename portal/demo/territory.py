"""The territory of Reggio Emilia, from the files beside."""

import csv
import json
from datetime import date
from pathlib import Path

from portal.territory.services import (
    load_districts,
    load_municipalities,
    load_municipality_aliases,
)
from portal.territory.topojson import read_outlines

DATA = Path(__file__).parent / "data"
DISTRICTS_VALID_FROM = date(2023, 1, 1)


def load_demo_territory() -> None:
    """Write the 42 municipalities of the province, their boundaries, and the city's districts."""
    boundaries = (DATA / "limits_P_35_municipalities.topo.json").read_text(encoding="utf-8")
    with (DATA / "comuni_provincia_RE.csv").open(encoding="utf-8", newline="") as file:
        load_municipalities(
            names={row["codice_istat"]: row["denominazione"] for row in csv.DictReader(file)},
            outlines=read_outlines(json.loads(boundaries), code_property="com_istat_code"),
        )
    load_demo_aliases()
    ambiti = json.loads((DATA / "ambiti_reggio_emilia.json").read_text(encoding="utf-8"))["ambiti"]
    districts = {code.lower(): (f"Ambito {code}", names) for code, names in ambiti.items() if names}
    # The ninth: its neighbourhoods were not found in the sources.
    districts["centro"] = ("Centro storico", [])
    load_districts(districts=districts, valid_from=DISTRICTS_VALID_FROM)


def load_demo_aliases() -> None:
    """Write how the national register spells the municipalities, and those of before."""
    with (DATA / "alias_comuni_RE.csv").open(encoding="utf-8", newline="") as file:
        load_municipality_aliases(
            aliases={row["come_scritto"]: row["codice_istat"] for row in csv.DictReader(file)}
        )
