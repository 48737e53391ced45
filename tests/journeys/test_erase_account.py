"""Anna takes a place and supports an idea, then erases her account and comes back as nobody."""

import pytest

from tests.journeys.accessibility import expect_well_made
from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")

ADDRESS = "/area-personale/cancella-account"


def test_an_account_is_erased_and_its_address_is_free_again(make_visitor, make_person):
    email = make_person("Serena Inventata")
    anna, phone = make_visitor(), make_visitor()
    anna.signs_in(email, OWN_PASSWORD)
    phone.signs_in(email, OWN_PASSWORD)
    anna.goes_to("/area-personale/dati")
    anna.follows("Cancella il mio account")
    anna.reads("Che cosa sparisce subito", "Che cosa resta, e perché", email)
    expect_well_made(anna)

    # Pressed by mistake: nothing happens but words.
    anna.presses("Cancella per sempre il mio account")
    anna.reads("Scrivi la tua password", "Metti la spunta")
    expect_well_made(anna)
    anna.writes(proof="non è questa davvero")
    anna.chooses("understands", "y")
    anna.presses("Cancella per sempre il mio account")
    anna.reads("Questa non è la tua password.")

    anna.writes(proof=OWN_PASSWORD)
    anna.presses("Cancella per sempre il mio account")
    anna.page.wait_for_url(lambda url: ADDRESS not in url)
    anna.reads("Il tuo account è cancellato.")
    expect_well_made(anna)
    words = anna.reads_newest_mail(email, "Il tuo account è cancellato")
    assert "Serena Inventata" in words

    # The other device is nobody's any more.
    phone.goes_to("/area-personale/")
    assert phone.path.startswith("/accedi")
    phone.goes_to("/registrati")
    phone.writes(name="Serena Nuova", email=email)
    phone.presses("Registrati")
    phone.reads_newest_mail(email, "Conferma")


def test_administrator_is_told_whom_to_hand_over_to(make_visitor):
    elio = make_visitor()
    elio.signs_in("admin@example.org")
    elio.goes_to(ADDRESS)
    elio.reads("Prima di andare", "prima dai il ruolo a un’altra persona")
    expect_well_made(elio)
    elio.follows("Dai il ruolo")
    assert elio.path.startswith("/gestione/persone")
