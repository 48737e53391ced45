"""Pages of letters: their texts, previews, downloads."""

import pytest

from portal.core.database import db
from portal.moderation.letter_texts import DEFAULT_TEXTS
from portal.moderation.queries import get_letter_template
from portal.moderation.services import save_letter_template, write_letter
from portal.moderation.states import LetterKind
from portal.permissions import Role
from tests.factories.documents import read_pdf
from tests.factories.moderation import known_kinds, make_case
from tests.factories.people import actor_of, make_user

NOTICE = LetterKind.REFUSAL_NOTICE
PAGE = "/gestione/lettere/preavviso"
RIGHT = "Non possiamo, perché {motivo}\r\n\r\nRispondi entro il {entro}."
HTMX = {"HX-Request": "true"}


@pytest.fixture
def carla(client):
    user = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(user)
    return user


def sent(**changes):
    return {"version": "0", "subject": "Preavviso per {associazione}", "body": RIGHT, **changes}


def save(user, *, version=0, subject="Altro oggetto", body=RIGHT):
    save_letter_template(
        actor=actor_of(user), kind=NOTICE, seen_version=version, subject=subject, body=body
    )
    db.session.commit()


def saved():
    db.session.expire_all()
    return get_letter_template(NOTICE)


def test_list_shows_every_letter_and_who_changed_it(client, carla):
    page = client.get("/gestione/lettere/").text
    assert page.count("Testo del portale") == len(LetterKind)
    save(carla)
    page = client.get("/gestione/lettere/").text
    assert "Testo cambiato" in page
    assert "Carla Prova" in page
    assert "Oggetto: Altro oggetto" in page


@pytest.mark.parametrize(
    "address", ["ricevuta", "integrazioni", "preavviso", "accoglimento", "diniego", "archiviazione"]
)
def test_every_letter_can_be_read_and_saved_as_it_is(client, carla, address):
    page = client.get(f"/gestione/lettere/{address}").text
    assert "Anna Prova" in page
    kind = next(k for k, t in DEFAULT_TEXTS.items() if t.subject.split(" {")[0] in page)
    text = DEFAULT_TEXTS[kind]
    answer = client.submit(
        f"/gestione/lettere/{address}",
        {"version": "0", "subject": text.subject, "body": text.body},
    )
    assert answer.status_code == 303


def test_letter_that_is_none_is_404(client, carla):
    assert client.get("/gestione/lettere/altro").status_code == 404


def test_page_lists_the_words_that_are_filled_in_and_which_are_needed(client, carla):
    page = client.get(PAGE).text
    for words in ("{motivo}", "{entro}", "(necessaria)", "per esempio: 24 dicembre 2026"):
        assert words in page
    assert "{risposta}" not in page


def test_saved_text_is_what_letters_are_made_from(client, carla):
    answer = client.submit(PAGE, sent())
    assert answer.location == PAGE
    assert "\r" not in saved().body
    page = client.get(PAGE).text
    assert "Non possiamo, perché Nello statuto" in page
    assert "Testo scritto da Carla Prova" in page


def test_wrong_word_is_named_and_what_was_typed_is_kept(client, carla):
    answer = client.submit(PAGE, sent(body=f"{RIGHT} {{motivazione}}", subject="{risposta}"))
    assert answer.status_code == 422
    assert "{motivazione} non è fra le parole che completiamo noi" in answer.text
    assert "{risposta} non si sa ancora" in answer.text
    assert "{motivazione}</textarea>" in answer.text
    assert not saved().is_own


def test_text_without_what_the_law_asks_for_is_refused(client, carla):
    answer = client.submit(PAGE, sent(body="Non possiamo."))
    assert "deve dire {motivo}" in answer.text
    assert "deve dire {entro}" in answer.text


@pytest.mark.parametrize("length", [6_000, 6_001])
def test_text_has_a_length(client, carla, length):
    body = RIGHT.replace("\r\n", "\n")
    answer = client.submit(PAGE, sent(body=body + "a" * (length - len(body))))
    assert answer.status_code == (303 if length == 6_000 else 422)


def test_who_saves_second_sees_the_first_ones_text_and_keeps_their_own(client, carla):
    save(make_user(name="Dario Prova", roles=(Role.STAFF,)), subject="Di Dario")
    answer = client.submit(PAGE, sent(subject="Di Carla"))
    assert answer.status_code == 409
    assert 'data-reason="letter_template_changed"' in answer.text
    assert "Dario Prova ne ha salvato un altro" in answer.text
    assert "Di Dario" in answer.text
    assert 'value="Di Carla"' in answer.text
    assert 'name="version" type="hidden" value="1"' in answer.text
    assert saved().subject == "Di Dario"
    assert client.submit(PAGE, sent(version="1", subject="Di Carla")).status_code == 303
    assert saved().subject == "Di Carla"


def test_back_to_the_text_of_the_portal(client, carla):
    save(carla)
    assert "Butta il testo cambiato" in client.get(PAGE).text
    answer = client.submit(f"{PAGE}/testo-del-portale", {"version": "0"})
    assert answer.status_code == 409
    assert saved().is_own
    assert client.submit(f"{PAGE}/testo-del-portale", {"version": "1"}).status_code == 303
    assert saved().subject == DEFAULT_TEXTS[NOTICE].subject
    assert "Butta il testo cambiato" not in client.get(PAGE).text


def test_preview_shows_what_is_typed_and_keeps_nothing(client, carla):
    typed = sent(body=RIGHT + " <b>Ciao</b> {motivi}")
    whole = client.submit(f"{PAGE}/anteprima", typed)
    part = client.submit(f"{PAGE}/anteprima", typed, headers=HTMX)
    for answer in (whole, part):
        assert answer.status_code == 200
        assert "Rispondi entro il 24 dicembre 2026. &lt;b&gt;Ciao" in answer.text
        assert "{motivi} non è fra le parole" in answer.text
    assert part.text.lstrip().startswith('<section class="panel mt-5" id="letter-preview"')
    assert "{motivi}</textarea>" in whole.text
    assert not saved().is_own


def test_preview_on_paper_is_an_accessible_pdf_of_the_saved_text(client, carla):
    save(carla)
    answer = client.get(f"{PAGE}/anteprima.pdf")
    assert answer.mimetype == "application/pdf"
    read = read_pdf(answer.data)
    assert read.is_accessible
    assert read.title == "Altro oggetto"
    assert "Rispondi entro il 24 dicembre 2026." in read.text


def test_letter_is_read_by_whom_it_is_for_and_by_the_office(client):
    gina, carla = make_user(name="Gina Prova"), make_user(roles=(Role.STAFF,))
    with known_kinds():
        case = make_case(applicant=gina)
        letter = write_letter(actor=actor_of(carla), case=case, kind=LetterKind.RECEIPT)
    db.session.commit()
    address = f"/lettere/{letter.id}"
    for reader, status in ((gina, 200), (carla, 200), (make_user(), 404)):
        client.sign_in(reader)
        assert client.get(address).status_code == status
    client.sign_in(gina)
    answer = client.get(address)
    assert 'filename="Lettera 2026-000001.pdf"' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert read_pdf(answer.data).title == letter.subject
    for wrong in ("0", "999", str(2**63), "x"):
        assert client.get(f"/lettere/{wrong}").status_code == 404
    client.sign_out()
    assert client.get(address).location.startswith("/accedi")


def test_the_desk_leads_to_the_letters(client, carla):
    assert 'href="/gestione/lettere/"' in client.get("/gestione/").text
