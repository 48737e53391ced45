"""Laboratories and proposals as people meet them."""

import pytest

from portal.core.database import db
from portal.core.mail import MailMessage
from portal.laboratories.models import Proposal
from portal.laboratories.services import withdraw_proposal
from portal.laboratories.states import Phase, ProposalState
from portal.moderation.models import Case
from portal.moderation.states import CaseAction
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.laboratories import (
    case_of,
    decide,
    district_id_of,
    make_draft,
    make_laboratory,
    make_published,
    make_submitted,
    move_to,
)
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

HTMX = {"HX-Request": "true"}
HUGE = 10**30


def address_of(proposal: Proposal, step: str = "") -> str:
    return f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}{step}"


def proposals() -> list[Proposal]:
    return list(db.session.scalars(db.select(Proposal).order_by(Proposal.id)))


def said(response) -> str:
    return texts(parse(response.text))


WRITTEN = {
    "title": "Una panchina all’ombra",
    "text": "Davanti alla fermata non ci si siede.",
    "what_i_offer": "La vernice.",
    "place_words": "via della Prova",
    "on_behalf_of": "io",
}


# --- laboratories


def test_the_list_puts_what_is_decided_now_first(client):
    make_laboratory(title="In cammino", phase=Phase.SHARING)
    make_laboratory(title="Aperto")
    page = said(client.get("/laboratori/"))
    assert page.index("Si decide ora") < page.index("Aperto fino a") < page.index("In cammino")


def test_an_empty_list_says_what_to_expect(client):
    assert "Qui, per ora, nessun laboratorio" in said(client.get("/laboratori/"))
    filtered = client.get("/laboratori/?q=niente&ambito=a")
    assert "Vedi tutti i laboratori" in said(filtered)


def test_filters_give_the_same_results_alone_and_in_the_page(client):
    make_laboratory(title="Il parco")
    make_laboratory(title="La piazza", districts=("d",))
    alone = client.get("/laboratori/?ambito=d", headers=HTMX)
    assert alone.text.lstrip().startswith('<section id="results"')
    assert 'data-total="1"' in alone.text
    assert "La piazza" in alone.text
    assert "Il parco" not in alone.text
    assert alone.text.strip() in client.get("/laboratori/?ambito=d").text


def test_the_page_says_where_the_laboratory_is_and_until_when(client):
    laboratory = make_laboratory()
    page = client.get(f"/laboratori/{laboratory.slug}")
    assert "Fase 1 di 7: ascolto." in said(page)
    assert "Proponi un’idea" in said(page)
    assert 'aria-current="step"' in page.text


@pytest.mark.parametrize(
    ("made", "reason", "words"),
    [
        ({"phase": Phase.SIGNATURE}, "closed", "Proponi un’idea: era aperto fino a"),
        ({"opens_in": 2, "closes_in": 9}, "not_open_yet", "Proponi un’idea: si apre"),
        ({"opens_in": -9, "closes_in": -2}, "closed", "Proponi un’idea: era aperto fino a"),
    ],
)
def test_what_is_not_open_says_when_instead_of_a_button(client, made, reason, words):
    laboratory = make_laboratory(**made)
    page = client.get(f"/laboratori/{laboratory.slug}")
    assert f'data-reason="{reason}"' in page.text
    assert words in said(page)
    assert "/proposte/nuova" not in page.text
    client.sign_in(make_user())
    form = client.get(f"/laboratori/{laboratory.slug}/proposte/nuova")
    assert form.status_code == 409
    assert f'data-reason="{reason}"' in form.text


def test_an_unknown_laboratory_is_not_found(client):
    for path in ("/laboratori/nessuno", "/laboratori/nessuno/proposte/", "/laboratori/%00%27"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "pagina=999999999",
        "pagina=-1",
        "q=%00%E2%80%AE'",
        "ordina=x&chi=y",
        "ambito=zz",
        "q=" + "a " * 80,
    ],
)
def test_odd_addresses_are_pages(client, query):
    laboratory = make_laboratory()
    make_published(laboratory, make_user())
    for path in (
        "/laboratori/",
        f"/laboratori/{laboratory.slug}",
        f"/laboratori/{laboratory.slug}/proposte/",
    ):
        for headers in ({}, HTMX):
            assert client.get(f"{path}?{query}", headers=headers).status_code == 200


# --- who reads what


