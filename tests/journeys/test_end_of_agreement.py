"""The end of an agreement: who took part says how it went, the desk accounts for it."""

import pytest

from tests.journeys.accessibility import expect_well_made
from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.test_agreement import ARCHITECT, IN_FORCE

pytestmark = pytest.mark.xdist_group("journeys")

ENDED = "Un cortile per quattro condomini"


def test_who_took_part_says_how_it_went(make_visitor, make_person):
    email = make_person("Gaia Prova")
    person, stranger = make_visitor(), make_visitor()
    stranger.goes_to("/accordi/")
    stranger.follows(ENDED)
    expect_well_made(stranger)
    stranger.follows("Che cosa ne è stato: il rendiconto")
    stranger.reads("Cinque cene promesse, sei fatte", "6 cene", "2.150,00")
    expect_well_made(stranger)

    person.signs_in(email, OWN_PASSWORD)
    person.goes_to("/accordi/")
    person.follows(ENDED)
    page = person.path
    person.follows("Com’è andata? Chi ha preso parte risponde qui")
    person.reads("Risponde chi ha preso parte")
    expect_well_made(person)
    person.goes_to(f"/laboratori/{page.rsplit('/', 1)[1]}/partecipa")
    person.main.get_by_label("Partecipo").check()
    person.presses("Salva")
    person.goes_to(f"{page}/valutazione")
    expect_well_made(person)
    person.presses("Invia le risposte")
    person.reads("Rispondi almeno a una domanda.")
    expect_well_made(person)
    person.main.get_by_label("4: molto").first.check()
    person.writes(answer_4="Le sere di giugno.")
    person.presses("Invia le risposte")
    person.reads("Grazie: le tue risposte contano", "Hai risposto: grazie.")
    person.reads_nowhere("Le sere di giugno.")


def test_desk_walks_an_agreement_to_its_end(make_visitor):
    architect = make_visitor()
    architect.signs_in(ARCHITECT)
    architect.goes_to("/gestione/laboratori/")
    architect.follows(ENDED)
    ended = architect.path.rstrip("/")
    for page in ("fine", "domande", "risposte", "risposte/carta"):
        architect.goes_to(f"{ended}/accordo/{page}")
        expect_well_made(architect)
    architect.main.get_by_label("3: abbastanza").first.check()
    architect.presses("Trascrivi")
    architect.reads("Trascritto.")
    architect.goes_to("/accordi/")
    architect.follows(IN_FORCE)
    architect.reads("Scade il")
    architect.goes_to("/gestione/laboratori/")
    architect.follows("Tra due quartieri: orti, cortili e cucine")
    running = architect.path.rstrip("/")
    architect.goes_to(f"{running}/accordo/fine")
    architect.reads("Scade tra 80 giorni", "Non c’è ancora stato un incontro di valutazione")
    expect_well_made(architect)
    architect.follows("Scrivi il rendiconto")
    architect.writes(words="Il pane si fa.")
    amount = architect.main.locator("input[name^=spent_]").first
    amount.fill("tanto")
    architect.presses("Salva il rendiconto")
    architect.reads("Scrivi l’importo in euro")
    expect_well_made(architect)
    amount.fill("3.100,00")
    architect.presses("Salva il rendiconto")
    architect.reads("Salvato.")
    architect.follows("Apri il laboratorio del rinnovo")
    architect.reads("Prosegue dall’accordo")
    expect_well_made(architect)
