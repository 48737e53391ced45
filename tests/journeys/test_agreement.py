"""An agreement: read and signed by a citizen, its copy checked, changed and signed again."""

import pytest
from playwright.sync_api import expect

from tests.factories.files import PDF
from tests.journeys.accessibility import expect_well_made
from tests.journeys.conftest import OWN_PASSWORD

pytestmark = pytest.mark.xdist_group("journeys")

ARCHITECT = "architetta@example.org"
SIGNABLE = "Orologio e Regina Pacis: un quartiere che si incontra"
IN_FORCE = "Tra due quartieri: coltivare, cucinare, stare insieme"
LABORATORY = "tra-due-quartieri-orti-cortili-e-cucine"
PRINTED_AFTER = "link => getComputedStyle(link, '::after').content"


def test_citizen_reads_and_signs_an_agreement(make_visitor, make_person):
    email = make_person("Nora Prova")
    citizen, stranger = make_visitor(), make_visitor()
    citizen.signs_in(email, OWN_PASSWORD)
    citizen.goes_to("/accordi/")
    expect_well_made(citizen)
    citizen.follows(SIGNABLE)
    page = citizen.path
    expect_well_made(citizen)
    citizen.follows("Leggi e firma")
    citizen.reads("Che cosa firmi", "Rifare l’attraversamento davanti alla scuola")
    expect_well_made(citizen)
    citizen.presses("Firma")
    citizen.reads("Spunta la casella")
    citizen.main.get_by_label("Ho letto il testo e lo firmo").check()
    citizen.presses("Firma")
    citizen.reads("Hai firmato, grazie", "Nora P.")
    citizen.goes_to(f"{page}/firma")
    citizen.main.get_by_label("Ho letto il testo e lo firmo").check()
    citizen.presses("Firma")
    citizen.reads("Questo testo è già stato firmato")
    stranger.goes_to(page)
    stranger.reads("Nora P.")
    stranger.follows("Leggilo qui")
    expect_well_made(stranger)


def test_commitments_and_sheets_of_an_agreement_are_read_both_ways(make_visitor):
    visitor = make_visitor()
    visitor.goes_to("/accordi/")
    visitor.follows(IN_FORCE)
    visitor.reads("Portare l’acqua negli orti", "Comune di Reggio Emilia")
    expect_well_made(visitor)
    visitor.follows("Il pane del sabato")
    visitor.reads("Da queste proposte", "Luce, acqua, pulizie")
    expect_well_made(visitor)
    visitor.follows("Il pane del sabato nella cucina di quartiere")
    visitor.reads("Parte della scheda progetto")
    visitor.follows("Il pane del sabato")
    visitor.follows(IN_FORCE)
    visitor.reads("firme")


def test_desk_of_sheets_and_of_a_change_is_for_everybody(make_visitor):
    architect = make_visitor()
    architect.signs_in(ARCHITECT)
    architect.goes_to("/gestione/laboratori/")
    architect.follows("Tra due quartieri: orti, cortili e cucine")
    desk = architect.path.rstrip("/")
    for page in (
        "/schede/",
        "/schede/nuova",
        "/accordo/",
        "/accordo/modifica/",
        "/accordo/modifica/testo",
    ):
        architect.goes_to(desk + page)
        expect_well_made(architect)
    architect.goes_to(f"{desk}/schede/nuova")
    architect.writes(title="Una scheda di prova")
    architect.presses("Inizia")
    architect.reads("Una scheda di prova")
    expect_well_made(architect)
    architect.writes(contents="Si prova a scrivere insieme.")
    architect.presses("Salva")
    architect.reads("Salvato.")
    architect.follows("Aggiungi soldi o lavoro")
    expect_well_made(architect)
    architect.writes(words="Matite", amount="20.000.000")
    architect.presses("Salva")
    architect.reads("Scrivi un importo da 0 a 10 milioni di euro.")
    expect_well_made(architect)
    architect.writes(amount="12,50")
    architect.presses("Salva")
    architect.reads("Matite", "12,50")
    architect.main.locator("summary", has_text="Abbandona la scheda").click()
    architect.presses("Abbandona la scheda")
    architect.reads("Fatto.")


def test_printed_text_of_an_agreement_holds_its_whole_sheets(make_visitor):
    reader = make_visitor(javascript=False)
    reader.goes_to("/accordi/")
    reader.follows(IN_FORCE)
    reader.follows("Leggilo qui")
    folded = reader.main.get_by_text("Farina e lievito")
    expect(folded).not_to_be_visible()
    reader.page.emulate_media(media="print")
    expect(folded).to_be_visible()
    expect(reader.main.get_by_role("link", name="Torna all’accordo")).not_to_be_visible()


def test_paper_says_where_it_is_found(make_visitor):
    reader = make_visitor(javascript=False)
    reader.goes_to("/accordi/")
    reader.follows(IN_FORCE)
    agreement = reader.path
    for page in ("", "/testo", "/impegni/", "/filo"):
        reader.goes_to(agreement + page)
        where = reader.main.get_by_text("Sul web:")
        expect(where).not_to_be_visible()
        reader.page.emulate_media(media="print")
        expect(where).to_be_visible()
        expect(where).to_contain_text(reader.portal.url + reader.path)
        reader.page.emulate_media(media="screen")


def test_paper_says_where_documents_and_other_sites_are(make_visitor):
    architect = make_visitor(javascript=False)
    architect.signs_in(ARCHITECT)
    architect.goes_to(f"/gestione/laboratori/{LABORATORY}/documenti")
    architect.writes(title="Piano degli orti")
    paper = {"name": "piano.pdf", "mimeType": "application/pdf", "buffer": PDF}
    architect.main.locator("[name=file]").set_input_files(paper)
    architect.presses("Aggiungi il documento")
    architect.reads("Piano degli orti")
    architect.goes_to(f"/laboratori/{LABORATORY}/documenti/")
    document = architect.main.get_by_role("link", name="Piano degli orti").first
    address = document.get_attribute("href")
    assert document.evaluate(PRINTED_AFTER) == "none"
    architect.page.emulate_media(media="print")
    assert document.evaluate(PRINTED_AFTER) == f'" ({architect.portal.url}{address})"'
    architect.goes_to("/crediti")
    licence = architect.main.get_by_role("link", name="CC BY 4.0").first
    assert licence.evaluate(PRINTED_AFTER) == f'" ({licence.get_attribute("href")})"'