def test_a_published_proposal_shows_a_first_name_and_an_initial(client):
    proposal = make_published(make_laboratory(), make_user(name="Anna Segreta"))
    for path in (
        address_of(proposal),
        f"/laboratori/{proposal.laboratory.slug}",
        "/laboratori/parco-della-prova/proposte/",
    ):
        page = client.get(path)
        assert "Anna S." in said(page)
        assert "Segreta" not in page.text


def test_what_the_office_wrote_is_the_authors_alone(client):
    author = make_user()
    proposal = decide(
        make_submitted(make_laboratory(), author), CaseAction.ACCEPT, reason="Solo per te."
    )
    assert "Solo per te." not in client.get(address_of(proposal)).text
    client.sign_in(make_user())
    assert "Solo per te." not in client.get(address_of(proposal)).text
    client.sign_in(author)
    page = said(client.get(address_of(proposal)))
    assert "Solo per te." in page
    assert "Pubblicata dall’ufficio" in page


@pytest.mark.parametrize("action", [None, CaseAction.RETURN, CaseAction.REFUSE])
def test_what_is_not_public_is_its_authors_and_the_offices(client, action):
    author = make_user()
    proposal = make_submitted(make_laboratory(), author)
    if action:
        decide(proposal, action)
    path = address_of(proposal)
    assert client.get(path).status_code == 404
    readers = {
        make_user(): 404,
        make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("d")): 404,
        make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("h")): 200,
        make_user(roles=(Role.STAFF,)): 200,
        make_user(roles=(Role.ADMINISTRATOR,)): 200,
        author: 200,
    }
    for reader, status in readers.items():
        client.sign_in(reader)
        assert client.get(path).status_code == status, reader.role_assignments


def test_a_draft_is_its_authors_alone(client):
    author = make_user()
    proposal = make_draft(make_laboratory(), author)
    for reader in (None, make_user(roles=(Role.STAFF,)), make_user(roles=(Role.ADMINISTRATOR,))):
        if reader:
            client.sign_in(reader)
        assert client.get(address_of(proposal)).status_code == 404
    client.sign_in(author)
    assert client.get(address_of(proposal)).status_code == 200


def test_a_proposal_has_one_address(client):
    proposal = make_published(make_laboratory(), make_user())
    other = make_laboratory(title="Altro")
    assert client.get(f"/laboratori/{other.slug}/proposte/{proposal.id}").status_code == 404
    assert client.get(f"/laboratori/{proposal.laboratory.slug}/proposte/{HUGE}").status_code == 404


def test_a_proposal_taken_back_leaves_a_trace_and_no_text(client):
    author = make_user(name="Anna Prova")
    proposal = make_published(make_laboratory(), author, text="Testo privato.")
    withdraw_proposal(actor=actor_of(author), proposal_id=proposal.id)
    db.session.commit()
    page = client.get(address_of(proposal))
    assert page.status_code == 200
    assert "Chi l’ha scritta ha ritirato questa proposta" in said(page)
    assert "Testo privato." not in page.text
    assert "Anna P." not in page.text
    client.sign_in(author)
    assert "Testo privato." in client.get(address_of(proposal)).text


@pytest.mark.parametrize("step", ["/modifica", "/riepilogo"])
def test_only_the_author_opens_the_form(client, step):
    proposal = make_draft(make_laboratory(), make_user())
    path = address_of(proposal, step)
    anonymous = client.get(path)
    assert anonymous.status_code == 303
    assert "/accedi?next=" in anonymous.location
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("step", ["/modifica", "/invia", "/ritira"])
def test_only_the_author_changes_a_proposal(client, step):
    public = make_published(make_laboratory(), make_user())
    draft = make_draft(public.laboratory, make_user())
    client.sign_in(make_user())
    for proposal in (public, draft):
        answer = client.submit(address_of(proposal, step), {**WRITTEN, "version": "1"})
        assert answer.status_code == 404
    assert public.state is ProposalState.PUBLISHED


# --- writing


def test_the_button_of_a_visitor_leads_to_sign_in_and_back(client):
    laboratory = make_laboratory()
    answer = client.get(f"/laboratori/{laboratory.slug}/proposte/nuova")
    assert answer.status_code == 303
    assert answer.location == f"/accedi?next=/laboratori/{laboratory.slug}/proposte/nuova"


