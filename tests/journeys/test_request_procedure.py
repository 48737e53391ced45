"""A request that takes the long way: completed, told why not, answered, and accepted after all."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_request_to_approval import (
    CLERK,
    decides,
    opens_the_case,
    paper,
    tax_code,
    writes_the_first_step,
    writes_the_other_steps,
)

pytestmark = pytest.mark.xdist_group("journeys")

ASKED = "Lo statuto è illeggibile a pagina 2: mandane una copia nitida."
WHY_NOT = "Lo statuto non dice che l’associazione è senza scopo di lucro."
OBSERVATIONS = "Lo dice l’articolo 4: «non ha scopo di lucro»."


def test_a_request_is_completed_questioned_answered_and_accepted(
    make_visitor, make_person, numbers
):
    number = 5_000_000_000 + next(numbers)
    name = f"Coro del Cortile {number} (inventato)"
    email = make_person("Gina Prova")
    citizen, clerk = make_visitor(), make_visitor(1280)
    citizen.signs_in(email, OWN_PASSWORD)
    writes_the_first_step(citizen, name, tax_code(number))
    citizen.presses("Continua")
    writes_the_other_steps(citizen, email)
    citizen.presses("Invia la richiesta")
    citizen.reads("L’abbiamo ricevuta", "È nel protocollo con il n. ")

    clerk.signs_in(CLERK)
    opens_the_case(clerk, name)
    decides(clerk, "ask_integration", ASKED)
    clerk.reads("Il tempo è fermo")

    citizen.reads_newest_mail(email, name)
    citizen.follows_mail_link("/registro/richieste/")
    citizen.reads(ASKED, "Puoi correggere la richiesta")
    citizen.follows("Completa e invia di nuovo")
    citizen.goes_to("/registro/richiesta/documenti")
    citizen.main.locator("[name=bylaws]").set_input_files(paper("statuto nitido.pdf"))
    citizen.presses("Continua")
    citizen.reads("statuto nitido.pdf")
    citizen.writes(note="Ecco la copia nitida.")
    citizen.presses("Invia di nuovo")
    citizen.reads("L’abbiamo ricevuta")

    opens_the_case(clerk, name)
    clerk.reads("statuto nitido.pdf", "Ecco la copia nitida.")
    expect(clerk.main.locator("[name=decision][value=ask_integration]")).to_be_disabled()
    expect(clerk.main.locator("[name=decision][value=refuse]")).to_be_disabled()
    decides(clerk, "give_notice", WHY_NOT)

    citizen.goes_to("/area-personale/")
    citizen.main.get_by_role("link", name=name).first.click()
    citizen.reads(WHY_NOT, "preavviso di rigetto")
    citizen.writes(answer=OBSERVATIONS)
    citizen.presses("Manda le mie osservazioni")

    opens_the_case(clerk, name)
    clerk.reads(OBSERVATIONS)
    decides(clerk, "accept", "L’articolo 4 basta: benvenute.")
    citizen.goes_to("/area-personale/")
    citizen.main.get_by_role("link", name=name).first.click()
    citizen.reads("L’articolo 4 basta: benvenute.", "Vai alla")
