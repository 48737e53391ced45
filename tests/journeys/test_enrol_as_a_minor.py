"""A sixteen-year-old enters the register, takes a place for it, and her mother changes her mind."""

import pytest

from portal.core.clock import local_today
from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_request_to_approval import CLERK, decides

pytestmark = pytest.mark.xdist_group("journeys")

PROJECT = "Pedibus"
ENROLMENT = "/volontariato/iscrizione"


def opens_the_shift(visitor):
    visitor.goes_to("/volontariato/?q=pedibus")
    visitor.main.locator("#results [data-id]").first.get_by_role("link", name=PROJECT).click()
    visitor.page.wait_for_url("**/volontariato/turni/*")


def says_who_she_is(visitor):
    visitor.goes_to(f"{ENROLMENT}/chi-sei")
    visitor.writes(
        full_name="Ilaria Prova", born_on=f"01/01/{local_today().year - 16}",
        birth_place="Scandiano", address="via delle Prove 3, Reggio Emilia", phone="0522 000000",
    )  # fmt: skip
    visitor.chooses("residence", "resident")
    visitor.chooses("citizenship", "italian")
    visitor.chooses("works", "no")
    visitor.presses("Continua")


def test_a_minor_enrols_with_her_mother(make_visitor, make_person, numbers):
    email = make_person("Ilaria Prova")
    mother_email = f"mamma.{next(numbers)}@example.org"
    minor, mother, clerk = make_visitor(), make_visitor(), make_visitor(1280)
    minor.signs_in(email, OWN_PASSWORD)
    opens_the_shift(minor)
    assert minor.main.get_by_role("button", name="Partecipo").count() == 0

    says_who_she_is(minor)
    minor.reads("Chi ti autorizza", "Passo 2 di 5")
    minor.writes(full_name="Marta Prova", email=mother_email)
    minor.presses("Continua")
    minor.main.locator("label:has(input[value='sat-mattina'])").click()
    minor.chooses("time_preference", "when_i_can")
    minor.presses("Continua")
    minor.writes(motivation="Mi piace accompagnare i bambini.")
    minor.presses("Salva e riprendi dopo")
    minor.goes_to(f"{ENROLMENT}/riepilogo")
    minor.reads("Marta Prova", "Mi piace accompagnare i bambini.")
    minor.chooses("has_seen", "y")
    minor.presses("Invia la domanda")
    minor.reads("In esame", "In attesa di risposta")

    mother.reads_newest_mail(mother_email, "autorizzare")
    mother.follows_mail_link("/volontariato/autorizzazione/")
    mother.presses("Autorizzo")
    mother.reads("Per autorizzare, spunta questa casella.")
    mother.chooses("declares", "y")
    mother.presses("Autorizzo")
    mother.reads("Hai dato l’autorizzazione")

    clerk.signs_in(CLERK)
    clerk.goes_to("/gestione/coda")
    clerk.follows("Ilaria Prova")
    clerk.reads("Autorizzazione data", "via delle Prove 3")
    decides(clerk, "accept", "Ti diamo il benvenuto nel registro.")

    letter = minor.reads_newest_mail(email, "registro")
    assert "numero" in letter
    opens_the_shift(minor)
    minor.presses("Partecipo")
    minor.reads("Il tuo posto è confermato")

    mother.presses("Ritiro l’autorizzazione")
    mother.reads("Questa autorizzazione non vale più")
    # The worker gives the place back, a moment later.
    for _ in range(20):
        minor.page.reload()
        if not minor.main.get_by_text("Il tuo posto è confermato").count():
            break
        minor.page.wait_for_timeout(500)
    minor.reads_nowhere("Il tuo posto è confermato")

    minor.goes_to(ENROLMENT)
    minor.follows("Lascia il registro")
    minor.reads("Non hai posti nei prossimi turni.")
    minor.presses("Lascio il registro")
    minor.reads("Hai lasciato il registro")