def test_a_proposal_is_written_read_again_and_sent(client):
    author = make_user(name="Anna Prova")
    laboratory = make_laboratory()
    client.sign_in(author)
    new = f"/laboratori/{laboratory.slug}/proposte/nuova"
    assert client.get(new).status_code == 200
    written = client.submit(new, {**WRITTEN, "passo": "riepilogo", "form_key": "b" * 32})
    [proposal] = proposals()
    assert (written.status_code, written.location) == (303, address_of(proposal, "/riepilogo"))
    review = client.get(written.location)
    for words in ("Una panchina all’ombra", "La vernice.", "via della Prova", "Anna P."):
        assert words in said(review)
    sent = client.submit(address_of(proposal, "/invia"), {"version": str(proposal.version)})
    assert (sent.status_code, sent.location) == (303, address_of(proposal))
    page = said(client.get(sent.location))
    assert "La tua proposta è inviata" in page
    assert "In esame" in page
    assert "risponde entro" in page
    db.session.expire_all()
    assert proposals()[0].state is ProposalState.SUBMITTED


def test_a_draft_is_saved_with_its_title_alone(client):
    laboratory = make_laboratory()
    client.sign_in(make_user())
    new = f"/laboratori/{laboratory.slug}/proposte/nuova"
    saved = client.submit(new, {"title": "Solo un titolo", "passo": "bozza"})
    [proposal] = proposals()
    assert saved.location == address_of(proposal)
    assert "Bozza salvata" in said(client.get(saved.location))
    review = client.get(address_of(proposal, "/riepilogo"))
    assert "Manca il testo." in said(review)
    assert "Invia la proposta" not in said(review)
    refused = client.submit(address_of(proposal, "/invia"), {"version": str(proposal.version)})
    assert refused.status_code == 409
    assert "Racconta la tua idea in qualche riga prima di inviarla." in said(refused)


def test_a_double_tap_on_a_new_form_is_one_draft(client):
    laboratory = make_laboratory()
    client.sign_in(make_user())
    new = f"/laboratori/{laboratory.slug}/proposte/nuova"
    answers = [
        client.submit(new, {**WRITTEN, "passo": "bozza", "form_key": "c" * 32}) for _ in range(2)
    ]
    assert len(proposals()) == 1
    assert answers[0].location == answers[1].location


def test_a_double_tap_on_send_is_one_case_and_one_mail(client):
    author = make_user()
    proposal = make_draft(make_laboratory(), author)
    client.sign_in(author)
    version = str(proposal.version)
    answers = [client.submit(address_of(proposal, "/invia"), {"version": version}) for _ in "12"]
    assert [a.status_code for a in answers] == [303, 303]
    assert db.session.scalar(db.select(db.func.count(Case.id))) == 1
    assert db.session.scalar(db.select(db.func.count(MailMessage.id))) == 1


HOSTILE = [
    "<script>alert(1)</script>",
    "+Europa -",
    "«Virgolette» \"doppie\" 'singole'",
    "{{ 7 * 7 }} %(num)s %s",
    "=1+1",
    "x" * 150,
]


@pytest.mark.parametrize("title", HOSTILE)
def test_odd_titles_are_shown_as_they_are(client, title):
    author = make_user(name='<b>Ada</b> "Prova"')
    client.sign_in(author)
    laboratory = make_laboratory()
    new = f"/laboratori/{laboratory.slug}/proposte/nuova"
    client.submit(new, {**WRITTEN, "title": title, "text": f"{title}\r\n\r\n{title}"})
    [proposal] = proposals()
    client.submit(address_of(proposal, "/invia"), {"version": str(proposal.version)})
    db.session.expire_all()
    decide(proposals()[0], CaseAction.ACCEPT, reason=title)
    client.sign_in(author)
    for path in (address_of(proposal), f"/laboratori/{laboratory.slug}"):
        page = client.get(path)
        assert page.status_code == 200
        assert title in said(page)
        assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"title": "  "}, "Scrivi un titolo: è la prima cosa che si legge."),
        ({"title": "x" * 151}, "Accorcia il titolo a 150 caratteri."),
        ({"text": ""}, "Racconta la tua idea in qualche riga."),
        ({"text": "x" * 5001}, "Accorcia il testo a 5000 caratteri."),
        ({"what_i_offer": "x" * 2001}, "Accorcia quello che offri a 2000 caratteri."),
        ({"place_words": "x" * 201}, "Accorcia il luogo a 200 caratteri."),
    ],
)
def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(client, changed, sentence):
    client.sign_in(make_user())
    new = f"/laboratori/{make_laboratory().slug}/proposte/nuova"
    refused = client.submit(new, {**WRITTEN, **changed})
    assert refused.status_code == 422
    assert said(refused).count(sentence) == 2
    if "title" not in changed:
        assert 'value="Una panchina all’ombra"' in refused.text
    assert proposals() == []


