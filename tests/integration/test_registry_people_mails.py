"""What the mails about people say, word for word."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.registry.people import Intervention
from portal.registry.queries import list_associations_of
from portal.registry.services import (
    accept_invitation,
    add_person_by_office,
    change_role,
    claim_with_code,
    hand_over,
    intervene,
    invite_person,
    leave_association,
    remove_person,
    send_claim_code,
)
from portal.registry.states import AssociationState, RepresentativeRole
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative

MANAGER, EDITOR = RepresentativeRole.MANAGER, RepresentativeRole.EDITOR
END = "\n\n--\nCittà collaborativa, Reggio Emilia\n"
PORTAL = "http://127.0.0.1:8000"
DESK = f"Vai alla scrivania dell’associazione:\n{PORTAL}/associazione/circolo/"


@pytest.fixture(autouse=True)
def _in_november(database):
    with frozen(datetime(2026, 11, 24, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def association(database):
    return make_association(
        name="Circolo", slug="circolo", state=AssociationState.ENROLLED,
        certified_email="circolo@pec.example.org",
    )  # fmt: skip


@pytest.fixture
def ada(association):
    person = make_user(name="Ada Prova", email="ada@example.org")
    make_representative(person, association)
    return person


@pytest.fixture
def ivo(association, ada):
    person = make_user(name="Ivo Prova", email="ivo@example.org")
    make_representative(person, association, role=EDITOR)
    return person


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Prova")


def newest_mail(email):
    db.session.commit()
    statement = select(MailMessage).where(MailMessage.recipient == email)
    mail = db.session.scalars(statement.order_by(MailMessage.id.desc()).limit(1)).one()
    body = re.sub(r"/inviti/\S+", "/inviti/…", mail.text_body)
    for paragraph in filter(None, mail.text_body.split("\n")):
        if not paragraph.startswith(("http", "--", "Vai", "Guarda", "Dove")):
            assert paragraph.replace("’", "") in mail.html_body.replace("’", "").replace(
                "&#39;", ""
            )
    assert body.endswith(END)
    return mail.subject, body.removesuffix(END)


def invited(ada, association):
    return invite_person(
        actor=actor_of(ada), association_id=association.id, email="sara@example.org", role=MANAGER
    )


def test_invitation(association, ada):
    invited(ada, association)
    assert newest_mail("sara@example.org") == (
        "Ada Prova ti invita a curare Circolo",
        (
            "Ada Prova ti invita a rappresentare Circolo sul portale Città collaborativa.\n\n"
            "Come responsabile curi la sua pagina, parli per l’associazione e decidi"
            " chi altro può.\n\n"
            "L’invito vale fino a martedì 1 dicembre. Rispondi con un account che ha questo"
            " indirizzo; se non ce l’hai, lo crei al momento.\n\n"
            "Non conosci questa associazione? Non fare nulla: non succede niente.\n\n"
            f"Guarda l’invito:\n{PORTAL}/inviti/…"
        ),
    )


def test_invitation_accepted(association, ada):
    sara = make_user(name="Sara Prova", email="sara@example.org")
    accept_invitation(
        actor=actor_of(sara), invitation_id=invited(ada, association).id, capacity="socia"
    )
    assert newest_mail(ada.email) == (
        "Sara Prova ora cura Circolo con voi",
        "Ciao Ada Prova,\n\n"
        "Sara Prova ha accettato l’invito e da adesso cura Circolo.\n\n"
        "Il ruolo è responsabile: anche questa persona decide chi altro può.\n\n" + DESK,
    )


def test_role_changed(association, ada, ivo):
    change_role(actor=actor_of(ada), association_id=association.id, user_id=ivo.id, role=MANAGER)
    assert newest_mail(ivo.email) == (
        "Il tuo ruolo per Circolo è cambiato",
        "Ciao Ivo Prova,\n\n"
        "Ada Prova ha cambiato il tuo ruolo per Circolo.\n\n"
        "Come responsabile curi la sua pagina, parli per l’associazione e decidi chi altro può.\n\n"
        + DESK,
    )


def test_person_removed(association, ada, ivo):
    remove_person(actor=actor_of(ada), association_id=association.id, user_id=ivo.id)
    assert newest_mail(ivo.email) == (
        "Non curi più Circolo",
        (
            "Ciao Ivo Prova,\n\n"
            "Ada Prova ha deciso che non curi più Circolo sul portale: da adesso non"
            " vedi più la sua"
            " scrivania.\n\n"
            "Se ti sembra sbagliato, parlane con l’associazione o dillo all’ufficio"
            " partecipazione.\n\n"
            f"Dove ci trovi:\n{PORTAL}/come-funziona#sportello"
        ),
    )


def test_person_left(association, ada, ivo):
    leave_association(actor=actor_of(ivo), association_id=association.id)
    assert newest_mail(ada.email) == (
        "Ivo Prova non cura più Circolo",
        "Ciao Ada Prova,\n\n"
        "Ivo Prova ha lasciato: da adesso questa persona non vede più la scrivania di Circolo.\n\n"
        "Se qualcuno prende il suo posto, invitalo dalla scrivania.\n\n" + DESK,
    )


def test_role_handed_over(association, ada, ivo):
    hand_over(
        actor=actor_of(ada), association_id=association.id, to_user_id=ivo.id, is_leaving=True
    )
    assert newest_mail(ivo.email) == (
        "Ora sei responsabile di Circolo",
        "Ciao Ivo Prova,\n\n"
        "Ada Prova ti ha passato il ruolo di responsabile di Circolo.\n\n"
        "Chi è responsabile cura la pagina, parla per l’associazione e decide chi altro può.\n\n"
        + DESK,
    )


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (Intervention.MAKE_MANAGER, "ora Ivo Prova è responsabile di Circolo."),
        (Intervention.MAKE_EDITOR, "ora Ivo Prova è redattore di Circolo."),
        (Intervention.REMOVE, "ha deciso che Ivo Prova non rappresenta più Circolo."),
        (Intervention.REPLACE, "al posto di Ivo Prova: ora rappresenta Circolo Eva Prova."),
    ],
)
def test_office_intervened(ada, ivo, clerk, act, words):
    make_user(name="Eva Prova", email="eva@example.org")
    (association,) = list_associations_of(ivo.id)
    intervene(
        actor=actor_of(clerk), association_id=association.id, user_id=ivo.id, act=act,
        reason="Il direttivo è cambiato.", heir_email="eva@example.org",
    )  # fmt: skip
    for person in (ada, ivo):
        subject, body = newest_mail(person.email)
        assert subject == "L’ufficio ha cambiato chi rappresenta Circolo"
        greeting, first, rest = body.split("\n\n", 2)
        assert greeting == f"Ciao {person.display_name},"
        assert first.endswith(words)
        assert rest == (
            "L’ufficio scrive:\nIl direttivo è cambiato.\n\n"
            "Se ti sembra sbagliato, dillo all’ufficio partecipazione: ti deve una risposta.\n\n"
            f"Vai all’area personale:\n{PORTAL}/area-personale/"
        )


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("eva@example.org", "ha aggiunto Eva Prova a chi rappresenta Circolo."),
        ("eda@example.org", "ha invitato eda@example.org a rappresentare Circolo."),
    ],
)
def test_office_added(association, ada, clerk, email, words):
    make_user(name="Eva Prova", email="eva@example.org")
    add_person_by_office(
        actor=actor_of(clerk), association_id=association.id, email=email, role=EDITOR,
        capacity="", reason="Lo chiede l’assemblea.",
    )  # fmt: skip
    _subject, body = newest_mail(ada.email)
    assert words in body
    assert "Lo chiede l’assemblea." in body


def test_code_and_what_follows(association):
    edo = make_user(name="Edo Prova", email="edo@example.org")
    send_claim_code(actor=actor_of(edo), association_id=association.id)
    subject, body = newest_mail(association.certified_email)
    code = re.search(r"^\d{6}$", body, re.MULTILINE)[0]
    assert (subject, body.replace(code, "CODICE")) == (
        "Il codice per curare la pagina di Circolo",
        (
            "Edo Prova dice di poter parlare per Circolo sul portale del Comune, e ha"
            " chiesto questo"
            " codice:\n\n"
            "CODICE\n\n"
            "Chi lo scrive sul portale cura la pagina pubblica dell’associazione. Vale fino alle"
            " 10:30.\n\n"
            "Non ne sapete nulla? Non date il codice a nessuno: senza, non succede niente."
        ),
    )
    claim_with_code(
        actor=actor_of(edo), association_id=association.id, code=code, applicant_role="presidente",
        has_declared=True,
    )  # fmt: skip
    assert newest_mail(association.certified_email) == (
        "Edo Prova ora cura la pagina di Circolo",
        (
            "Edo Prova ha scritto il codice che abbiamo mandato qui, e da adesso cura la pagina"
            " pubblica di Circolo.\n\n"
            "Se non ti torna, avvisa subito l’ufficio partecipazione.\n\n"
            f"Guarda la pagina:\n{PORTAL}/registro/circolo"
        ),
    )
    assert newest_mail(edo.email) == (
        "Ora rappresenti Circolo sul portale",
        "Ciao Edo Prova,\n\n"
        "Il codice era giusto: da adesso curi la pagina di Circolo.\n\n"
        "Per prima cosa guarda la pagina: mostra quello che sapevamo finora.\n\n" + DESK,
    )
