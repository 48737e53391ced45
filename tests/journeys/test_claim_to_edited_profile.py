"""Whoever speaks for a listed association gets its page."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_request_to_approval import CLERK, DONE, decides, opens_the_case

pytestmark = pytest.mark.xdist_group("journeys")

DESCRIPTION = "Portiamo la spesa a chi non può uscire, e ci fermiamo a chiacchierare."


def test_a_claim_is_accepted_and_the_profile_edited(make_visitor, make_person):
    email = make_person("Edda Prova")
    citizen, clerk, stranger = make_visitor(), make_visitor(1280), make_visitor()
    citizen.signs_in(email, OWN_PASSWORD)
    citizen.opens_a_page_nobody_looks_after("musica")
    profile = citizen.path
    name = citizen.page.locator("h1").inner_text()

    citizen.follows("Rivendicala")
    citizen.writes(applicant_role="presidente", evidence="Il mio nome è nell’ultimo verbale.")
    citizen.chooses("has_declared", "y")
    citizen.presses("Invia la rivendicazione")
    citizen.reads("L’abbiamo ricevuta")

    clerk.signs_in(CLERK)
    opens_the_case(clerk, name)
    clerk.reads("Il mio nome è nell’ultimo verbale.")
    decides(clerk, "accept", "Abbiamo visto il verbale: il profilo è tuo.")
    clerk.reads(DONE + name)

    citizen.reads_newest_mail(email, name)
    citizen.goes_to(profile)
    citizen.follows("Vai alla sua scrivania")
    citizen.follows("Modifica il profilo")
    citizen.writes(description=DESCRIPTION)
    citizen.chooses("areas", "cultura")
    citizen.presses("Salva il profilo")
    citizen.reads("Salvato: ora lo vedono tutti.", DESCRIPTION)

    stranger.goes_to(profile)
    stranger.reads(DESCRIPTION)
    expect(stranger.main.get_by_role("link", name="Rivendicala")).to_have_count(0)
    stranger.reads_nowhere("Edda")