@pytest.mark.parametrize("text", ["zero\x00byte", "gira\u202eta"])
def test_characters_nobody_types_are_refused(client, text):
    client.sign_in(make_user())
    new = f"/laboratori/{make_laboratory().slug}/proposte/nuova"
    assert client.submit(new, {**WRITTEN, "title": text}).status_code == 422


def test_a_form_without_its_token_is_refused(client):
    client.sign_in(make_user())
    new = f"/laboratori/{make_laboratory().slug}/proposte/nuova"
    assert client.post(new, data=WRITTEN).status_code == 400
    assert proposals() == []


def test_listening_that_ends_while_writing_keeps_the_text(client):
    laboratory = make_laboratory()
    author = make_user()
    client.sign_in(author)
    draft = make_draft(laboratory, author)
    move_to(laboratory, Phase.FEASIBILITY)
    db.session.commit()
    new = f"/laboratori/{laboratory.slug}/proposte/nuova"
    for path in (new, address_of(draft, "/modifica")):
        refused = client.submit(path, {**WRITTEN, "version": str(draft.version)})
        assert refused.status_code == 409
        assert 'data-reason="closed"' in refused.text
        assert "Davanti alla fermata non ci si siede." in refused.text
    sent = client.submit(address_of(draft, "/invia"), {"version": str(draft.version)})
    assert sent.status_code == 409
    assert client.get(address_of(draft, "/modifica")).location == address_of(draft)
    assert "Le proposte erano aperte fino" in said(client.get(address_of(draft)))
    assert len(proposals()) == 1


def test_the_second_of_two_windows_is_told_and_may_still_save(client):
    author = make_user()
    proposal = make_draft(make_laboratory(), author)
    client.sign_in(author)
    path, seen = address_of(proposal, "/modifica"), str(proposal.version)
    first = client.submit(path, {**WRITTEN, "title": "Prima", "version": seen, "passo": "bozza"})
    assert first.status_code == 303
    second = client.submit(path, {**WRITTEN, "title": "Seconda", "version": seen})
    assert second.status_code == 409
    assert "In un’altra finestra è stato salvato un testo diverso" in said(second)
    assert 'value="Seconda"' in second.text
    late = client.submit(address_of(proposal, "/invia"), {"version": seen})
    assert late.status_code == 409
    assert "Intanto questa proposta è cambiata in un’altra finestra." in said(late)
    version = parse(second.text).find(".//input[@name='version']").get("value")
    third = client.submit(path, {**WRITTEN, "title": "Seconda", "version": version})
    assert third.status_code == 303
    db.session.expire_all()
    assert proposals()[0].title == "Seconda"


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 40, "١"])
def test_a_forged_version_overwrites_nothing(client, version):
    author = make_user()
    proposal = make_draft(make_laboratory(), author)
    client.sign_in(author)
    refused = client.submit(address_of(proposal, "/modifica"), {**WRITTEN, "version": version})
    assert refused.status_code == 409


def test_what_was_returned_is_mended_and_sent_again(client):
    author = make_user()
    proposal = decide(
        make_submitted(make_laboratory(), author), CaseAction.RETURN, reason="Scrivi dove."
    )
    client.sign_in(author)
    page = client.get(address_of(proposal))
    assert "Scrivi dove." in said(page)
    assert address_of(proposal, "/modifica") in page.text
    form = client.get(address_of(proposal, "/modifica"))
    assert "Scrivi dove." in said(form)
    version = parse(form.text).find(".//input[@name='version']").get("value")
    saved = client.submit(address_of(proposal, "/modifica"), {**WRITTEN, "version": version})
    review = client.get(saved.location)
    version = parse(review.text).find(".//input[@name='version']").get("value")
    client.submit(address_of(proposal, "/invia"), {"version": version})
    db.session.expire_all()
    assert proposals()[0].state is ProposalState.SUBMITTED
    page = said(client.get(address_of(proposal)))
    assert "Sistemata e inviata di nuovo" in page


def test_taking_back_asks_first_and_says_it_is_done(client):
    author = make_user()
    proposal = make_submitted(make_laboratory(), author)
    client.sign_in(author)
    assert "Ritira la proposta" in said(client.get(address_of(proposal)))
    gone = client.submit(address_of(proposal, "/ritira"))
    assert gone.status_code == 303
    assert "Hai ritirato la tua proposta." in said(client.get(gone.location))
    assert client.submit(address_of(proposal, "/ritira")).status_code == 409


