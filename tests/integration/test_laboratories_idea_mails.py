"""What the mails about proposing together, changing and recording say, word for word."""

from datetime import UTC, datetime

import pytest

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.laboratories.models import ProposalSupport
from portal.laboratories.services import (
    ProposalContent,
    accept_coauthorship,
    change_published,
    claim_code_of,
    claim_proposal,
    tell_supporters,
)
from portal.moderation.states import CaseAction
from portal.permissions import Role
from tests.factories.laboratories import decide, make_draft, make_laboratory, make_published
from tests.factories.people import actor_of, make_user
from tests.factories.proposals import link_of, make_asked, make_recorded

SITE = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def _in_november(database):
    with frozen(datetime(2026, 11, 20, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def author(database):
    return make_user(name="Ada Prova", email="ada@example.org")


def text_of(event: str) -> tuple[str, str, str]:
    """Return recipient, subject, and the words above the signature."""
    db.session.commit()
    mail = db.session.scalars(
        db.select(MailMessage)
        .where(MailMessage.event_key.contains(event))
        .order_by(MailMessage.id.desc())
        .limit(1)
    ).one()
    words = mail.text_body.split("\n--\n", maxsplit=1)[0].strip()
    return mail.recipient, mail.subject, words


def test_a_person_is_asked(author):
    asked = make_asked(make_draft(make_laboratory(), author), author, email="paolo@example.org")
    recipient, subject, words = text_of(f"proposal_coauthor:{asked.id}:asked")
    assert recipient == "paolo@example.org"
    assert subject == "Ada P. ti chiede di proporre insieme: Una panchina all’ombra"
    token = words.rsplit("/", 1)[1]
    assert words.replace(token, "TOKEN").replace(SITE, "") == (
        "Ada P. ti chiede di stare tra gli autori di una proposta: “Una panchina all’ombra”.\n\n"
        "È per il laboratorio “Parco della Prova” del Comune di Reggio Emilia.\n\n"
        "Leggila, poi di’ di sì o di no. Per rispondere entri con questo indirizzo; se non hai"
        " ancora un account, lo crei strada facendo.\n\n"
        "Non ne sai niente? Allora non fare niente: non succede nulla.\n\n"
        "Leggi e rispondi:\n/laboratori/inviti/TOKEN"
    )
    assert token.split(".")[0] == link_of(asked).split(".")[0]


def test_the_author_hears_who_stands_beside(author):
    draft = make_draft(make_laboratory(), author)
    asked = make_asked(draft, author, email="paolo@example.org")
    paolo = make_user(name="Paolo Rossi", email="paolo@example.org")
    accept_coauthorship(actor=actor_of(paolo), coauthor_id=asked.id)
    recipient, subject, words = text_of(f"proposal_coauthor:{asked.id}:accepted")
    assert (recipient, subject) == (
        "ada@example.org",
        "Paolo Rossi sta tra gli autori di “Una panchina all’ombra”",
    )
    assert words.replace(SITE, "") == (
        "Ciao Ada Prova,\n\n"
        "Paolo Rossi ha detto di sì: la pagina di “Una panchina all’ombra” ora nomina entrambi.\n\n"
        f"Vedi la proposta:\n/laboratori/parco-della-prova/proposte/{draft.id}"
    )


def test_who_supports_hears_of_another_text(author):
    proposal = make_published(make_laboratory(), author)
    reader = make_user(name="Ugo Prova", email="ugo@example.org")
    db.session.add(
        ProposalSupport(proposal_id=proposal.id, user_id=reader.id, supported_at=utc_now())
    )
    change_published(
        actor=actor_of(author),
        proposal_id=proposal.id,
        version=proposal.version,
        content=ProposalContent(title=proposal.title, text="Due panchine."),
    )
    tell_supporters(proposal_id=proposal.id)
    recipient, subject, words = text_of(":changed:")
    assert (recipient, subject) == ("ugo@example.org", "“Una panchina all’ombra” ora dice altro")
    assert words.replace(SITE, "") == (
        "Ciao Ugo Prova,\n\n"
        "Ada P. ha cambiato la proposta “Una panchina all’ombra”, che tu sostieni.\n\n"
        "La sua pagina mostra parola per parola che cosa è diverso. Se non ti convince più, lì"
        " puoi togliere il tuo sostegno.\n\n"
        "Guarda che cosa è cambiato:\n"
        f"/laboratori/parco-della-prova/proposte/{proposal.id}"
    )


@pytest.mark.parametrize(
    ("action", "what"),
    [
        (CaseAction.ACCEPT, "ora è pubblica."),
        (CaseAction.RETURN, "è tornata indietro: c’è qualcosa da sistemare."),
        (CaseAction.REFUSE, "non è stata pubblicata."),
    ],
)
def test_who_wrote_it_down_hears_whom_to_call(action, what):
    clerk = make_user(name="Carla Ufficio", email="carla@example.org", roles=(Role.STAFF,))
    told = make_recorded(make_laboratory(), clerk)
    decide(told, action, reason="Perché sì.")
    recipient, subject, words = text_of(":decided:")
    assert (recipient, subject) == (
        "carla@example.org",
        "Chiama Bruno Carta per “Una fontanella”",
    )
    assert words.replace(SITE, "") == (
        "Ciao Carla Ufficio,\n\n"
        f"La proposta “Una fontanella”, che hai scritto per Bruno Carta, {what}\n\n"
        "Che cosa scrive l’ufficio: Perché sì.\n\n"
        "Chi l’ha proposta non ha un account e non riceve e-mail: chiama tu. Nella pagina trovi"
        " come raggiungere chi propone.\n\n"
        f"Apri la proposta:\n/laboratori/parco-della-prova/proposte/{told.id}"
    )


def test_who_wrote_it_down_hears_that_its_author_came():
    clerk = make_user(name="Carla Ufficio", email="carla@example.org", roles=(Role.STAFF,))
    told = make_recorded(make_laboratory(), clerk)
    claim_proposal(actor=actor_of(make_user(name="Bruno Carta")), code=claim_code_of(told.id))
    recipient, subject, words = text_of(":claimed:")
    assert (recipient, subject) == (
        "carla@example.org",
        "“Una fontanella” ha ritrovato chi l’ha proposta",
    )
    assert "Bruno C. ha scritto il codice della ricevuta" in words