# --- on whose behalf


def test_a_representative_chooses_on_whose_behalf(client):
    author = make_user(name="Bruno Prova")
    association = make_association(name="Amici della Prova (inventata)")
    make_representative(author, association)
    client.sign_in(author)
    laboratory = make_laboratory()
    new = f"/laboratori/{laboratory.slug}/proposte/nuova"
    assert "Amici della Prova (inventata)" in said(client.get(new))
    client.submit(new, {**WRITTEN, "on_behalf_of": str(association.id)})
    [proposal] = proposals()
    assert proposal.association_id == association.id
    review = said(client.get(address_of(proposal, "/riepilogo")))
    assert "Amici della Prova (inventata)" in review
    assert "così tutti leggono il tuo nome" not in review
    client.submit(address_of(proposal, "/invia"), {"version": str(proposal.version)})
    db.session.expire_all()
    decide(proposals()[0], CaseAction.ACCEPT)
    client.sign_out()
    page = client.get(address_of(proposal))
    assert "Amici della Prova (inventata)" in said(page)
    assert f"/registro/{association.slug}" in page.text
    assert "Bruno" not in page.text


@pytest.mark.parametrize("forged", ["{other}", "0", "-1", "abc", str(HUGE), "١"])
def test_a_forged_association_is_refused(client, forged):
    author = make_user()
    make_representative(author, make_association(name="La mia"))
    other = make_association(name="Di altri")
    client.sign_in(author)
    new = f"/laboratori/{make_laboratory().slug}/proposte/nuova"
    value = forged.format(other=other.id)
    refused = client.submit(new, {**WRITTEN, "on_behalf_of": value})
    assert refused.status_code == 422
    assert "Non rappresenti questa associazione" in said(refused)
    assert proposals() == []


def test_who_represents_nobody_is_not_asked(client):
    client.sign_in(make_user())
    new = f"/laboratori/{make_laboratory().slug}/proposte/nuova"
    assert "on_behalf_of" not in client.get(new).text
    written = {key: value for key, value in WRITTEN.items() if key != "on_behalf_of"}
    assert client.submit(new, written).status_code == 303


# --- the queue


def test_staff_publishes_from_the_queue(client):
    proposal = make_submitted(make_laboratory(), make_user(), title="Una fontanella")
    case = case_of(proposal)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    page = client.get(f"/gestione/coda/{case.id}")
    assert page.status_code == 200
    assert "Una fontanella" in said(page)
    assert "Davanti alla fermata non ci si siede." in said(page)
    assert address_of(proposal) in page.text


def test_the_office_goes_from_the_proposal_to_its_case(client):
    proposal = make_published(make_laboratory(), make_user())
    case = case_of(proposal)
    link = f"/gestione/coda/{case.id}"
    assert link not in client.get(address_of(proposal)).text
    client.sign_in(make_user(roles=(Role.STAFF,)))
    page = client.get(address_of(proposal))
    assert link in page.text
    assert f"Pratica {case.case_number} nella coda" in said(page)


# --- numbers


@pytest.mark.parametrize(
    ("path", "most"),
    [("/laboratori/", 6), ("/laboratori/{slug}/proposte/", 6), ("/laboratori/{slug}", 10)],
)
def test_pages_take_few_statements_however_long_the_list(client, path, most):
    author = make_user()
    laboratory = make_laboratory()
    path = path.format(slug=laboratory.slug)

    def statements() -> int:
        db.session.commit()
        with counted_sql() as sent:
            assert client.get(path).status_code == 200
        return len(sent)

    for _ in range(3):
        make_published(laboratory, author)
    client.sign_in(author)
    few = statements()
    for _ in range(22):
        make_published(laboratory, author)
        make_laboratory(districts=("d", "e"))
    client.sign_in(author)
    assert statements() == few
    assert few <= most


def test_a_proposal_takes_at_most_ten_statements(client):
    author = make_user()
    proposal = decide(make_submitted(make_laboratory(), author), CaseAction.RETURN)
    client.sign_in(author)
    addresses = [address_of(proposal, step) for step in ("", "/modifica", "/riepilogo")]
    db.session.commit()
    for address in addresses:
        with counted_sql() as sent:
            assert client.get(address).status_code == 200
        assert len(sent) <= 10, address
